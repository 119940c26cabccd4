"""A journey as pages and the API read it: frozen rows, names resolved, what a contact may not see left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.identity import queries as identity
from onward.identity.decisions import Thing, require
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.decisions.tasks import also_needed
from onward.journeys.queries.loading import load_run, load_runs
from onward.journeys.queries.waiting import all_of_account
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, not_found
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook, Task


@dataclass(frozen=True, slots=True)
class Person:
    """A user ("user:usr_...") or contact ("contact:con_..."), or an actor as facts name it."""

    ref: str
    name: str
    side: str


@dataclass(frozen=True, slots=True)
class RoleView:
    """`person` None: nobody yet."""

    role: str
    title: str
    side: str
    person: Person | None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class CheckView:
    """`state` met | not_met | unknown | waived. `actual` and `target` are words, empty for yes-or-no checks."""

    id: str
    title: str
    state: str
    sentence: str
    since: datetime | None
    category: str = ""
    actual: str = ""
    target: str = ""
    missing: tuple[str, ...] = ()
    readings: dict[str, Any] = field(default_factory=dict)
    waived_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StageView:
    """`state` waiting | entered | closed."""

    id: UUID
    ref: str
    key: str
    title: str
    rank: int
    state: str
    owner: Person | None
    entered_at: datetime | None
    closed_at: datetime | None
    how: str
    due_at: datetime | None
    due_on: date | None
    due_why: str
    promise: bool
    checks: tuple[CheckView, ...]
    expects: tuple[CheckView, ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in a list. `person` does it; `waits_for` says in words what keeps it from starting; `turn` is the side
    that still has to act, which is not `side` once one of the two has said done. `begun`: a step is ticked, or
    something is filled in or said."""

    id: UUID
    ref: str
    key: str
    title: str
    kind: str
    stage: str
    side: str
    role: str
    role_title: str
    person: Person | None
    shared: bool
    required: bool
    state: str
    waits_for: tuple[str, ...]
    due_at: datetime | None
    due_on: date | None
    due_why: str
    promise: bool
    is_late: bool
    days_late: int
    opened_at: datetime | None
    done_at: datetime | None
    done_by: Person | None
    how: str
    for_them: bool
    deferrable: bool
    deferred_at: datetime | None
    note: str
    edition: int
    starts_at: datetime | None
    held_at: datetime | None
    turn: str
    begun: bool = False


@dataclass(frozen=True, slots=True)
class MilestoneView:
    id: UUID
    ref: str
    key: str
    title: str
    owner: Person | None
    first_value: bool
    due_at: datetime | None
    due_on: date | None
    due_why: str
    met_at: datetime | None
    noticed_at: datetime | None
    how: str
    met_by: Person | None
    by_hand: bool
    days_late: int
    verdict: dict[str, Any]
    picks: tuple[dict[str, Any], ...]
    picked: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class CheckInView:
    id: UUID
    ref: str
    key: str
    title: str
    due_at: datetime | None
    due_on: date | None
    held_at: datetime | None
    held_by: Person | None
    note: str
    internal: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    id: UUID
    ref: str
    outcome: str
    due_on: date | None
    owner: Person | None
    agreed_at: datetime | None
    agreed_by: Person | None
    met_at: datetime | None
    met_by: Person | None
    evidence: str
    edition: int


