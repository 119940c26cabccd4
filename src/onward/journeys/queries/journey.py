"""One journey, whole, as the actor may see it."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation import clock
from onward.foundation.postgres import one_statement
from onward.journeys.decisions.by_hand import metrics_by_hand, reading_of
from onward.journeys.decisions.forecast import OWN, TODAY, UNSEEN, Expected
from onward.journeys.decisions.known import known_to_them
from onward.journeys.decisions.state import Run
from onward.journeys.decisions.tasks import told_of
from onward.journeys.queries.lines import People, book_of, check_view, roles_of, task_line, visible_run
from onward.journeys.queries.records import AgreedDay, CheckInView, EvidenceView, LogView, ObjectiveView, Wanted
from onward.journeys.queries.views import (
    JourneyView,
    MilestoneView,
    PastStage,
    StageView,
    TaskLine,
    Waiting,
    next_first,
)
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.playbooks.decisions.definition import Playbook


def journey_view(actor: Actor, journey_id: UUID) -> JourneyView:
    """One journey; Refusal "not_found" also for those the actor may not see. A contact gets the shared parts."""
    return view_of(actor, visible_run(actor, journey_id), clock.now())


def agreed_days(journey_id: UUID) -> dict[UUID, date]:
    """The days that were agreed when the journey opened or its plan was signed, by stage, task or milestone; for
    whoever has the journey before them."""
    rows = one_statement("select baseline -> 'days' as days from journeys_journey where id = %s", (journey_id,))
    return {UUID(ref): date.fromisoformat(day) for ref, day in (rows[0]["days"] or {}).items()} if rows else {}


def view_of(actor: Actor, run: Run, now: datetime) -> JourneyView:
    """The rows of a journey as the actor sees them."""
    book, journey = book_of(run), run.journey
    people = People(book, run)
    inside = not actor.is_contact
    tasks = tuple(
        seen_line(actor, run, task_line(book, people, run, row, now)) for row in run.tasks if inside or row.shared
    )
    counted = [task for task in tasks if task.counts]
    agreed = agreed_dates_of(book, run, inside)
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
        follows=journey.follows,
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
        milestones=tuple(milestone_view(book, people, run, row, now) for row in run.milestones),
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
        evidence_wanted=tuple(_wanted(book, run, name, now) for name in sorted(metrics_by_hand(book)))
        if inside
        else (),
        answers=journey.answers if inside else {},
        agreed_dates=agreed,
        waiting=_waiting(tasks, {row.key for row in run.current}),
        expected=expected_of(run, {f"task.{task.key}" for task in tasks}, agreed),
        done=sum(task.state == "done" for task in counted),
        total=len(counted),
        known=len(known := known_to_them(book, journey.answers)),
        to_confirm=sum(field not in journey.answers[form].get("sure", {}) for form, field in known),
    )


def _wanted(book: Playbook, run: Run, metric: str, now: datetime) -> Wanted:
    reading = reading_of(book, metric)
    if reading is None:
        return Wanted(metric, metric)
    given = max((row.given_at for row in run.evidence if row.metric == metric), default=None)
    age = ""
    if given and reading.gone_after and now >= given + reading.gone_after.exact:
        age = "gone"
    elif given and reading.stale_after and now >= given + reading.stale_after.exact:
        age = "stale"
    return Wanted(metric, reading.title, reading.choices, age)


def agreed_dates_of(book: Playbook, run: Run, inside: bool) -> tuple[AgreedDay, ...]:
    shared = {book.task(row.key).form for row in run.tasks if row.is_written and row.shared}
    found = [
        AgreedDay(item.title, date.fromisoformat(given), f"{form.id}.{item.id}")
        for form in book.forms
        if inside or form.id in shared
        for item in form.fields
        if item.type == "date" and (inside or not item.internal)
        if (given := run.journey.answers.get(form.id, {}).get("values", {}).get(item.id))
    ]
    return tuple(sorted(found, key=lambda agreed: (agreed.due_on, agreed.title)))


def expected_of(run: Run, tasks: Set[str], agreed: Iterable[AgreedDay]) -> dict[str, Expected]:
    """As it is kept, with the days agreed; of what is not seen only what it holds up, back to what is."""
    days: dict[str, date | None] = {f"answer.{one.key}": one.due_on for one in agreed}
    days |= {f"stage.{row.key}": row.due_on for row in run.stages}
    days |= {f"milestone.{row.key}": row.due_on for row in run.milestones}
    days |= {f"task.{row.key}": row.due_on for row in run.tasks if f"task.{row.key}" in tasks}
    kept = run.journey.expected
    found = {}
    for name, one in kept.items():
        if name not in days:
            continue
        by = one["by"]
        while by not in days and by in kept:
            by = kept[by]["by"]
        ends = by in days or (by in OWN and by == one["by"])
        found[name] = Expected(date.fromisoformat(one["on"]), days[name], by if ends else UNSEEN)
    # Their door does not even read the rows of our internal steps: only what is kept tells that one is late.
    late = [one for name, one in kept.items() if name not in days and one["by"] in OWN and one.get("due")]
    if late:
        worst = min(late, key=lambda one: str(one["due"]))
        found[UNSEEN] = Expected(date.fromisoformat(worst["on"]), date.fromisoformat(worst["due"]), TODAY)
    return found


def seen_line(actor: Actor, run: Run, line: TaskLine) -> TaskLine:
    """A contact learns that a task waits for us, not for which internal work; notes of ours stay with us."""
    if not actor.is_contact:
        return line
    theirs = line.done_by is not None and line.done_by.side == "theirs"
    return replace(
        line, waits_for=tuple(told_of(run, list(line.waits_for))), note=line.note if theirs else "", blocked_why=""
    )


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
        row.cycle,
        tuple(
            PastStage(
                datetime.fromisoformat(one["entered_at"]),
                datetime.fromisoformat(one["closed_at"]),
                one["how"],
                tuple(check_view(record) for record in one["checks"]),
            )
            for one in row.past
        ),
    )


def _promised(book: Playbook, key: str) -> list[dict[str, Any]]:
    """The criteria of a stage that is not entered yet, for the plan."""
    return [
        {"id": check.id, "title": check.title, "state": "open", "sentence": "", "readings": {}}
        for check in book.stage(key).exit
    ]


def milestone_view(book: Playbook, people: People, run: Run, row: Any, now: datetime) -> MilestoneView:
    """A milestone\'s row."""
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
        row.unit,
        row.edition,
    )


def _is_internal(book: Playbook, log: str) -> bool:
    return any(item.id == log and item.internal for item in book.logs)


def _waiting(tasks: tuple[TaskLine, ...], current: set[str]) -> Waiting:
    """The open task that is due first holds things up."""
    held = next_first(task for task in tasks if task.state == "open" and task.required and task.deferred_at is None)
    first = next((task for task in held if task.stage in current), held[0] if held else None)
    if first is None:
        return Waiting("nobody", None, None)
    return Waiting("theirs" if first.turn == "theirs" else "ours", first, first.opened_at)
