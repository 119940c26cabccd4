"""Milestones: when was this result first true? Event time, the earliest that all events now known allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from onward.journeys import facts
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import MilestoneRow, Run
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Milestone, Playbook
from onward.playbooks.decisions.judge import verdict
from onward.playbooks.decisions.parts import Expr

USAGE = ("event.", "usage.", "person.", "activation.")


def settle_milestones(
    book: Playbook, run: Run, readings: Readings, now: datetime, *, corrections_only: bool = False
) -> Iterator[tuple[Fact, datetime | None]]:
    """Mark what is met; correct an earlier instant in silence (nothing else with `corrections_only`: a journey that
    has ended). Yields (fact, event time)."""
    for row in run.milestones:
        if corrections_only and row.met_at is None:
            continue
        spec = book.milestone(row.key)
        expression, numbers = condition(book, run, spec)
        if expression is None or row.how in {"by_hand", "waived"}:
            continue
        found = verdict(expression, _Both(readings, numbers))
        row.verdict = {
            "state": found.state,
            "missing": list(found.missing),
            "readings": dict(found.readings),
            "measure": run.journey.picks.get(row.key, {}).get("measure", ""),
            "source": spec.source,
        }
        if row.met_at is None and found.state == "met":
            yield from _met(run, row, _since(expression, numbers, run, readings, now), now)
        elif row.met_at is not None and found.state == "met" and _from_usage(expression):
            earliest = readings.outside.earliest(expression, numbers, row.met_at)
            if earliest and earliest < row.met_at:
                fact = facts.MilestoneMoved(row.key, row.title, row.met_at, earliest, row.first_value)
                row.met_at = earliest
                yield fact, earliest


def condition(book: Playbook, run: Run, spec: Milestone) -> tuple[Expr | None, Mapping[str, float]]:
    """What a milestone is judged by: its own condition, or the measure that was picked with its numbers."""
    if spec.pick:
        pick = run.journey.picks.get(spec.id)
        if pick is None:
            return None, {}
        measure = book.find("measure", pick["measure"])
        return measure.when, {**{ask.id: ask.default for ask in measure.ask}, **pick.get("numbers", {})}
    return spec.when, {}


def met_fact(run: Run, row: MilestoneRow, now: datetime) -> facts.MilestoneMet:
    """The fact of a milestone that is met."""
    signed, met = run.journey.signed_at, row.met_at or now
    return facts.MilestoneMet(
        milestone=row.key,
        title=row.title,
        met_at=met,
        how=row.how,
        first_value=row.first_value,
        signed_at=signed,
        playbook=run.journey.playbook,
        days_since_signed=(met - signed).total_seconds() / 86400 if signed else None,
        days_late=max(0, (met - row.due_at).days) if row.due_at else None,
        evidence=row.verdict,
    )


def _met(run: Run, row: MilestoneRow, at: datetime, now: datetime) -> Iterator[tuple[Fact, datetime | None]]:
    row.met_at, row.noticed_at, row.how, row.met_by = at, now, "proven", "automation"
    yield met_fact(run, row, now), at


def _since(expression: Expr, numbers: Mapping[str, float], run: Run, readings: Readings, now: datetime) -> datetime:
    if _from_usage(expression):
        return readings.outside.earliest(expression, numbers, None) or now
    times = [at for name in expression.names if (at := _time_of(name, run))]
    return max(times, default=now)


def _from_usage(expression: Expr) -> bool:
    return any(name.startswith(USAGE) or name.startswith("figure.") for name in expression.names)


def _time_of(name: str, run: Run) -> datetime | None:
    kind, _, rest = name.partition(".")
    key = rest.rpartition(".")[0]
    if kind == "stage" and (stage := run.stage(key)):
        return stage.closed_at or stage.entered_at
    if kind == "task" and (task := run.task(key)):
        return task.done_at
    if kind == "milestone" and (milestone := run.milestone(key)):
        return milestone.met_at
    if kind == "role" and (holder := run.journey.roles.get(key)):
        return datetime.fromisoformat(holder["at"])
    if kind == "form" and (answer := run.journey.answers.get(key)):
        return datetime.fromisoformat(answer["at"])
    if name == "objectives.agreed":
        return min((row.agreed_at for row in run.objectives if row.agreed_at), default=None)
    return None


class _Both(Mapping[str, bool | float | str]):
    """Readings with a measure's numbers beside them."""

    def __init__(self, readings: Readings, numbers: Mapping[str, float]) -> None:
        self.readings, self.numbers = readings, numbers

    def __getitem__(self, name: str) -> bool | float | str:
        return float(self.numbers[name]) if name in self.numbers else self.readings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)
