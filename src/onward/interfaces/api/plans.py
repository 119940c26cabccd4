"""What the API takes and tells of success plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, Strict

from onward.interfaces.api.fields import Asked, Day, Ref, Short, Text, Told, Yes
from onward.journeys.decisions.success import Party, Stated, Wanted
from onward.journeys.queries.success import ObjectiveNow, VersionView

Figure = Annotated[float, Strict(), Field(allow_inf_nan=False)]


class Signer(Told):
    """`id`: usr_..., con_..., or key_... for what a key proposed; `name` as they were called then."""

    id: str
    name: str
    side: str


class Step(Told):
    key: str
    title: str


class PlannedObjective(Told):
    """Measured by the figure `metric` or by hand, from `start` to `target` in `unit`, or in the words of `measure`."""

    id: str
    outcome: str
    due_on: date | None
    theirs: str | None
    ours: str | None
    measure: str
    metric: str
    start: float | None
    target: float | None
    unit: str
    tasks: list[Step]


class ObjectiveToday(PlannedObjective):
    """As it stands, and how far it is; `is_agreed`: it stands in the plan that both sides agreed to."""

    reading: float | None
    read_at: datetime | None
    met_at: datetime | None
    is_agreed: bool


class PlanAnswer(Told):
    """`answer`: agreed, refused or withdrawn."""

    answer: str
    by: Signer
    at: datetime
    words: str


class PlanVersion(Told):
    """`state`: proposed, agreed, refused or withdrawn. `hash` is the SHA-256 of `text`, the signed bytes;
    `differs` says what it changes of what stood before."""

    number: int
    state: str
    side: str
    by: Signer
    proposed_at: datetime
    note: str
    hash: str
    text: str
    differs: list[str]
    objectives: list[PlannedObjective]
    answer: PlanAnswer | None


class Plan(Told):
    """`agreed` and `waiting` are numbers of versions; `metrics` may measure an objective, `tasks` may serve one."""

    journey_id: str
    agreed: int | None
    waiting: int | None
    objectives: list[ObjectiveToday]
    metrics: dict[str, str]
    tasks: list[Step]


class PlanVersions(Told):
    rows: list[PlanVersion]
    next: str


class ProposedObjective(Asked):
    """`id` is left out for a new one. `theirs` is a contact, `ours` a user; `tasks` are keys."""

    id: Ref | None = None
    outcome: Text
    due_on: Day
    theirs: Ref
    ours: Ref
    measure: Text = ""
    metric: Short = ""
    start: Figure | None = None
    target: Figure | None = None
    unit: Short = ""
    tasks: Annotated[list[Short], Field(max_length=200)] = []


class ProposedPlan(Asked):
    """`user_id`: for whom of yours it is proposed; without, it is the organization's."""

    objectives: Annotated[list[ProposedObjective], Field(min_length=1, max_length=20)]
    note: Text = ""
    user_id: Ref | None = None


class AnsweredPlan(Asked):
    """`user_id` is who of yours answers. To refuse it takes `words`: what should be different."""

    agreed: Yes
    user_id: Ref
    words: Text = ""


def wanted_of(one: ProposedObjective) -> Wanted:
    """As the action asks for it."""
    return Wanted(
        one.id or "",
        one.outcome.strip(),
        one.due_on,
        f"contact:{one.theirs}",
        f"user:{one.ours}",
        one.measure.strip(),
        one.metric,
        one.start,
        one.target,
        one.unit.strip(),
        tuple(one.tasks),
    )


def version_of(row: VersionView) -> PlanVersion:
    """A version with its answer."""
    answer = row.answer
    return PlanVersion(
        number=row.number,
        state=row.state,
        side=row.side,
        by=_signer(row.said.by),
        proposed_at=row.proposed_at,
        note=row.said.note,
        hash=row.hash,
        text=row.text,
        differs=list(row.differs),
        objectives=[PlannedObjective(**_stated(one)) for one in row.said.objectives],
        answer=PlanAnswer(
            answer=answer.answer, by=_signer(answer.by), at=datetime.fromisoformat(answer.at), words=answer.words
        )
        if answer
        else None,
    )


def _signer(one: Party) -> Signer:
    return Signer(id=one.ref.partition(":")[2], name=one.name, side=one.side)


def _stated(one: Stated) -> dict[str, Any]:
    return {
        "id": one.ref,
        "outcome": one.outcome,
        "due_on": one.due_on,
        "theirs": one.theirs.ref.partition(":")[2] if one.theirs else None,
        "ours": one.ours.ref.partition(":")[2] if one.ours else None,
        "measure": one.measure,
        "metric": one.metric,
        "start": one.start,
        "target": one.target,
        "unit": one.unit,
        "tasks": [Step(key=key, title=title) for key, title in one.tasks],
    }


def today_of(one: ObjectiveNow) -> ObjectiveToday:
    """An objective and how far it is."""
    return ObjectiveToday(
        **_stated(one.stated), reading=one.reading, read_at=one.read_at, met_at=one.met_at, is_agreed=one.in_plan
    )