@dataclass(frozen=True, slots=True)
class LogView:
    id: UUID
    ref: str
    log: str
    title: str
    value: float | None
    note: str
    written_by: Person | None
    written_at: datetime
    confirmed_by: Person | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceView:
    metric: str
    value: Any
    note: str
    given_by: Person | None
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whose turn it is: ours | theirs | nobody; the task they hold, and since when."""

    side: str
    task: TaskLine | None
    since: datetime | None


@dataclass(frozen=True)
class JourneyView:
    """`done` of `total` counts required tasks (for a contact: the visible ones)."""

    id: UUID
    ref: str
    title: str
    account_id: UUID
    account_ref: str
    account_name: str
    deal_id: UUID | None
    state: str
    playbook: str
    playbook_title: str
    version_id: UUID
    owner: Person | None
    signed_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    pace: str
    pace_reason: str
    is_demo: bool
    edition: int
    roles: tuple[RoleView, ...]
    stages: tuple[StageView, ...]
    tasks: tuple[TaskLine, ...]
    milestones: tuple[MilestoneView, ...]
    check_ins: tuple[CheckInView, ...]
    objectives: tuple[ObjectiveView, ...]
    checklist: tuple[CheckView, ...]
    logs: tuple[LogView, ...]
    log_titles: dict[str, str]
    evidence: tuple[EvidenceView, ...]
    evidence_wanted: tuple[str, ...]
    answers: dict[str, Any]
    waiting: Waiting
    done: int
    total: int

    @property
    def current(self) -> tuple[StageView, ...]:
        """The stages that are under way."""
        return tuple(stage for stage in self.stages if stage.state == "entered")

    @property
    def first_value(self) -> MilestoneView | None:
        return next((row for row in self.milestones if row.first_value), None)

    @property
    def next_tasks(self) -> tuple[TaskLine, ...]:
        """Open tasks, what is due first ahead."""
        return next_first(task for task in self.tasks if task.state == "open")


@dataclass(frozen=True, slots=True)
class JourneyLine:
    """A journey in a list of an account's."""

    id: UUID
    ref: str
    title: str
    playbook: str
    state: str
    pace: str
    pace_reason: str
    stage: str
    signed_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    done: int
    total: int
    first_value_due: datetime | None
    first_value_met: datetime | None


def next_first(tasks: Iterable[TaskLine]) -> tuple[TaskLine, ...]:
    """By due date, those without one last, what is put off after all; then in the plan's order."""
    return tuple(
        sorted(
            tasks,
            key=lambda task: (
                task.deferred_at is not None,
                task.due_at is None,
                task.due_at.timestamp() if task.due_at else 0.0,
            ),
        )
    )


def visible_run(actor: Actor, journey_id: UUID) -> Run:
    """The journey's rows, when the actor may see it; else "not_found"."""
    run = load_run(journey_id)
    ref = format_id("jny", journey_id)
    if run is None:
        raise not_found("journey", ref)
    require(actor, "see", Thing("journey", run.journey.account_id, is_shared=True, ref=ref))
    return run


def journeys_of(actor: Actor, account_id: UUID) -> list[JourneyLine]:
    """The journeys of an account, newest first."""
    require(actor, "see", Thing("account", account_id, is_shared=True, ref=format_id("acc", account_id)))
    return [_line(run, contact=actor.is_contact) for run in load_runs(all_of_account(account_id)).values()]


def _line(run: Run, *, contact: bool) -> JourneyLine:
    journey = run.journey
    tasks = [task for task in run.tasks if task.counts and (task.shared or not contact)]
    first = next((row for row in run.milestones if row.first_value), None)
    current = run.current
    return JourneyLine(
        journey.id,
        format_id("jny", journey.id),
        journey.title,
        journey.playbook,
        journey.state,
        journey.pace,
        "" if contact else journey.pace_reason,
        current[-1].title if current else "",
        journey.signed_at,
        journey.started_at,
        journey.ended_at,
        sum(task.state == "done" for task in tasks),
        len(tasks),
        first.due_at if first else None,
        first.met_at if first else None,
    )


