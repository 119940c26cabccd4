"""What a journey's rows become on the way to a page: names resolved, a task as a line, a check as a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.identity import queries as identity
from onward.identity.decisions import Thing, require
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.putting_off import choices
from onward.journeys.decisions.saying import also_needed, turn
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.decisions.tasks import chosen_time
from onward.journeys.decisions.wording import with_answers
from onward.journeys.queries.loading import load_run, load_runs
from onward.journeys.queries.person import Person
from onward.journeys.queries.views import CheckView, JourneyLine, RoleView, TaskLine, role_title
from onward.journeys.queries.waiting import all_of_account
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, not_found
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook, Task


def visible_run(actor: Actor, journey_id: UUID) -> Run:
    """The journey's rows, when the actor may see it; else "not_found"."""
    run = load_run(journey_id)
    ref = format_id("jny", journey_id)
    if run is None:
        raise not_found("journey", ref)
    require(actor, "see", Thing("journey", run.journey.account_id, is_shared=True, ref=ref))
    if actor.is_contact and not is_told(run):
        raise not_found("journey", ref)
    return run


def is_told(run: Run) -> bool:
    """Whether the customer knows of a journey: not before somebody said that it may begin, nor when they said no."""
    begun = any(row.entered_at for row in run.stages)
    return run.journey.state != "asked" and (begun or run.journey.state != "cancelled")


def journeys_of(actor: Actor, account_id: UUID) -> list[JourneyLine]:
    """The journeys of an account, newest first."""
    require(actor, "see", Thing("account", account_id, is_shared=True, ref=format_id("acc", account_id)))
    newest = all_of_account(account_id)
    runs = load_runs(newest)
    seen = [runs[one] for one in newest if one in runs and (not actor.is_contact or is_told(runs[one]))]
    return [_line(run, contact=actor.is_contact) for run in seen]


def _line(run: Run, *, contact: bool) -> JourneyLine:
    journey = run.journey
    tasks = [task for task in run.tasks if task.counts and (task.shared or not contact)]
    first = next((row for row in run.milestones if row.first_value), None)
    return JourneyLine(
        journey.id,
        format_id("jny", journey.id),
        journey.title,
        journey.playbook,
        journey.state,
        journey.pace,
        "" if contact else journey.pace_reason,
        tuple(row.title for row in run.current),
        journey.signed_at,
        journey.started_at,
        journey.ended_at,
        sum(task.state == "done" for task in tasks),
        len(tasks),
        first.due_at if first else None,
        first.met_at if first else None,
        journey.previous_id,
    )


class People:
    """Names of everyone whom a journey's rows mention, read at once."""

    def __init__(self, book: Playbook, run: Run) -> None:
        self.book, self.run = book, run
        refs = {(holder or {}).get(key, "") for holder in run.journey.roles.values() for key in ("person", "before")}
        refs |= {f"user:{format_id('usr', run.journey.owner_id)}" if run.journey.owner_id else ""}
        for task in run.tasks:
            refs |= {task.person, task.done_by, task.asked_by, *task.attended}
            refs |= {ref for ref in task.reported if ":" in ref}
        refs |= {row.met_by for row in run.milestones} | {row.held_by for row in run.check_ins}
        for objective in run.objectives:
            refs |= {objective.agreed_by, objective.met_by}
            if objective.owner_contact_id:
                refs.add(f"contact:{format_id('con', objective.owner_contact_id)}")
        refs |= {row.given_by for row in run.evidence}
        for entry in run.logs:
            refs |= {entry.written_by, entry.confirmed_by}
        self.names = names_of(refs)

    @cached_property
    def may_wait(self) -> frozenset[UUID]:
        """The tasks that may be put off until after first value."""
        return frozenset(one.task.id for one in choices(self.book, self.run) if not one.why_not)

    def get(self, ref: str) -> Person | None:
        """A person by reference; None for ""."""
        if not ref:
            return None
        kind = ref.partition(":")[0]
        side = "theirs" if kind == "contact" else "ours"
        return Person(ref, self.names.get(ref, "Onward" if kind in {"automation", "system"} else "Somebody"), side)

    def of_role(self, role: str) -> Person | None:
        return self.get((self.run.journey.roles.get(role) or {}).get("person", ""))


def late_of(lines: Iterable[TaskLine], colleague: str) -> list[TaskLine]:
    """The late steps that a colleague ("user:usr_...") has."""
    rows = (line for line in lines if line.side == "ours" and line.state == "open" and line.is_late and not line.each)
    return [line for line in rows if line.due_on and line.person and line.person.ref == colleague]


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


def task_line(book: Playbook, people: People, run: Run, row: TaskRow, now: datetime) -> TaskLine:
    """One task for a list. Nobody hurries a journey that is paused, what was put off, or what cannot begin yet: that
    is not late by itself, what it waits for is."""
    spec = book.task(row.key) if row.is_written else None
    runs = run.journey.state != "paused" and row.state not in {"skipped", "withdrawn", "waiting"}
    runs = runs and (row.deferred_at is None or row.state == "done")
    late = bool(runs and row.due_at and row.due_at < (row.done_at or now))
    days = ((row.done_at or now) - row.due_at).days if late and row.due_at else 0
    turns = (one for one in run.tasks if row.cycle > 1 and one.key == row.key and one.cycle == row.cycle - 1)
    before = next((one.done_at for one in turns), None)
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
        row.deferred_at is not None or row.id in people.may_wait,
        row.deferred_at,
        row.note,
        row.edition,
        chosen_time(spec, row.starts_at, before),
        row.held_at,
        turn(book, row.key, row.side, row.reported),
        bool(row.steps or row.reported or (spec and people.run.journey.answers.get(spec.form, {}).get("values"))),
        people.get(row.asked_by),
        row.due_by_hand,
        _confirm(spec, row),
        help_of(book, spec, run) if row.shared and row.side == "ours" else "",
        row.blocked_at,
        row.blocked_why,
        bool(spec and spec.each),
        row.locked,
    )


def help_of(book: Playbook, spec: Task | None, run: Run) -> str:
    """A task's help: the words themselves, or those of the text that they name, with the answers that they name. A name
    that has no text is no help."""
    texts, given = dict(book.texts), spec.help if spec else ""
    found = texts.get(given) or texts.get(f"{given}.md") or (given if " " in given else "")
    row = run.task(spec.id) if spec else None
    return with_answers(found, book, run.journey.answers, shared=bool(row and row.shared))


def _confirm(spec: Task | None, row: TaskRow) -> str:
    if spec is None or not spec.confirm or row.is_over:
        return ""
    return "now" if also_needed(spec, row.reported) == [spec.confirm] else "later"


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
    ended = {role: held.get("until") for role, held in people.run.journey.roles.items()}
    return tuple(
        RoleView(
            role.id,
            role.title,
            role_side(book, role.id),
            people.of_role(role.id),
            role.optional,
            datetime.fromisoformat(until) if (until := ended.get(role.id)) else None,
        )
        for role in book.roles
    )
