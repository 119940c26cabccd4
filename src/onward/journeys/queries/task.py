"""One task with all that its page needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation import clock
from onward.foundation.postgres import one_statement
from onward.journeys.decisions.answers import limits
from onward.journeys.decisions.attendance import absent
from onward.journeys.decisions.escalating import told_next
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.saying import how_many, open_points
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.queries.hops import Hop, hops
from onward.journeys.queries.journey import agreed_dates_of, expected_of, milestone_view, seen_line
from onward.journeys.queries.known import prefilled
from onward.journeys.queries.lines import People, book_of, help_of, late_of, roles_of, task_line, visible_run
from onward.journeys.queries.person import Person
from onward.journeys.queries.places import TaskName
from onward.journeys.queries.views import MilestoneView, RoleView, TaskLine, role_title
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.parts import DOER, Field


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
    shared: bool = False


@dataclass(frozen=True)
class Tells:
    """A mail that goes out at `at` if a task stays as it is: `reminds` its doer, or tells somebody of it."""

    who: str
    reminds: bool
    at: datetime


@dataclass(frozen=True)
class TaskView:
    """A task's page. `missing`: what has to happen before it can be said done; `still_to_say`: who has to. `late_by`:
    why it ends later than agreed, `tells`: who hears of it next, `late_with_holder`: how many late steps of this
    journey whoever of us has it has, all for the team.

    Of what each does for themselves: `each_done` are those who have, `each_needed` is how many have to."""

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
    still_to_say: tuple[RoleView, ...]
    attended: tuple[Person, ...]
    absent: tuple[str, ...]
    people: tuple[Person, ...]
    effort_hours: float
    fills_role: str
    goal: str
    signs: str
    rule: str = ""
    holds_up: tuple[TaskName, ...] = ()
    form_id: str = ""
    own_person: str = ""
    each_done: tuple[Person, ...] = ()
    each_needed: int = 0
    late_by: tuple[Hop, ...] = ()
    tells: tuple[Tells, ...] = ()
    late_with_holder: int = 0


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
    spec = book.task(row.key) if row.is_written else None
    stage = run.stage(row.stage)
    form = book.find("form", spec.form) if spec and spec.form else None
    milestone = run.milestone(spec.picks) if spec and spec.picks else None
    wanted = [spec.by, *spec.also, *([spec.confirm] if spec.confirm else [])] if spec else []
    # Facts name staff as "staff:", roles hold them as "user:": both are the same person.
    roles = tuple(role.person for role in roles_of(book, people) if role.person)
    line = task_line(book, people, run, row, now)
    return TaskView(
        line=seen_line(actor, run, line),
        journey_id=run.journey.id,
        journey_ref=format_id("jny", run.journey.id),
        journey_title=run.journey.title,
        account_id=run.journey.account_id,
        account_name=accounts.account_names([run.journey.account_id]).get(run.journey.account_id, ""),
        stage_title=stage.title if stage else "",
        help=help_of(book, spec, run),
        steps=tuple(
            (step.id, step.title, step.id in row.steps)
            for step in (spec.steps if spec else ())
            if step.id not in row.left_out or step.id in row.steps
        ),
        agenda=spec.agenda if spec else (),
        must=tuple((role_title(book, role), people.of_role(role)) for role in spec.must) if spec else (),
        may=tuple((role_title(book, role), people.of_role(role)) for role in spec.may) if spec else (),
        minutes=spec.minutes if spec else 0,
        form_title=form.title if form else "",
        form=tuple(field_view(run, form.id, item) for item in form.fields if not (item.internal and actor.is_contact))
        if form
        else (),
        form_complete=bool(form and run.journey.answers.get(form.id, {}).get("complete")),
        picks=milestone_view(book, people, run, milestone, now) if milestone else None,
        missing=tuple(open_points(book, run, row)) if not row.is_over else (),
        reported=tuple(
            (role_title(book, role), datetime.fromisoformat(at)) for role, at in row.reported.items() if role in wanted
        ),
        still_to_say=tuple(
            RoleView(role, role_title(book, role), role_side(book, role), people.of_role(role))
            for role in wanted
            if role not in row.reported and not row.is_over
        ),
        attended=tuple(person for ref in row.attended if (person := people.get(ref))),
        absent=tuple(role_title(book, role) for role in absent(book, run, row)) if row.held_at else (),
        people=tuple(dict.fromkeys(roles)),
        effort_hours=spec.effort_hours if spec and not actor.is_contact else 0.0,
        fills_role=row.key.removeprefix("fill_") if row.kind == "fill_role" else "",
        goal=next((item.outcome for item in run.objectives), ""),
        signs=spec.of if spec else "",
        rule=spec.due.text if spec and spec.due else "",
        holds_up=tuple(_holds_up(book, run, row, actor)) if not row.is_over else (),
        form_id=form.id if form else "",
        own_person=row.person,
        each_done=tuple(person for ref in row.reported if (person := people.get(ref))) if spec and spec.each else (),
        each_needed=_each_needed(run, spec) if spec and spec.each else 0,
        late_by=() if actor.is_contact else _late_by(book, run, row),
        tells=() if actor.is_contact else tuple(_tells(book, people, run, row, now)),
        late_with_holder=0 if actor.is_contact else _late_with_holder(book, people, run, line, now),
    )


def _late_with_holder(book: Playbook, people: People, run: Run, line: TaskLine, now: datetime) -> int:
    if not line.is_late or not line.person:
        return 0
    rows = (row for row in run.tasks if row.state == "open" and row.due_at)
    return len(late_of((task_line(book, people, run, row, now) for row in rows), line.person.ref))


def _tells(book: Playbook, people: People, run: Run, row: TaskRow, now: datetime) -> Iterator[Tells]:
    owner = f"user:{format_id('usr', run.journey.owner_id)}" if run.journey.owner_id else ""
    for one, ref, at in told_next(book, run, row, now):
        is_seen = row.shared or not ref.startswith("contact:")
        person = people.get(ref if ref and is_seen else "" if one.to == "manager" else owner)
        who = person.name if person else "the manager" if one.to == "manager" else ""
        if who:
            yield Tells(who, one.to == DOER and ref.startswith("contact:") and is_seen, at)


def _late_by(book: Playbook, run: Run, row: TaskRow) -> tuple[Hop, ...]:
    agreed = agreed_dates_of(book, run, inside=True)
    expected = expected_of(run, {f"task.{task.key}" for task in run.tasks}, agreed)
    return hops(expected, run.tasks, run.stages, run.milestones, agreed, f"task.{row.key}")


def _holds_up(book: Playbook, run: Run, row: TaskRow, actor: Actor) -> Iterator[TaskName]:
    """What cannot begin before this is done."""
    for other in run.tasks:
        if other.is_over or not other.is_written or (actor.is_contact and not other.shared):
            continue
        if any(link.id == row.key for link in book.task(other.key).after):
            yield TaskName(format_id("tsk", other.id), other.title, other.shared)


def _each_needed(run: Run, spec: Task) -> int:
    return how_many(spec, len(accounts.contacts_by_role(run.journey.account_id).get(spec.by, [])))


def field_view(run: Run, form: str, item: Field, origin: str = "") -> FieldView:
    """A field with its value: the answer (and `origin`, from where that was taken over), else what is known already."""
    value = run.journey.answers.get(form, {}).get("values", {}).get(item.id)
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
        item.shared,
    )
