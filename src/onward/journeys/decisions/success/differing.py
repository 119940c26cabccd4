"""What one version of a success plan changes of another, in words that both sides read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from onward.journeys.decisions.success.versions import Party, Stated


def differences(before: Sequence[Stated], after: Sequence[Stated]) -> list[str]:
    """A sentence for each difference: what is new, what changes, what is left out; the order tells nothing."""
    known = {one.ref: one for one in before}
    kept = {one.ref for one in after}
    out = []
    for one in after:
        if one.ref not in known:
            out.append(f"New: “{one.outcome}”, {_whole(one)}.")
        else:
            out += _changes(known[one.ref], one)
    return out + [f"“{one.outcome}” is left out." for one in before if one.ref not in kept]


def target_words(one: Stated) -> str:
    """What it is to come to: "80 % of drivers", "from 12 to 40 reports", or its measure in words."""
    if one.target is None:
        return one.measure
    unit = f" {one.unit}" if one.unit else ""
    start = f"from {one.start:g} " if one.start else ""
    return f"{start}{'to ' if start else ''}{one.target:g}{unit}"


def _changes(was: Stated, now: Stated) -> Iterator[str]:
    named = f"“{was.outcome}”"
    if was.outcome != now.outcome:
        yield f"{named} now reads “{now.outcome}”."
    for what, before, after in (
        ("the day is", _day(was.due_on), _day(now.due_on)),
        ("the target is", _target(was), _target(now)),
        ("it is measured by", _by(was), _by(now)),
        ("the owner on the customer’s side is", _name(was.theirs), _name(now.theirs)),
        ("the owner on the vendor’s side is", _name(was.ours), _name(now.ours)),
    ):
        if before != after:
            yield f"{named}: {what} {after}, not {before}."
    old, new = dict(was.tasks), dict(now.tasks)
    yield from (f"{named}: “{title}” serves it too." for key, title in now.tasks if key not in old)
    yield from (f"{named}: “{title}” serves it no more." for key, title in was.tasks if key not in new)


def _whole(one: Stated) -> str:
    owners = " and ".join(party.name for party in (one.theirs, one.ours) if party)
    return f"{target_words(one) or 'without a target'} by {_day(one.due_on)}, owned by {owners or 'nobody'}"


def _target(one: Stated) -> str:
    return target_words(one) if one.target is not None else "in words only"


def _by(one: Stated) -> str:
    return f"“{one.measure}”" if one.measure else "a figure of the product" if one.metric else "a figure by hand"


def _day(day: date | None) -> str:
    return f"{day:%-d %B %Y}" if day else "no day"


def _name(party: Party | None) -> str:
    return party.name if party else "nobody"
