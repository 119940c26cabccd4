"""Differences as a manager reads them: "Kickoff call is due 2 days earlier: within 5 days of the signature, was 7"."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from onward.kernel.clock import Span
from onward.playbooks.decisions.comparing.differences import Difference, moved
from onward.playbooks.decisions.comparing.things import things
from onward.playbooks.decisions.definition import Escalations, Playbook, Targets
from onward.playbooks.decisions.parts import DOER, Escalation, Expr, Link, Target, Timing

KINDS = {
    "check_in": "check-in",
    "kpi": "KPI",
    "criterion": "row of the completion",
    "event": "event of the product",
    "text": "text of a mail",
    "intent": "wish",
    "log": "register",
}
_STATES = {"entered": "begins", "closed": "is closed", "met": "is reached", "held": "is held", "done": "is done"}
_PLAIN = {"signed": "the signature", "started": "the opening", "day_zero": "day zero", "entered": "the stage begins"}
_WHO = {
    "by": "is done by",
    "owner": "is owned by",
    "also": "must also be said done by",
    "helpers": "is helped by",
    "confirm": "is confirmed by",
    "must": "needs there",
    "may": "invites",
    "to": "goes to",
    "by_hand": "may be recorded by",
    "participants": "is with",
    "accountable": "is answered for by",
}
_YES_NO = {
    "shared": ("is shown to the customer now", "is internal now"),
    "optional": ("is optional now", "is required now"),
    "deferrable": ("may be put off now", "may not be put off any more"),
    "first_value": ("is first value now", "is no longer first value"),
    "internal": ("is internal now", "is shown to the customer now"),
    "required": ("is required now", "is optional now"),
}
_CONDITIONS = {
    "exists_when": "is only for accounts where",
    "done_when": "is done by itself when",
    "enter_when": "waits until",
    "when": "is met when",
    "choose_when": "is chosen when",
    "opens_when": "opens when",
}
_LISTED = {
    "exit": "condition for closing it",
    "expect": "expectation",
    "steps": "step",
    "fields": "question",
    "checks": "condition",
    "agenda": "point of the agenda",
    "pick": "measure to pick",
    "groups": "group of tasks",
    "ask": "number to ask for",
    "choices": "choice",
}
#: Kinds that a playbook does not find by id.
_UNLISTED = {"criterion", "goal", "kpi", "intent", "text"}
_TIMINGS = {"due": "is due", "starts": "starts", "at": "is held", "fill_due": "is named"}
_SIDES = {"theirs": "steps of the customer’s", "ours": "steps of ours"}
_TARGETS = {"first_value": "first value", "complete": "completion"}


def sentence(one: Difference, old: Playbook, new: Playbook) -> str:
    """One difference in a sentence without its full stop."""
    title = title_of(one.kind, one.id, new) or title_of(one.kind, one.id, old)
    if one.what != "changed":
        noun = KINDS.get(one.kind, one.kind)
        return f"New {noun}: {title}" if one.what == "added" else f"{_upper(noun)} removed: {title}"
    return f"{title} {changed(one, old, new)}"


def changed(one: Difference, old: Playbook, new: Playbook) -> str:
    """What is different in a thing, as a clause that follows its title."""
    before, after, name = one.before, one.after, one.field
    if name == "title":
        return f"is called “{after}” now" if one.kind == "playbook" else f"is the new name of “{before}”"
    if name == "order":
        kind = "stage" if one.kind == "playbook" else "task"
        return f"has its {kind}s in another order: {', '.join(title_of(kind, key, new) for key in after)}"
    if name in _TIMINGS or isinstance(before or after, Timing):
        return _timed(_TIMINGS.get(name, f"has another {_plain(name)}:"), before, after, old, new)
    if isinstance(before, Targets) and isinstance(after, Targets):
        return "; ".join(_aimed(_TARGETS[key], before, after, key, old, new) for key in moved(before, after))
    if isinstance(after or before, Escalations):
        return "; ".join(_told(f" for {_SIDES[key]}", before, after, key, old, new) for key in moved(before, after))
    if name == "escalate":
        return f"has other reminders: {escalation_words(after, new)}, was {escalation_words(before, old)}"
    if name in _WHO:
        who, was = _people(after, new), _people(before, old)
        return f"{_WHO[name]} {who or 'nobody'}, was {was or 'nobody'}"
    if name == "stage":
        return f"stands in {title_of('stage', after, new)} now, was in {title_of('stage', before, old)}"
    if name == "after":
        return _after(before, after, old, new)
    if isinstance(before, bool) and isinstance(after, bool):
        return _YES_NO.get(name, (f"has {_plain(name)} now", f"has no {_plain(name)} any more"))[not after]
    if name in _LISTED:
        return _listed(_LISTED[name], before or (), after or ())
    if name in _CONDITIONS:
        return f"{_CONDITIONS[name]} {value_words(after, new)}, was {value_words(before, old)}"
    if isinstance(after, tuple) and after and isinstance(after[0], str):
        return f"has another {_plain(name)}: {', '.join(after)}"
    return f"has another {_plain(name)}{_from_to(value_words(before, old), value_words(after, new))}"


def value_words(value: Any, book: Playbook) -> str:
    """A value by itself; "" for what has no short words."""
    if value is None or value == () or value == "":
        return "none"
    if isinstance(value, Timing):
        return timing_words(value, book)
    if isinstance(value, Expr):
        return value.text
    if isinstance(value, Span | Target):
        return value.words
    if isinstance(value, Targets):
        set_ = [(words, getattr(value, key)) for key, words in _TARGETS.items() if getattr(value, key)]
        return ", ".join(f"{words} {timing_words(timing, book)}" for words, timing in set_) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, str) and len(value) <= 80:
        return value
    if isinstance(value, tuple):
        return ", ".join(filter(None, (_title(one, book) for one in value)))
    return ""


def timing_words(timing: Timing, book: Playbook) -> str:
    """`within 5 days of the signature`"""
    if timing.word == "table":
        lines = [f"{case.value} {timing_words(case.timing, book)}" for case in timing.cases]
        lines += [f"otherwise {timing_words(timing.otherwise, book)}"] if timing.otherwise else []
        return f"by {_plain(timing.by)}: {', '.join(lines)}"
    if timing.word in {"none", "day"}:
        return "no date" if timing.word == "none" else f"on day {timing.day}"
    span = timing.span.words if timing.span else ""
    span = _plain(timing.times) if timing.counts_days else span
    start = {"within": f"within {span} of", "after": f"{span} after", "before": f"{span} before"}
    return f"{start.get(timing.word, 'at')} {moment_words(timing.moment, book)}"


def escalation_words(rules: Sequence[Escalation] | None, book: Playbook) -> str:
    """`whoever does it once it is late for 3 days, Manager once it is late for 7 days`"""
    if not rules:
        return "as the playbook says" if rules is None else "nobody"
    return _and([f"{told_words(one.to, book)} once it is {one.state} for {one.after.words}" for one in rules])


def told_words(to: str, book: Playbook) -> str:
    """Who hears of a step: a role or group by its title."""
    return {DOER: "whoever does it", "manager": "the manager"}.get(to) or _people(to, book)


def moment_words(name: str, book: Playbook) -> str:
    """`task.kickoff.held` -> “Kickoff call” is held."""
    kind, _, rest = name.partition(".")
    key, _, state = rest.rpartition(".")
    if not rest:
        return _PLAIN.get(name, _plain(name))
    if kind == "answer":
        form, field = rest.split(".", 1)
        try:
            return f"“{book.find('form', form).field(field).title}”"
        except KeyError:
            return _plain(field)
    return f"“{title_of(kind, key, book) or _plain(key)}” {_STATES.get(state, state)}"


def title_of(kind: str, thing_id: str, book: Playbook) -> str:
    """What a thing is called; "" when there is none of that id."""
    if kind == "playbook":
        return "The playbook"
    try:
        found = book.find(kind, thing_id)
    except KeyError:
        found = things(book).get((kind, thing_id)) if kind in _UNLISTED else None
    if found is None:
        return ""
    title = getattr(found, "title", "") or thing_id
    return f"“{title}”" if kind in {"criterion", "goal"} else str(title)


def _timed(verb: str, before: Timing | None, after: Timing | None, old: Playbook, new: Playbook) -> str:
    if after is None or before is None:
        now, was = value_words(after, new), value_words(before, old)
        return f"{verb} {now}, was {was}" if after else f"has no date any more, was {was}"
    now, was = timing_words(after, new), timing_words(before, old)
    days = _days_between(before, after)
    if days:
        was = before.span.words if before.span else f"day {before.day}"
        how = f"{abs(days):g} {'day' if abs(days) == 1 else 'days'} {'later' if days > 0 else 'earlier'}"
        return f"{verb} {how}: {now}, was {was}"
    return f"{verb} {now}, was {was}"


def _aimed(goal: str, before: Targets, after: Targets, key: str, old: Playbook, new: Playbook) -> str:
    """One target: "has its target for first value 15 days later: within 75 days of the signature, was 60 days"."""
    one, other = getattr(before, key), getattr(after, key)
    if other is None:
        return f"has no target for {goal} any more, was {timing_words(one, old)}"
    return _timed(f"has its target for {goal}", one, other, old, new)


def _told(of: str, before: Escalations, after: Escalations, key: str, old: Playbook, new: Playbook) -> str:
    now, was = escalation_words(getattr(after, key), new), escalation_words(getattr(before, key), old)
    return f"has other reminders{of}: {now}, was {was}"


def _days_between(before: Timing, after: Timing) -> float:
    """By how many days a timing moved; 0 where the two do not compare: another word, moment, or kind of day."""
    if before.word == after.word == "day":
        return after.day - before.day
    if before.span is None or after.span is None or (before.word, before.moment) != (after.word, after.moment):
        return 0
    if before.times != after.times or (
        "wd" in {before.span.unit, after.span.unit} and before.span.unit != after.span.unit
    ):
        return 0
    days = (after.span.exact - before.span.exact).total_seconds() / 86400
    return -days if before.word == "before" else days


def _after(before: Any, after: Any, old: Playbook, new: Playbook) -> str:
    names, were = (
        [
            title_of("task", one.id, book) if isinstance(one, Link) else title_of("stage", one, book)
            for one in rows or ()
        ]
        for rows, book in ((after, new), (before, old))
    )
    if names == were:
        return f"waits otherwise for {_and(names)}"
    now = f"comes after {_and(names)} now" if names else "waits for nothing now"
    return f"{now}, was after {_and(were)}" if were else now


def _listed(noun: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    one, other = ({_id(item): item for item in row} for row in (before, after))
    words = [f"has a new {noun}, “{_titled(other[key])}”" for key in other if key not in one]
    words += [f"has lost the {noun} “{_titled(one[key])}”" for key in one if key not in other]
    for key in other.keys() & one.keys():
        if one[key] != other[key]:
            words.append(f"has another {noun} “{_titled(other[key])}”{_in_it(one[key], other[key])}")
    return "; ".join(words) or f"has its {noun}s in another order"


def _in_it(one: Any, other: Any) -> str:
    parts = []
    for name in moved(one, other):
        before, after = getattr(one, name, one), getattr(other, name, other)
        if name == "title":
            parts.append(f"was “{before}”")
        elif isinstance(before, Target | Expr | Span) and isinstance(after, Target | Expr | Span):
            parts.append(f"{_bare(after)}, was {_bare(before)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _bare(value: Target | Expr | Span) -> str:
    return value.text if isinstance(value, Expr) else value.words


def _id(item: Any) -> str:
    return str(getattr(item, "id", item))


def _titled(item: Any) -> str:
    return str(getattr(item, "title", "") or _id(item))


def _title(item: Any, book: Playbook) -> str:
    return title_of("task", item.id, book) if isinstance(item, Link) else _titled(item)


def _people(value: Any, book: Playbook) -> str:
    ids = (value,) if isinstance(value, str) else tuple(value or ())
    return _and([title_of("role", one, book) or title_of("group", one, book) or _plain(one) for one in ids if one])


def _and(names: Iterable[str]) -> str:
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _plain(name: str) -> str:
    return re.sub(r"[._]", " ", name)


def _from_to(before: str, after: str) -> str:
    return f": {after}, was {before}" if before and after else ""


def _upper(noun: str) -> str:
    return f"{noun[:1].upper()}{noun[1:]}"
