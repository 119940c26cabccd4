"""One journey, whole; and one task with all that its page needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation import clock
from onward.foundation.postgres import one_statement
from onward.journeys.decisions.answers import limits
from onward.journeys.decisions.attendance import absent
from onward.journeys.decisions.by_hand import metrics_by_hand
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.decisions.tasks import open_points, told_of
from onward.journeys.queries.views import (
    CheckInView,
    EvidenceView,
    JourneyView,
    LogView,
    MilestoneView,
    ObjectiveView,
    People,
    Person,
    StageView,
    TaskLine,
    Waiting,
    book_of,
    check_view,
    next_first,
    role_title,
    roles_of,
    task_line,
    visible_run,
)
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Field


def journey_view(actor: Actor, journey_id: UUID) -> JourneyView:
    """One journey; Refusal "not_found" also for those the actor may not see. A contact gets the shared parts."""
    return view_of(actor, visible_run(actor, journey_id), clock.now())


def view_of(actor: Actor, run: Run, now: datetime) -> JourneyView:
    """The rows of a journey as the actor sees them."""
    book, journey = book_of(run), run.journey
    people = People(book, run)
    inside = not actor.is_contact
    tasks = tuple(_seen(actor, run, task_line(book, people, row, now)) for row in run.tasks if inside or row.shared)
    counted = [task for task in tasks if task.required and task.state not in {"skipped", "withdrawn"}]
    counted = [task for task in counted if task.deferred_at is None]
    return JourneyView(
        id=journey.id,
        ref=format_id("jny", journey.id),
        title=journey.title,
        account_id=journey.account_id,
        account_ref=format_id("acc", journey.account_id),
        account_name=accounts.account_names([journey.account_id]).get(journey.account_id, ""),
        deal_id=journey.deal_id if inside else None,
        state=journey.state,
        playbook=book.id,
        playbook_title=book.title,
        version_id=journey.version_id,
        owner=people.get(f"user:{format_id('usr', journey.owner_id)}") if journey.owner_id else None,
        signed_at=journey.signed_at,
        started_at=journey.started_at,
        ended_at=journey.ended_at,
        end_reason=journey.end_reason if inside else "",
        pace=journey.pace,
        pace_reason=journey.pace_reason if inside else "",
        is_demo=journey.is_demo,
        edition=journey.edition,
        roles=roles_of(book, people),
        stages=tuple(_stage(book, people, run, row) for row in run.stages),
        tasks=tasks,
        milestones=tuple(_milestone(book, people, run, row, now) for row in run.milestones),
        check_ins=tuple(
            CheckInView(
                row.id,
                format_id("chk", row.id),
                row.key,
                row.title,
                row.due_at,
                row.due_on,
                row.held_at,
                people.get(row.held_by),
                row.note,
                row.internal,
                bool(not row.held_at and row.due_at and row.due_at < now),
            )
            for row in run.check_ins
            if inside or not row.internal
        ),
        objectives=tuple(_objective(people, row) for row in run.objectives),
        checklist=tuple(check_view(record) for record in journey.checklist),
        logs=tuple(_log(people, row) for row in run.logs if inside or not _is_internal(book, row.log)),
        log_titles={
            "wins": "Early wins",
            **{log.id: log.title for log in book.logs if inside or not log.internal},
        },
        evidence=tuple(
            EvidenceView(row.metric, row.value, row.note, people.get(row.given_by), row.given_at)
            for row in run.evidence
            if inside
        ),
        evidence_wanted=tuple(sorted(metrics_by_hand(book))) if inside else (),
        answers=journey.answers if inside else {},
        waiting=_waiting(tasks, {row.key for row in run.current}),
        done=sum(task.state == "done" for task in counted),
        total=len(counted),
    )


def _seen(actor: Actor, run: Run, line: TaskLine) -> TaskLine:
    """A contact learns that a task waits for us, not for which internal work; notes of ours stay with us."""
    if not actor.is_contact:
        return line
    theirs = line.done_by is not None and line.done_by.side == "theirs"
    return replace(line, waits_for=tuple(told_of(run, list(line.waits_for))), note=line.note if theirs else "")


def _stage(book: Playbook, people: People, run: Run, row: Any) -> StageView:
    return StageView(
        row.id,
        format_id("stg", row.id),
        row.key,
        row.title,
        row.rank,
        "closed" if row.closed_at else "entered" if row.entered_at else "waiting",
        people.of_role(row.owner_role),
        row.entered_at,
        row.closed_at,
        row.how,
        row.due_at,
        row.due_on,
        row.due_why,
        row.promise,
        tuple(check_view(record) for record in (row.checks or _promised(book, row.key))),
        tuple(check_view(record) for record in row.expects),
    )


def _promised(book: Playbook, key: str) -> list[dict[str, Any]]:
    """The criteria of a stage that is not entered yet, for the plan."""
    return [
        {"id": check.id, "title": check.title, "state": "open", "sentence": "", "readings": {}}
        for check in book.stage(key).exit
    ]


def _milestone(book: Playbook, people: People, run: Run, row: Any, now: datetime) -> MilestoneView:
    spec = book.milestone(row.key)
    late = (row.met_at or now) - row.due_at if row.due_at else None
    measures = [book.find("measure", key) for key in spec.pick]
    return MilestoneView(
        row.id,
        format_id("mst", row.id),
        row.key,
        row.title,
        people.of_role(row.owner_role),
        row.first_value,
        row.due_at,
        row.due_on,
        row.due_why,
        row.met_at,
        row.noticed_at,
        row.how,
        people.get(row.met_by),
        bool(spec.by_hand),
        max(0, late.days) if late is not None else 0,
        row.verdict,
        tuple(
            {"id": item.id, "title": item.title, "ask": [{"id": ask.id, "default": ask.default} for ask in item.ask]}
            for item in measures
        ),
        run.journey.picks.get(row.key),
    )


def _objective(people: People, row: Any) -> ObjectiveView:
    owner = f"contact:{format_id('con', row.owner_contact_id)}" if row.owner_contact_id else ""
    return ObjectiveView(
        row.id,
        format_id("obj", row.id),
        row.outcome,
        row.due_on,
        people.get(owner),
        row.agreed_at,
        people.get(row.agreed_by),
        row.met_at,
        people.get(row.met_by),
        row.evidence,
        row.edition,
    )


def _log(people: People, row: Any) -> LogView:
    return LogView(
        row.id,
        format_id("log", row.id),
        row.log,
        row.title,
        row.value,
        row.note,
        people.get(row.written_by),
        row.written_at,
        people.get(row.confirmed_by),
        row.confirmed_at,
    )


def _is_internal(book: Playbook, log: str) -> bool:
    return any(item.id == log and item.internal for item in book.logs)


def _waiting(tasks: tuple[TaskLine, ...], current: set[str]) -> Waiting:
    """The open task that is due first holds things up."""
    held = next_first(task for task in tasks if task.state == "open" and task.required and task.deferred_at is None)
    first = next((task for task in held if task.stage in current), held[0] if held else None)
    if first is None:
        return Waiting("nobody", None, None)
    return Waiting("theirs" if first.side == "theirs" else "ours", first, first.opened_at)


@dataclass(frozen=True, slots=True)
class FieldView:
    """`value` is the answer so far, else what is known already; `origin` says from where that is. `limits`: between
    which values a number may lie, as a sentence."""

    id: str
    title: str
    type: str
    required: bool
    choices: tuple[tuple[str, str], ...]
    scale: tuple[int, int] | None
    internal: bool
    help: str
    limits: str
    value: Any
    origin: str


@dataclass(frozen=True)
class TaskView:
    """A task's page. `missing` is what has to happen before it can be said done."""

    line: TaskLine
    journey_id: UUID
    journey_ref: str
    journey_title: str
    account_id: UUID
    account_name: str
    stage_title: str
    help: str
    steps: tuple[tuple[str, str, bool], ...]
    agenda: tuple[str, ...]
    must: tuple[tuple[str, Person | None], ...]
    may: tuple[tuple[str, Person | None], ...]
    minutes: int
    form_title: str
    form: tuple[FieldView, ...]
    form_complete: bool
    picks: MilestoneView | None
    missing: tuple[str, ...]
    reported: tuple[tuple[str, datetime], ...]
    still_to_say: tuple[str, ...]
    attended: tuple[Person, ...]
    absent: tuple[str, ...]
    people: tuple[Person, ...]
    effort_hours: float
    fills_role: str
    goal: str
    signs: str


