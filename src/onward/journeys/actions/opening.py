"""Open a journey, from a deal, by hand or by the API; choose the playbook of a deal that waits for one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from onward.accounts import queries as accounts
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import stream_of
from onward.foundation.postgres import new_id, one_statement, pipelined
from onward.identity.decisions import Thing, require
from onward.journeys import facts
from onward.journeys.actions.changing import by_account, changing
from onward.journeys.actions.filling import found_holders
from onward.journeys.actions.saving import all_rows, insert_all
from onward.journeys.decisions.approving import asking_task, opened_fact
from onward.journeys.decisions.opening import fresh, opened
from onward.journeys.models import WaitingDeal
from onward.journeys.queries.people import who_is
from onward.journeys.queries.waiting import unsigned_of_deal
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import conflict, invalid, not_found
from onward.playbooks import queries as playbooks


@action(by_account)
def open_journey(
    *,
    actor: Actor,
    account_id: UUID,
    version_id: UUID,
    deal_id: UUID | None = None,
    signed_at: datetime | None = None,
    title: str = "",
    judged_on: datetime | None = None,
    silent_before: datetime | None = None,
    people: Mapping[str, str] | None = None,
    shown: Mapping[str, str] | None = None,
    carried: Mapping[str, str] | None = None,
    previous_id: UUID | None = None,
) -> UUID:
    """Open a journey on a playbook version and return its id.

    The signature drives the deadlines: of the deal, unless given. Refuses a second open journey of the same deal on
    the same playbook. Without a `title` it is called by what was sold, else by its playbook. `silent_before`: nobody is
    alerted of what was due before it. `judged_on` dates the pace. A playbook that wants somebody's yes first keeps it
    waiting for that. `people` are chosen for roles that go by load; `shown` is whom somebody was told of (filling.py).
    `previous_id` and `carried`: the journey that this one follows on, and the people that it takes over (cycles.py).
    """
    require(actor, "open", Thing("journey", account_id))
    account = accounts.account_metrics(account_id)
    if account is None:
        raise not_found("account", format_id("acc", account_id))
    deal = accounts.deal(SYSTEM, deal_id) if deal_id else None
    if deal is not None and deal.account_id != account_id:
        raise invalid("This deal belongs to another account.", mend="Choose a deal of this account.")
    book = playbooks.version(version_id)
    if signed_at is not None and signed_at.tzinfo is None:
        raise invalid("The signature needs a time zone.", mend="Write it like 2026-03-13T00:00:00Z.")
    signed = signed_at or (deal.signed_at if deal else None)
    now = act().now
    roles = found_holders(book, account_id, deal, now, people=people, shown=shown, carried=carried)
    owner = (roles.get(book.accountable) or {}).get("person", "")
    journey = fresh(
        book,
        new_id(),
        account_id,
        version_id,
        now=now,
        signed_at=signed,
        roles=roles,
        title=title.strip() or (deal.product if deal else ""),
        deal_id=deal_id,
        owner_id=_owner_id(owner) or account.owner_id or (deal.owner_id if deal else None),
        judged_on=judged_on,
        silent_before=silent_before,
        is_demo=account.is_demo,
    )
    journey.previous_id = previous_id
    run = opened(book, journey, new_id)
    for task in run.tasks:
        if task.role == "manager":
            task.person = who_is(book, roles, "manager")
    approver = who_is(book, roles, book.approve.by) if book.approve else ""
    if book.approve:
        run.tasks.append(asking_task(book, journey, approver, now, new_id))
    try:
        with transaction.atomic():
            pipelined(insert_all(all_rows(run)))
    except IntegrityError as error:
        raise conflict(
            f"This deal already has a journey on {book.title}.", mend="Open that one, or choose another playbook."
        ) from error
    if deal_id is not None:
        WaitingDeal.objects.filter(deal_id=deal_id).delete()
    fact = (
        facts.JourneyAsked(journey.id, account_id, deal_id, book.id, version_id, book.approve.by, approver)
        if book.approve
        else opened_fact(journey)
    )
    record(fact, stream=stream_of(account_id), journey=journey.id)
    return journey.id


@action(by_account)
def sign_journeys(*, actor: Actor, account_id: UUID, deal_id: UUID) -> list[UUID]:
    """Give the journeys of a deal that began before it was signed their signature; those that it concerned."""
    deal = accounts.deal(SYSTEM, deal_id)
    if deal.signed_at is None:
        return []
    found = unsigned_of_deal(account_id, deal_id)
    for journey_id in found:
        with changing(actor, journey_id, "sign") as run:
            run.journey.signed_at = deal.signed_at
            record(facts.JourneySigned(deal.signed_at), journey=journey_id)
    return found


_WAIT = """
insert into journeys_waitingdeal (deal_id, account_id, why, since, judged_on, silent_before)
values (%s, %s, %s, %s, %s, %s) on conflict (deal_id) do nothing returning deal_id
"""


@action(by_account)
def wait_for_playbook(
    *,
    actor: Actor,
    account_id: UUID,
    deal_id: UUID,
    why: str,
    judged_on: datetime | None = None,
    silent_before: datetime | None = None,
) -> None:
    """No playbook fits a won deal, or several do: it waits where people see it."""
    made = one_statement(_WAIT, (deal_id, account_id, why, act().now, judged_on, silent_before))
    if made:
        record(facts.JourneyWaits(deal_id, account_id, why), stream=stream_of(account_id))


def _of_waiting(kwargs: Mapping[str, Any]) -> str:
    account_id = accounts.account_of_deal(kwargs["deal_id"])
    if account_id is None:
        raise invalid("This deal has no account.", mend="Give the deal an account first.")
    return stream_of(account_id)


@action(_of_waiting)
def choose_playbook(*, actor: Actor, deal_id: UUID, version_id: UUID) -> UUID:
    """Open the journey of a deal that waits for its playbook; the journey's id."""
    rows = one_statement(
        "select account_id, judged_on, silent_before from journeys_waitingdeal where deal_id = %s", (deal_id,)
    )
    if not rows:
        raise conflict("This deal no longer waits for a playbook.", mend="Its journey is in the list.")
    return open_journey(actor=actor, deal_id=deal_id, version_id=version_id, **rows[0])


def _owner_id(person: str) -> UUID | None:
    return parse_id("usr", person.removeprefix("user:")) if person.startswith("user:") else None
