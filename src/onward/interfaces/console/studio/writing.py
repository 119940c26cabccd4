"""What a post to the studio does to the text: the form's fields first, then the one thing that was pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from onward.interfaces.console.studio.fields import ORDER, Field, fields_of
from onward.interfaces.console.studio.posting import fits, posted
from onward.interfaces.console.studio.tables import DATED, VARIES, tabled
from onward.interfaces.console.studio.waiting import held_back
from onward.kernel.refusals import invalid
from onward.playbooks.decisions.editing import Unwritable, added, changed, moved, removed, same, value_at
from onward.playbooks.decisions.editing.adding import kind_beside, with_part
from onward.playbooks.decisions.editing.mends import mended
from onward.playbooks.decisions.editing.parts import SHORT, Part, part_at, part_of_line, parts
from onward.playbooks.decisions.editing.renaming import retitled
from onward.playbooks.decisions.editing.spans import spans_of
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.tree import Refused

#: Keys that only some kinds of task have, and what a kind starts with.
OF_KINDS = (
    "minutes", "attendees", "agenda", "form", "picks", "meeting", "of", "to", "text", "course", "survey", "log", "role",
)  # fmt: skip


def written(
    text: str,
    address: str,
    post: QueryDict,
    saved: str,
    published: frozenset[str],
    problems: tuple[Problem, ...],
    modules: tuple[str, ...] = (),
    settle: Callable[[str, str], str] = lambda text, _: text,
) -> tuple[str, str]:
    """The new text and the address of the part to show. `saved` is the text that the form was made of; `published`
    are the addresses whose ids are for ever; `modules` those that may be used; `settle` writes what was said in words
    in a part's fields. Refuses what cannot be written
    (invalid)."""
    try:
        text, address = _with_fields(text, address, post, saved, published)
        return _pressed(settle(text, address), address, post.get("do", "save"), problems, modules)
    except Refused:
        # The file cannot be read now; it is kept as it is, and the page says where.
        return text, address
    except Unwritable as trouble:
        raise invalid(
            f"The fields cannot write “{trouble}” into the file as it stands.", mend="Change it in the file beside."
        ) from None


def _with_fields(text: str, address: str, post: QueryDict, saved: str, published: frozenset[str]) -> tuple[str, str]:
    part, old = part_at(parts(text), address), part_at(parts(saved), address)
    if part.address != old.address or part.kind != old.kind:
        return text, part.address
    before = whole(saved, old)
    title = part.title
    for field in fields_of(old.kind, before):
        was = at(before, field)
        if f"has:{field.name}" not in post or not fits(field, was):
            continue
        value = posted(field, post, was)
        if not same(value, was):
            text = _set(text, part, field, value)
    # Its address may have changed with its fields (another module); where it stands has not.
    now = next((one for one in parts(text) if one.path == part.path), part)
    if now.title != title:
        return retitled(text, now, title, published)
    return text, now.address


def whole(text: str, part: Part) -> Any:
    """The value of a part, one that is a text alone (a role, an event) as a set of keys."""
    value = value_at(text, part.path)
    if part.kind in SHORT and not isinstance(value, dict):
        return {SHORT[part.kind]: value} if isinstance(value, str) else {}
    return value


def at(value: Any, field: Field) -> Any:
    """The value of a field, or None."""
    for step in field.path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _set(text: str, part: Part, field: Field, value: Any) -> str:
    if part.kind in SHORT:
        short, entry = SHORT[part.kind], {**whole(text, part), field.path[0]: value}
        entry = {key: one for key, one in entry.items() if one is not None}
        alone = set(entry) == {short} and isinstance(entry[short], str)
        return changed(text, part.path, entry[short] if alone else entry)
    if part.kind == "task" and field.path == ("kind",):
        return _rekinded(text, part, str(value or "to_do"))
    if part.kind == "task" and field.path == ("by",) and value:
        text = _attended(text, part, value)
    return changed(text, (*part.path, *field.path), value, ORDER.get(part.kind, ()))


def _attended(text: str, part: Part, doer: str) -> str:
    """A meeting to which its new doer comes in the place of the one before."""
    path = (*part.path, "attendees", "must")
    before, must = value_at(text, (*part.path, "by")), value_at(text, path)
    if not isinstance(must, list) or before not in must:
        return text
    return changed(text, path, list(dict.fromkeys(doer if one == before else one for one in must)))


def _rekinded(text: str, part: Part, kind: str) -> str:
    """Another kind of task: keys of the old one go, those that the new one must have come."""
    now = whole(text, part)
    if not isinstance(now, dict):
        raise Unwritable(part.title)
    entry = {key: one for key, one in now.items() if key not in OF_KINDS and key != "kind"}
    written_by = (entry.get("by"), value_at(text, ("accountable",)))
    by = next((one for one in written_by if one and isinstance(one, str)), "csm")
    customers = value_at(text, ("roles", "theirs"))
    theirs = list(customers)[:1] if isinstance(customers, dict) else []
    of_kind: dict[str, dict[str, Any]] = {
        "meeting": {"attendees": {"must": list(dict.fromkeys([by, *theirs]))}},
        "mail": {"to": theirs or [by], "text": "texts/welcome.md"},
        "file": {"to": theirs or [by]},
    }
    needs = of_kind.get(kind, {})
    head = {key: entry.pop(key) for key in ("task", "title") if key in entry}
    new = {**head, **({} if kind == "to_do" else {"kind": kind}), **entry, **needs}
    return changed(text, part.path, new, ORDER["task"])


def _pressed(
    text: str, address: str, do: str, problems: tuple[Problem, ...], modules: tuple[str, ...]
) -> tuple[str, str]:
    found = parts(text)
    part = part_at(found, address)
    word, _, rest = do.partition(":")
    if word == "go":
        return text, part_at(found, rest).address
    if word == "add":
        return with_part(text, part, kind_beside(part) if rest == "sibling" else rest, modules=modules)
    if word == "vary":
        return _varied(text, part, *rest.rpartition(">")[::2]), part.address
    if word == "hold" and (starts := held_back(value_at(text, (*part.path, "due")))):
        return changed(text, (*part.path, "starts"), starts, ORDER["task"]), part.address
    if word == "side" and part.kind == "role":
        return _on_other_side(text, part), part.address
    if word == "remove" and part.path:
        return removed(text, part.path), _near(found, part).address
    if word in ("up", "down") and part.siblings > 1:
        return moved(text, part.path, part.at + (1 if word == "down" else -1)), part.address
    if word == "move":
        what, _, onto = rest.partition(">")
        return _dragged(text, part_at(found, what), part_at(found, onto))
    if word == "mend":
        line, _, code = rest.partition(":")
        for problem in problems:
            if f"{problem.line}.{problem.column}" == line and problem.code == code:
                return mended(problem, text, part_of_line(found, spans_of(text, found), problem.line)), part.address
    return text, part.address


def _on_other_side(text: str, part: Part) -> str:
    """A role of ours as one of theirs, or the other way about; who it is has to be asked then."""
    accountable = value_at(text, ("accountable",))
    if part.id == accountable:
        raise invalid("Who is accountable is on your side.", mend="Make somebody else accountable first.")
    fill = whole(text, part).get("fill", "")
    asked = fill if fill.startswith("asked of") else f"asked of {accountable or 'csm'}"
    side = "theirs" if part.path[1] == "ours" else "ours"
    value = {"title": part.title, **whole(text, part), "fill": asked}
    return changed(removed(text, part.path), ("roles", side, part.id), value, ORDER["role"])


def _varied(text: str, part: Part, name: str, by: str) -> str:
    """A date or a length as a table by that metric, each case as it was; or without one, the same for all."""
    field = next((one for one in fields_of(part.kind, whole(text, part)) if one.name == name), None)
    if field is None or field.look not in DATED or by not in ("", *VARIES):
        return text
    was = at(whole(text, part), field)
    if isinstance(was, dict):
        was = next((was[key] for key in ("otherwise", *was) if key in was and key not in ("by", "times")), None)
    rest = was if isinstance(was, str) else "none" if field.look == "timing" else "2w"
    return changed(text, (*part.path, *field.path), tabled(by, rest) if by else rest, ORDER.get(part.kind, ()))


def _near(found: list[Part], part: Part) -> Part:
    """What to show when a part is gone: the next of its siblings, else what it stood in."""
    beside = [one for one in found if one.path[:-1] == part.path[:-1] and one != part]
    around = [one for one in found if one.path == part.path[: len(one.path)] and one != part]
    return beside[min(part.at, len(beside) - 1)] if beside else around[-1]


def _dragged(text: str, part: Part, onto: Part) -> tuple[str, str]:
    """A part dropped on a sibling takes its place; a task dropped on another stage, or on a task there, goes there."""
    if part.path[:-1] == onto.path[:-1] and part.path and isinstance(onto.path[-1], int):
        return moved(text, part.path, onto.path[-1]), part.address
    to = (*onto.path, "tasks") if onto.kind == "stage" else onto.path[:-1]
    if part.kind != "task" or onto.kind not in ("stage", "task") or to == part.path[:-1]:
        return text, part.address
    place = onto.path[-1] if onto.kind == "task" and isinstance(onto.path[-1], int) else None
    return removed(added(text, to, value_at(text, part.path), place), part.path), part.address