def task_view(actor: Actor, task_id: UUID) -> TaskView:
    """One task; Refusal "not_found" also for what the actor may not see (a contact: what is not shared)."""
    rows = one_statement("select journey_id, shared from journeys_taskrun where id = %s", (task_id,))
    ref = format_id("tsk", task_id)
    if not rows or (actor.is_contact and not rows[0]["shared"]):
        raise not_found("task", ref)
    run = visible_run(actor, rows[0]["journey_id"])
    return _task_view(actor, run, next(row for row in run.tasks if row.id == task_id))


def _task_view(actor: Actor, run: Run, row: TaskRow) -> TaskView:
    now, book = clock.now(), book_of(run)
    people = People(book, run)
    spec = book.task(row.key) if row.kind != "fill_role" else None
    stage = run.stage(row.stage)
    form = book.find("form", spec.form) if spec and spec.form else None
    milestone = run.milestone(spec.picks) if spec and spec.picks else None
    wanted = [spec.by, *spec.also, *([spec.confirm] if spec.confirm else [])] if spec else []
    # Facts name staff as "staff:", roles hold them as "user:": both are the same person.
    roles = tuple(role.person for role in roles_of(book, people) if role.person)
    return TaskView(
        line=_seen(actor, run, task_line(book, people, row, now)),
        journey_id=run.journey.id,
        journey_ref=format_id("jny", run.journey.id),
        journey_title=run.journey.title,
        account_id=run.journey.account_id,
        account_name=accounts.account_names([run.journey.account_id]).get(run.journey.account_id, ""),
        stage_title=stage.title if stage else "",
        help=_help(book, spec.help) if spec else "",
        steps=tuple((step.id, step.title, step.id in row.steps) for step in spec.steps) if spec else (),
        agenda=spec.agenda if spec else (),
        must=tuple((role_title(book, role), people.of_role(role)) for role in spec.must) if spec else (),
        may=tuple((role_title(book, role), people.of_role(role)) for role in spec.may) if spec else (),
        minutes=spec.minutes if spec else 0,
        form_title=form.title if form else "",
        form=tuple(_field(run, form.id, item) for item in form.fields if not (item.internal and actor.is_contact))
        if form
        else (),
        form_complete=bool(form and run.journey.answers.get(form.id, {}).get("complete")),
        picks=_milestone(book, people, run, milestone, now) if milestone else None,
        missing=tuple(open_points(book, run, row)) if not row.is_over else (),
        reported=tuple(
            (role_title(book, role), datetime.fromisoformat(at)) for role, at in row.reported.items() if role in wanted
        ),
        still_to_say=tuple(role_title(book, role) for role in wanted if role not in row.reported)
        if len(wanted) > 1
        else (),
        attended=tuple(person for ref in row.attended if (person := people.get(ref))),
        absent=tuple(role_title(book, role) for role in absent(book, run, row)) if row.held_at else (),
        people=tuple(dict.fromkeys(roles)),
        effort_hours=spec.effort_hours if spec and not actor.is_contact else 0.0,
        fills_role=row.key.removeprefix("fill_") if row.kind == "fill_role" else "",
        goal=next((item.outcome for item in run.objectives), ""),
        signs=spec.of if spec else "",
    )


