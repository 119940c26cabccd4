"""What the plan asks for now: the metrics that keep its current stages open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onward.automation.decisions.activation import names_of
from onward.journeys.decisions.judging import GOOD
from onward.journeys.decisions.milestones import condition
from onward.journeys.decisions.state import MilestoneRow, Run, TaskRow
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Check

_LAST = "9999"
USE = ("event.", "usage.", "person.", "days_since.last_seen")


def unmet(book: Playbook, run: Run) -> list[Check]:
    """The checks that keep the current stages open; those of the completion once a stage waits for it, or none is."""
    found: list[Check] = []
    for row in run.current:
        spec = book.stage(row.key)
        good = {record["id"] for record in row.checks if record["state"] in GOOD}
        found += [check for check in spec.exit if check.id not in good]
        found += [check for check in spec.expect if check.id not in _good(row.expects)]
    names = {name for check in found for name in check.names}
    if any(name.startswith("completion.") for name in names) or all(row.closed_at for row in run.stages):
        found += [check for check in book.completion if check.id not in _good(run.journey.checklist)]
    return found


def asked(book: Playbook, run: Run) -> frozenset[str]:
    """The metrics that these checks rest on, with figures, milestones and activations taken apart; and those of each
    milestone whose time has come."""
    names = [name for check in unmet(book, run) for name in check.names]
    return frozenset(resolved(book, run, [*names, *(f"milestone.{row.key}" for row in coming(run))]))


def coming(run: Run) -> Iterator[MilestoneRow]:
    """The milestones that are next: whatever the plan puts before their day is done. A late step of another stage, such
    as a review after sixty days, keeps nobody from using the product."""
    left = [_day_of(run, row) for row in run.tasks if row.counts and not row.is_over]
    for row in run.milestones:
        last = row.due_on.isoformat() if row.due_on else _LAST
        if row.met_at is None and all(day > last for day in left):
            yield row


def _day_of(run: Run, row: TaskRow) -> str:
    """When a step is due, or ends as things stand; what has no day at all comes before everything."""
    expected = run.journey.expected.get(f"task.{row.key}", {}).get("on", "")
    return row.due_on.isoformat() if row.due_on else expected


def resolved(book: Playbook, run: Run, names: Iterable[str]) -> Iterator[str]:
    """Names of what somebody does, in place of the names that only sum it up."""
    for name in names:
        kind, _, rest = name.partition(".")
        key = rest.split(".")[0]
        if kind == "figure":
            yield from resolved(book, run, book.find("figure", key).names)
        elif kind == "activation":
            yield from names_of(book.find("activation", key))
        elif kind == "milestone" and (milestone := run.milestone(key)) is not None:
            if milestone.met_at is None:
                expression, _ = condition(book, run, book.milestone(key))
                yield from resolved(book, run, expression.names if expression else ())
        else:
            yield name


def events_in(names: Iterable[str]) -> set[str]:
    """The declared events among them by id; "" for any use at all."""
    found = set()
    for name in names:
        plain = name.removeprefix("person.")
        if plain.startswith("event."):
            found.add(plain.split(".")[1])
        elif name.startswith(USE):
            found.add("")
    return found


def _good(records: Iterable[dict[str, object]]) -> set[object]:
    return {record["id"] for record in records if record["state"] in GOOD}