class People:
    """Names of everyone whom a journey's rows mention, read at once."""

    def __init__(self, book: Playbook, run: Run) -> None:
        self.book, self.run = book, run
        refs = {(holder or {}).get("person", "") for holder in run.journey.roles.values()}
        refs |= {f"user:{format_id('usr', run.journey.owner_id)}" if run.journey.owner_id else ""}
        for task in run.tasks:
            refs |= {task.person, task.done_by, *task.attended}
        refs |= {row.met_by for row in run.milestones} | {row.held_by for row in run.check_ins}
        for objective in run.objectives:
            refs |= {objective.agreed_by, objective.met_by}
            if objective.owner_contact_id:
                refs.add(f"contact:{format_id('con', objective.owner_contact_id)}")
        refs |= {row.given_by for row in run.evidence}
        for entry in run.logs:
            refs |= {entry.written_by, entry.confirmed_by}
        self.names = names_of(refs)

    def get(self, ref: str) -> Person | None:
        """A person by reference; None for ""."""
        if not ref:
            return None
        kind = ref.partition(":")[0]
        side = "theirs" if kind == "contact" else "ours"
        return Person(ref, self.names.get(ref, "Onward" if kind in {"automation", "system"} else "Somebody"), side)

    def of_role(self, role: str) -> Person | None:
        return self.get((self.run.journey.roles.get(role) or {}).get("person", ""))


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """Names by reference ("user:...", "staff:...", "contact:...", "key:..."); unknown ones are left out."""
    users: dict[UUID, list[str]] = {}
    contacts: dict[UUID, list[str]] = {}
    found: dict[str, str] = {}
    for ref in refs:
        kind, _, text = ref.partition(":")
        try:
            if kind in {"user", "staff"}:
                users.setdefault(parse_id("usr", text), []).append(ref)
            elif kind == "contact":
                contacts.setdefault(parse_id("con", text), []).append(ref)
            elif kind == "key":
                found[ref] = "An API key"
        except Refusal:
            continue
    for user_id, name in identity.user_names(users).items():
        found.update(dict.fromkeys(users[user_id], name))
    for contact_id, name in accounts.contact_names(contacts).items():
        found.update(dict.fromkeys(contacts[contact_id], name))
    return found


def task_line(book: Playbook, people: People, row: TaskRow, now: datetime) -> TaskLine:
    """One task for a list."""
    spec = book.task(row.key) if row.kind != "fill_role" else None
    late = bool(row.due_at and row.due_at < (row.done_at or now) and row.state not in {"skipped", "withdrawn"})
    days = ((row.done_at or now) - row.due_at).days if late and row.due_at else 0
    return TaskLine(
        row.id,
        format_id("tsk", row.id),
        row.key,
        row.title,
        row.kind,
        row.stage,
        row.side,
        row.role,
        role_title(book, row.role),
        people.get(row.person) or people.of_role(row.role),
        row.shared,
        row.required,
        row.state,
        tuple(row.waits_for),
        row.due_at,
        row.due_on,
        row.due_why,
        row.promise,
        late,
        days,
        row.opened_at,
        row.done_at,
        people.get(row.done_by),
        row.how,
        row.for_them,
        bool(spec and spec.deferrable),
        row.deferred_at,
        row.note,
        row.edition,
        row.starts_at,
        row.held_at,
        _turn(book, row, spec),
        bool(row.steps or row.reported or (spec and people.run.journey.answers.get(spec.form, {}).get("values"))),
    )


def _turn(book: Playbook, row: TaskRow, spec: Task | None) -> str:
    sides = {role_side(book, role) for role in also_needed(spec, row.reported)} if spec and row.reported else set()
    return row.side if not sides else sides.pop() if len(sides) == 1 else "both"


def role_title(book: Playbook, role: str) -> str:
    """The words for a role or group."""
    titles = {item.id: item.title for item in book.groups} | {item.id: item.title for item in book.roles}
    return titles.get(role) or role.replace("_", " ").capitalize()


def check_view(record: dict[str, Any]) -> CheckView:
    """A stored check record as a row."""
    return CheckView(
        record["id"],
        record["title"],
        record["state"],
        record["sentence"],
        datetime.fromisoformat(record["since"]) if record.get("since") else None,
        record.get("category", ""),
        record.get("actual", ""),
        record.get("target", ""),
        tuple(record.get("missing", ())),
        dict(record.get("readings", {})),
        record.get("waived_by", ""),
        record.get("reason", ""),
    )


def book_of(run: Run) -> Playbook:
    """The pinned playbook of a journey."""
    return playbooks.version(run.journey.version_id)


def roles_of(book: Playbook, people: People) -> tuple[RoleView, ...]:
    """Every role of the playbook with its holder."""
    return tuple(
        RoleView(role.id, role.title, role_side(book, role.id), people.of_role(role.id), role.optional)
        for role in book.roles
    )