def _field(run: Run, form: str, item: Field) -> FieldView:
    value = run.journey.answers.get(form, {}).get("values", {}).get(item.id)
    origin = ""
    if value is None and item.prefill:
        value, origin = prefilled(run, item.prefill)
    return FieldView(
        item.id,
        item.title,
        item.type,
        item.required,
        tuple((choice.id, choice.title) for choice in item.choices),
        item.scale,
        item.internal,
        item.help,
        f"A number {found}." if (found := limits(item)) else "",
        value,
        origin,
    )


def prefilled(run: Run, source: str) -> tuple[Any, str]:
    """What is known already, and in words from where; (None, "") when nothing is."""
    kind, _, rest = source.partition(".")
    if kind == "answer":
        form, _, name = rest.partition(".")
        answer = run.journey.answers.get(form, {})
        value = answer.get("values", {}).get(name)
        return (value, f"from {form.replace('_', ' ')}") if value is not None else (None, "")
    if kind == "deal" and run.journey.deal_id:
        deal = accounts.deals_by_ids(SYSTEM, [run.journey.deal_id]).get(run.journey.deal_id)
        if deal is not None:
            value = deal.fields.get(rest.removeprefix("field.")) if rest.startswith("field.") else None
            return (value, "from the deal") if value not in (None, "") else (None, "")
    if kind == "account":
        account = accounts.account_metrics(run.journey.account_id)
        value = getattr(account, rest, None) if account and rest.isidentifier() else None
        return (value, "from the account") if value not in (None, "") else (None, "")
    return None, ""


def _help(book: Playbook, name: str) -> str:
    """The text of a task's help, when the playbook carries it."""
    texts = dict(book.texts)
    return texts.get(name) or texts.get(f"{name}.md") or ""
