"""The parts of a playbook's text, each with an address (`task.kickoff`) and the path where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onward.playbooks.decisions.editing import value_at
from onward.playbooks.decisions.editing.nodes import Path

#: List of the file -> (kind, what its heading says).
LISTS = {
    "milestones": ("milestone", "Milestones"),
    "completion": ("completion", "Completion"),
    "goals": ("goal", "Goals"),
    "check_ins": ("check_in", "Check-ins"),
    "measures": ("measure", "What value may mean"),
    "kpis": ("kpi", "Key figures"),
}
#: Set of keys of the file, each key an id -> (kind, what its heading says).
MAPS = {
    "events": ("event", "Product events"),
    "figures": ("figure", "Figures"),
    "readings": ("reading", "Set by hand"),
    "logs": ("log", "Registers"),
}
#: Kind -> the key that a text alone stands for: `champion: asked of csm` is a role with `fill:` alone.
SHORT = {"role": "fill", "event": "track", "log": "title", "use": "module"}


@dataclass(frozen=True)
class Part:
    """`kind`: playbook, role, escalate (there even where the file says nothing of late steps), stage, task, group,
    exit, expect, milestone, completion, goal, form, field, check_in, measure, kpi, event, figure, reading, log, use.
    `depth` counts from 0 below its heading; `head` is the heading it stands under; `siblings` how many stand in its
    list and `at` its place there."""

    address: str
    kind: str
    id: str
    title: str
    path: Path
    head: str = ""
    depth: int = 0
    at: int = 0
    siblings: int = 1


def parts(text: str) -> list[Part]:
    """Every part in the order of the file, the playbook itself first. Raises tree.Refused for an unreadable text."""
    whole = value_at(text, ())
    whole = whole if isinstance(whole, dict) else {}
    found = [Part("playbook", "playbook", _word(whole, "playbook"), _word(whole, "title") or "This playbook", ())]
    taken = {"playbook"}
    for part in _all(whole):
        address, number = part.address, 2
        while address in taken:
            address, number = f"{part.address}~{number}", number + 1
        taken.add(address)
        found.append(Part(**{**part.__dict__, "address": address}))
    return found


def part_at(found: list[Part], address: str) -> Part:
    """The part of that address, else the playbook."""
    return next((part for part in found if part.address == address), found[0])


def part_of_line(found: list[Part], spans: Mapping[str, tuple[int, int]], line: int) -> Part:
    """The innermost part whose lines hold this one."""
    holding = [part for part in found if spans[part.address][0] <= line <= spans[part.address][1]]
    return max(holding, key=lambda part: len(part.path), default=found[0])


def _all(whole: dict[str, Any]) -> Iterator[Part]:
    yield from _roles(whole.get("roles"))
    yield Part("escalate", "escalate", "", "When a step is late", ("escalate",))
    for at, stage, siblings in _entries(whole.get("stages")):
        path: Path = ("stages", at)
        key = _word(stage, "stage") or f"#{at + 1}"
        yield _part("stage", key, stage, path, "Stages", 0, siblings)
        yield from _tasks(stage.get("tasks"), (*path, "tasks"), 1)
        for check in ("exit", "expect"):
            for inner, entry, many in _entries(stage.get(check)):
                yield _part(check, f"{key}.{_word(entry, 'check')}", entry, (*path, check, inner), "Stages", 1, many)
    for name, (kind, head) in LISTS.items():
        for at, entry, siblings in _entries(whole.get(name)):
            key = "check" if kind == "completion" else kind
            yield _part(kind, _word(entry, key) or f"#{at + 1}", entry, (name, at), head, 0, siblings)
    for at, form, siblings in _entries(whole.get("forms")):
        key = _word(form, "form") or f"#{at + 1}"
        yield _part("form", key, form, ("forms", at), "Question forms", 0, siblings)
        for inner, field, many in _entries(form.get("fields")):
            path = ("forms", at, "fields", inner)
            yield _part("field", f"{key}.{_word(field, 'field')}", field, path, "Question forms", 1, many)

    for name, (kind, head) in MAPS.items():
        yield from _keyed(whole.get(name), kind, (name,), head)
    use = whole.get("use")
    used = use if isinstance(use, list) else []
    for at, one in enumerate(used):
        entry = one if isinstance(one, dict) else {"module": one}
        yield _part("use", _word(entry, "module") or f"#{at + 1}", entry, ("use", at), "Modules", 0, len(used))


def _roles(roles: Any) -> Iterator[Part]:
    for side in ("ours", "theirs"):
        people = roles.get(side) if isinstance(roles, dict) else None
        yield from _keyed(people, "role", ("roles", side), "People")


def _keyed(entries: Any, kind: str, path: Path, head: str) -> Iterator[Part]:
    for key, one in (entries if isinstance(entries, dict) else {}).items():
        entry = one if isinstance(one, dict) else {} if kind == "role" else {"title": one}
        yield _part(kind, key, entry, (*path, key), head, 0, 1)


def _tasks(entries: Any, path: Path, depth: int) -> Iterator[Part]:
    for at, entry, siblings in _entries(entries):
        kind = "group" if "group" in entry else "task"
        yield _part(kind, _word(entry, kind) or f"#{at + 1}", entry, (*path, at), "Stages", depth, siblings)
        if kind == "group":
            yield from _tasks(entry.get("tasks"), (*path, at, "tasks"), depth + 1)


def _part(kind: str, key: str, entry: dict[str, Any], path: Path, head: str, depth: int, siblings: int) -> Part:
    last = key.rpartition(".")[2]
    title = _word(entry, "title") or last.replace("_", " ").capitalize()
    at = path[-1] if isinstance(path[-1], int) else 0
    return Part(f"{kind}.{key}", kind, last, title, path, head, depth, at, siblings)


def _entries(value: Any) -> Iterator[tuple[int, dict[str, Any], int]]:
    found = value if isinstance(value, list) else []
    for at, entry in enumerate(found):
        yield at, entry if isinstance(entry, dict) else {}, len(found)


def _word(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""
