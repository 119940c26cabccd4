"""What follows the end of a journey: who owns it then, who is free, and what its next cycle would take over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from onward.accounts import queries as accounts
from onward.foundation import clock
from onward.foundation.postgres import one_statement
from onward.identity import queries as identity
from onward.identity.decisions import Thing, require
from onward.journeys.decisions.handing import next_role
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.state import Run
from onward.journeys.queries.lines import People, book_of, visible_run
from onward.journeys.queries.person import Person
from onward.journeys.queries.views import role_title
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook


@dataclass(frozen=True, slots=True)
class Cycle:
    """Another journey of the same account, before this one or after it."""

    ref: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody whom completion sets free, since `until` where it has; `tasks` of theirs here are not over."""

    title: str
    person: Person
    until: datetime | None
    tasks: int


@dataclass(frozen=True, slots=True)
class Ending:
    """`next_role` is the role that names who owns it next, `next` its person. `before` had it until `handed_at`.
    `state`: what the account becomes ("" stays). `may_start`: titles of the playbooks of a next cycle."""

    owner_title: str
    owner: Person | None
    next_role: str
    next: Person | None
    before: Person | None
    handed_at: datetime | None
    leaving: tuple[Leaving, ...]
    state: str
    may_start: tuple[str, ...]
    previous: Cycle | None
    following: tuple[Cycle, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal that a next cycle may take over: an objective that was not reached ("obj_..."), or what the review says
    comes next ("form.field")."""

    key: str
    outcome: str
    source: str
    due_on: date | None = None
    measure: str = ""
    owner_contact_id: UUID | None = None

    @property
    def option(self) -> tuple[str, str, str]:
        """For a list to choose from."""
        return self.key, self.outcome, self.source


@dataclass(frozen=True, slots=True)
class Held:
    """Who held a role to the end; `is_free` of it since, where completion sets them free."""

    role: str
    title: str
    person: Person
    is_free: bool

    @property
    def option(self) -> tuple[str, str, str]:
        """For a list to choose from."""
        return self.role, self.person.name, self.title + (", free since the end" if self.is_free else "")


@dataclass(frozen=True, slots=True)
class Carried:
    """What the next cycle of a journey takes over. `version` is its playbook's, "" where somebody has to choose."""

    ref: str
    title: str
    account_id: UUID
    state: str
    version: str
    people: tuple[Held, ...]
    goals: tuple[Goal, ...]
    following: tuple[Cycle, ...]


def ending(actor: Actor, journey_id: UUID) -> Ending:
    """What completion brings, or has brought; for colleagues."""
    run = _for_us(actor, journey_id)
    book, roles = book_of(run), run.journey.roles
    people = People(book, run)
    role = next_role(book)
    held = roles.get(book.accountable) or {}
    titles = {one.id: one.title for one in playbooks.current_versions().values()}
    return Ending(
        role_title(book, book.accountable),
        people.of_role(book.accountable),
        role,
        people.of_role(role),
        people.get(held.get("before", "")),
        datetime.fromisoformat(held["at"]) if held.get("before") else None,
        tuple(_leaving(book, run, people)),
        book.on_complete.account,
        tuple(titles[one] for one in _next_playbooks(book) if one in titles),
        *cycles(actor, journey_id),
    )


def cycles(actor: Actor, journey_id: UUID) -> tuple[Cycle | None, tuple[Cycle, ...]]:
    """The journey that this one follows on, and those that follow on it, the oldest first; for colleagues."""
    require(actor, "see", "journey")
    rows = one_statement(
        "select j.id, j.title, j.state, j.previous_id is not distinct from %(id)s as is_after from journeys_journey j"
        " where j.previous_id = %(id)s or j.id = (select previous_id from journeys_journey where id = %(id)s)"
        " order by j.started_at, j.id",
        {"id": journey_id},
    )
    found = [(row["is_after"], Cycle(format_id("jny", row["id"]), row["title"], row["state"])) for row in rows]
    return next((one for after, one in found if not after), None), tuple(one for after, one in found if after)


def carried(actor: Actor, journey_id: UUID) -> Carried:
    """What the next cycle of a journey would take over; for colleagues."""
    run = _for_us(actor, journey_id)
    book = book_of(run)
    current = {one.id: version for version, one in playbooks.current_versions().items()}
    version = next((current[one] for one in _next_playbooks(book) if one in current), None)
    return Carried(
        format_id("jny", journey_id),
        run.journey.title,
        run.journey.account_id,
        run.journey.state,
        format_id("pbv", version) if version else "",
        tuple(_people(book, run)),
        tuple(_goals(book, run)),
        cycles(actor, journey_id)[1],
    )


def _for_us(actor: Actor, journey_id: UUID) -> Run:
    run = visible_run(actor, journey_id)
    require(actor, "see", Thing("journey", run.journey.account_id))
    return run


def _next_playbooks(book: Playbook) -> tuple[str, ...]:
    """What its playbook says may start, else the same once more: unless all that ever happened counts for it, which
    would make it complete at once."""
    return (*book.on_complete.may_start, *([book.id] if book.counts_from == "day_zero" else []))


def _leaving(book: Playbook, run: Run, people: People) -> Iterable[Leaving]:
    for role in book.on_complete.free:
        if person := people.of_role(role):
            left = [task for task in run.tasks if not task.is_over and run.doer_of(task) == person.ref]
            until = run.journey.roles[role].get("until")
            at = datetime.fromisoformat(until) if until else None
            yield Leaving(role_title(book, role), person, at, sum(task.role == role for task in left))


def _people(book: Playbook, run: Run) -> Iterable[Held]:
    """Who holds a role and still can: colleagues who work here, contacts who may come in."""
    ours = {f"user:{row.ref}" for row in identity.users(SYSTEM, include_revoked=False)}
    contacts = accounts.contacts(SYSTEM, account_id=run.journey.account_id)
    theirs = {f"contact:{row.ref}" for row in contacts if not row.revoked_at}
    names = People(book, run)
    for role in book.roles:
        person = names.of_role(role.id)
        if person and person.ref in (theirs if role_side(book, role.id) == "theirs" else ours):
            yield Held(role.id, role.title, person, bool(run.journey.roles[role.id].get("until")))


def _goals(book: Playbook, run: Run) -> Iterable[Goal]:
    today = timezone.localdate(clock.now())
    for row in run.objectives:
        if not row.met_at:
            due = row.due_on if row.due_on and row.due_on > today else None
            yield Goal(format_id("obj", row.id), row.outcome, "not reached yet", due, row.measure, row.owner_contact_id)
    seen = {row.outcome for row in run.objectives}
    for form in book.forms:
        values = run.journey.answers.get(form.id, {}).get("values", {})
        for item in form.fields:
            words = str(values.get(item.id) or "").strip()[:500]
            if item.type in {"text", "long_text"} and item.id.startswith("next") and words and words not in seen:
                seen.add(words)
                yield Goal(f"{form.id}.{item.id}", words, f"{form.title}: {item.title}")
