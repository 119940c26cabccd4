"""The named cast of the tests: Northwind sells to Acme and to Globex; a small playbook that has one of everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.test import Client

from onward.accounts import actions as accounts
from onward.foundation import clock
from onward.identity import actions as identity
from onward.identity.queries import signed_in_user
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.clock import Span
from onward.kernel.ids import format_id, parse_id
from onward.playbooks import models
from onward.playbooks.decisions.definition import Milestone as MilestoneSpec
from onward.playbooks.decisions.definition import Playbook, Stage, Task, address, to_json
from onward.playbooks.decisions.parts import (
    Ask,
    Check,
    EventSpec,
    Expr,
    Field,
    Form,
    Link,
    Measure,
    Role,
    Target,
    Timing,
)

SIGNED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def within(amount: int, unit: str, moment: str = "signed") -> Timing:
    return Timing("within", f"within {amount}{unit} of {moment}", Span(amount, unit), moment)  # type: ignore[arg-type]


def after(amount: int, unit: str, moment: str) -> Timing:
    return Timing("after", f"{amount}{unit} after {moment}", Span(amount, unit), moment)  # type: ignore[arg-type]


def yes(text: str, *names: str) -> Expr:
    return Expr(text, tuple((name, "yes_no") for name in names))


def number(text: str, *names: str) -> Expr:
    return Expr(text, tuple((name, "number") for name in names))


SMALL = Playbook(
    id="small",
    title="Small playbook",
    accountable="csm",
    choose_when=Expr('account.segment in ["self_serve", "mid_market"]', (("account.segment", "text"),)),
    choose_rank=1,
    roles=(
        Role("csm", "CSM", "ours", "account_owner"),
        Role("champion", "Champion", "theirs", "asked", "csm"),
    ),
    events=(EventSpec("report_run", "Report run", ("Report Run",), source="server"),),
    forms=(
        Form(
            "kickoff",
            "Kickoff notes",
            (
                Field("go_live", "Go-live date", "date", required=True),
                Field("migrate", "Old data to bring along?", "yes_no", required=True),
                Field("margin", "Margin", "number", internal=True),
                Field("people", "People to train", "number", min=0, max=500),
            ),
        ),
    ),
    measures=(
        Measure(
            "reports",
            "Report run by {n} people",
            number("event.report_run.users >= n", "event.report_run.users", "n"),
            (Ask("n", 1),),
        ),
    ),
    stages=(
        Stage(
            "kickoff",
            "Kickoff",
            "csm",
            due=within(7, "d"),
            tasks=(
                Task(
                    "call",
                    "Kickoff call",
                    "meeting",
                    "kickoff",
                    "csm",
                    shared=True,
                    due=within(7, "d"),
                    must=("csm", "champion"),
                    form="kickoff",
                    picks="first_value",
                ),
                Task(
                    "sign_plan",
                    "Sign the plan",
                    "sign_off",
                    "kickoff",
                    "champion",
                    shared=True,
                    after=(Link("call"),),
                    due=after(3, "wd", "task.call.held"),
                    of="plan",
                ),
            ),
            exit=(
                Check(
                    "goal", "A shared, written success goal", when=number("objectives.agreed >= 1", "objectives.agreed")
                ),
                Check("signed", "Plan signed", when=yes("task.sign_plan.done", "task.sign_plan.done")),
            ),
        ),
        Stage(
            "setup",
            "Setup",
            "csm",
            after=("kickoff",),
            due=after(2, "w", "entered"),
            stalled_after=Span(7, "d"),
            tasks=(
                Task("connect", "Connect your systems", "to_do", "setup", "champion", shared=True),
                Task(
                    "migrate",
                    "Bring your data",
                    "to_do",
                    "setup",
                    "csm",
                    exists_when=yes("answer.kickoff.migrate", "answer.kickoff.migrate"),
                ),
                Task("polish", "Polish the settings", "to_do", "setup", "csm", deferrable=True),
            ),
        ),
        Stage(
            "value",
            "First value",
            "csm",
            after=("setup",),
            exit=(
                Check(
                    "value",
                    "The agreed success was reached once",
                    when=yes("milestone.first_value.met", "milestone.first_value.met"),
                ),
            ),
        ),
    ),
    milestones=(
        MilestoneSpec(
            "kickoff_done",
            "Kickoff complete",
            "csm",
            when=yes("stage.kickoff.closed", "stage.kickoff.closed"),
            due=within(7, "d"),
        ),
        MilestoneSpec(
            "first_value",
            "First value",
            "csm",
            pick=("reports",),
            by_hand="csm",
            first_value=True,
            due=within(30, "d"),
            source="server",
        ),
    ),
    completion=(
        Check(
            "objectives",
            "Objectives agreed",
            actual=number("objectives.agreed", "objectives.agreed"),
            target=Target("at_least", 1, "1"),
            category="Value",
        ),
    ),
)


@dataclass(frozen=True)
class Cast:
    """Mara (manager) and Tomas (member) of Northwind; Dana is Acme's champion, Eve works at Globex."""

    admin: Actor
    mara: Actor
    tomas: Actor
    viewer: Actor
    acme: UUID
    globex: UUID
    dana: Actor
    eve: Actor
    dana_id: UUID
    version: UUID


def staff(name: str, role: str, **given: Any) -> Actor:
    """A user of the organization, as the actor they are."""
    mail = f"{name.lower()}@northwind.example"
    user_id = identity.add_user(actor=SYSTEM, name=name, role=role, mail=mail, **given)
    return Actor("staff", format_id("usr", user_id), name, role=role)


def contact(account_id: UUID, name: str, *roles: str, **given: Any) -> tuple[UUID, Actor]:
    """A person at an account, as id and as the actor they are."""
    contact_id = accounts.add_contact(
        actor=SYSTEM, account_id=account_id, name=name, mail=f"{name.lower()}@customer.example", roles=roles, **given
    )
    return contact_id, Actor("contact", format_id("con", contact_id), name, account_id=account_id)


def publish(book: Playbook = SMALL) -> UUID:
    """A version made from a definition, without its file."""
    row = models.Version.objects.create(
        playbook=book.id,
        number=models.Version.objects.filter(playbook=book.id).count() + 1,
        title=book.title,
        address=address(book),
        resolved=to_json(book).decode(),
        choose_rank=book.choose_rank,
        text="",
        published_by=SYSTEM.ref,
        published_at=clock.now(),
    )
    models.Playbook.objects.update_or_create(key=book.id, defaults={"current": row})
    return row.id


def all_of(world: Cast) -> list[str]:
    """Mara and Dana, who have to be at the kickoff call, as attendees."""
    return [f"user:{world.mara.id}", f"contact:{world.dana.id}"]


def cast() -> Cast:
    """Everybody, with the small playbook published."""
    admin = staff("Ada", "admin")
    mara = staff("Mara", "manager")
    tomas = staff("Tomas", "member")
    viewer = staff("Vic", "viewer")
    owner = parse_id("usr", mara.id)
    acme = accounts.open_account(actor=admin, name="Acme Freight", owner_id=owner, group_id="acme", seats=10)
    globex = accounts.open_account(actor=admin, name="Globex", owner_id=owner, group_id="globex")
    dana_id, dana = contact(acme, "Dana", "champion")
    _, eve = contact(globex, "Eve", "champion")
    return Cast(admin, mara, tomas, viewer, acme, globex, dana, eve, dana_id, publish())


def signed_in(actor: Actor) -> Client:
    """A browser in which this colleague is signed in."""
    client = Client()
    user = signed_in_user(parse_id("usr", actor.id))
    assert user is not None
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
