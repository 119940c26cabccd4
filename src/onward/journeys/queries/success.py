"""The success plan of a journey: what stands, what waits for an answer, and every version with its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from onward.foundation import clock
from onward.foundation.ledger import Recorded, facts_of
from onward.identity.decisions import Thing, require
from onward.journeys.decisions.state import ObjectiveRow, Run
from onward.journeys.decisions.success import (
    Answer,
    Course,
    Party,
    Stated,
    Version,
    course_of,
    differences,
    digest,
    measurable,
    read_answer,
    read_version,
    signers_of,
)
from onward.journeys.models import PlanVersion
from onward.journeys.queries.lines import book_of, names_of, visible_run
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id

#: What the ledger tells of a plan and its objectives; a customer's evidence pack holds it too.
FACTS = frozenset(
    {f"journey.success_plan.{what}" for what in ("proposed", "agreed", "refused", "withdrawn")}
    | {f"journey.objective.{what}" for what in ("written", "agreed", "measured", "met")}
)


@dataclass(frozen=True, slots=True)
class VersionView:
    """`state` proposed | agreed | refused | withdrawn; `differs` says what it changes of what stood then."""

    said: Version
    text: str
    hash: str
    state: str
    side: str
    proposed_at: datetime
    answer: Answer | None
    answer_text: str
    answered_at: datetime | None
    differs: tuple[str, ...]

    @property
    def number(self) -> int:
        return self.said.number

    @property
    def said_hash(self) -> str:
        """The hash of its answer: it stands for the version as well."""
        return digest(self.answer_text)


@dataclass(frozen=True, slots=True)
class ObjectiveNow:
    """An objective as it stands today: what is stated of it, and how far it is."""

    ref: str
    stated: Stated
    reading: float | None
    read_at: datetime | None
    course: Course | None
    agreed_at: datetime | None
    met_at: datetime | None
    evidence: str
    in_plan: bool


@dataclass(frozen=True, slots=True)
class SuccessPlan:
    """`versions` the oldest first; `figures` may measure an objective; `tasks` (key, title) may serve one."""

    versions: tuple[VersionView, ...]
    objectives: tuple[ObjectiveNow, ...]
    figures: dict[str, str]
    tasks: tuple[tuple[str, str], ...]
    signers: frozenset[str]

    @property
    def agreed(self) -> VersionView | None:
        """What stands."""
        return next((row for row in reversed(self.versions) if row.state == "agreed"), None)

    @property
    def waiting(self) -> VersionView | None:
        """What waits for an answer of the other side."""
        return next((row for row in self.versions if row.state == "proposed"), None)

    @property
    def proposable(self) -> tuple[Stated, ...]:
        """What a new proposal starts from: what stands, and what was written down beside it."""
        return tuple(one.stated for one in self.objectives)


def success_plan(actor: Actor, journey_id: UUID) -> SuccessPlan:
    """The plan of a journey that the actor may see; else "not_found"."""
    run = visible_run(actor, journey_id)
    require(actor, "see", Thing("objective", run.journey.account_id, is_shared=True))
    versions = _versions(journey_id)
    agreed = next((row for row in reversed(versions) if row.state == "agreed"), None)
    begun = next((row.answered_at for row in versions if row.state == "agreed"), None)
    today = timezone.localdate(clock.now())
    names = _names(run)
    begun_on = timezone.localdate(begun) if begun else None
    stands = {one.ref: one for one in agreed.said.objectives} if agreed else {}
    tasks = tuple((task.key, task.title) for task in run.tasks if task.shared and task.cycle == 1)
    return SuccessPlan(
        versions,
        tuple(_standing(run, row, stands, names, begun_on, today) for row in run.objectives),
        measurable(book_of(run)),
        tasks,
        signers_of(run, next((row.said for row in versions if row.state == "proposed"), None)),
    )


def proposed_to_them(journey_id: UUID) -> tuple[int, Version] | None:
    """The version that waits for the customer's word, under its number; for whoever has seen the journey."""
    rows = PlanVersion.objects.filter(journey_id=journey_id, state="proposed", side="ours")
    found = rows.values_list("number", "body").first()
    return (found[0], read_version(found[1])) if found else None


def plan_facts(journey_id: UUID) -> list[Recorded]:
    """What was recorded of the plan and its objectives, in order; for whoever has seen the journey."""
    return facts_of(journey=journey_id, names=FACTS, limit=10_000)


def stands_in_plan(journey_id: UUID, objective_id: UUID) -> bool:
    """Whether both sides agreed to it, so that it changes with the plan alone."""
    rows = PlanVersion.objects.filter(journey_id=journey_id, state="agreed").order_by("-number")
    body = rows.values_list("body", flat=True).first()
    ref = format_id("obj", objective_id)
    return bool(body) and any(one.ref == ref for one in read_version(body or "").objectives)


def _versions(journey_id: UUID) -> tuple[VersionView, ...]:
    out: list[VersionView] = []
    standing: tuple[Stated, ...] = ()
    for row in PlanVersion.objects.filter(journey_id=journey_id).order_by("number"):
        said = read_version(row.body)
        answer = read_answer(row.answer) if row.answer else None
        differs = tuple(differences(standing, said.objectives))
        out.append(
            VersionView(
                said, row.body, row.hash, row.state, row.side, row.proposed_at, answer, row.answer, row.answered_at,
                differs,
            )
        )  # fmt: skip
        standing = said.objectives if row.state == "agreed" else standing
    return tuple(out)


def _standing(
    run: Run, row: ObjectiveRow, stands: dict[str, Stated], names: dict[str, str], begun: date | None, today: date
) -> ObjectiveNow:
    ref = format_id("obj", row.id)
    titles = {task.key: task.title for task in run.tasks if task.shared}
    stated = Stated(
        ref,
        row.outcome,
        row.due_on,
        _party("contact:con", row.owner_contact_id, names),
        _party("user:usr", row.owner_user_id, names),
        row.measure,
        row.metric,
        row.start,
        row.target,
        row.unit,
        tuple((key, titles[key]) for key in row.tasks if key in titles),
    )
    course = course_of(row.start, row.target, row.reading, begun, row.due_on, today)
    return ObjectiveNow(
        ref, stated, row.reading, row.read_at, course, row.agreed_at, row.met_at, row.evidence, ref in stands
    )


def _names(run: Run) -> dict[str, str]:
    theirs = {f"contact:{format_id('con', row.owner_contact_id)}" for row in run.objectives if row.owner_contact_id}
    ours = {f"user:{format_id('usr', row.owner_user_id)}" for row in run.objectives if row.owner_user_id}
    return names_of(theirs | ours)


def _party(kind: str, person: UUID | None, names: dict[str, str]) -> Party | None:
    if person is None:
        return None
    ref = f"{kind.partition(':')[0]}:{format_id(kind.partition(':')[2], person)}"
    return Party(ref, names.get(ref, "Somebody"))
