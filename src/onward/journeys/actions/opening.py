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
from onward.journeys.actions.changing import by_account
from onward.journeys.actions.saving import all_rows, insert_all
from onward.journeys.decisions.opening import holders, opened
from onward.journeys.decisions.state import JourneyRow
from onward.journeys.models import WaitingDeal
from onward.journeys.queries.people import least_loaded
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
) -> UUID:
    """Open a journey on a playbook version and return its id.

    The signature drives the deadlines: of the deal, unless given. Refuses a second open journey of the same deal on
    the same playbook. Without a `title` it is called by what was sold, else by its playbook. `silent_before`: nobody is
    alerted of what was due before it. `judged_on` dates the pace.
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
    roles = holders(
        book,
        now,
        account_owner=_user(account.owner_id),
        deal_owner=_user(deal.owner_id if deal else None),
        by_team=least_loaded,
        contacts_by_role={
            role: [f"contact:{row.ref}" for row in rows] for role, rows in accounts.contacts_by_role(account_id).items()
        },
    )
    owner = (roles.get(book.accountable) or {}).get("person", "")
    journey = JourneyRow(
        id=new_id(),
        account_id=account_id,
        deal_id=deal_id,
        version_id=version_id,
        playbook=book.id,
        title=title.strip() or (deal.product if deal else "") or book.title,
        state="open",
        owner_id=_owner_id(owner) or account.owner_id or (deal.owner_id if deal else None),
        signed_at=signed,
        started_at=now,
        paused_at=None,
        paused_days=0.0,
        ended_at=None,
        end_reason="",
        silent_before=silent_before,
        judged_on=judged_on,
        roles=roles,
        groups={},
        answers={},
        picks={},
        checklist=[],
        pace="on_track",
        pace_reason="",
        active_at=max(signed, now) if signed and signed > now else (judged_on or now),
        next_check_at=now,
        edition=1,
        is_demo=account.is_demo,
    )
    run = opened(book, journey, new_id)
    try:
        with transaction.atomic():
            pipelined(insert_all(all_rows(run)))
    except IntegrityError as error:
        raise conflict(
            f"This deal already has a journey on {book.title}.", mend="Open that one, or choose another playbook."
        ) from error
    if deal_id is not None:
        WaitingDeal.objects.filter(deal_id=deal_id).delete()
    record(
        facts.JourneyOpened(
            journey.id, account_id, deal_id, book.id, version_id, signed, silent=silent_before is not None
        ),
        stream=stream_of(account_id),
        journey=journey.id,
    )
    return journey.id


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
    _, made = WaitingDeal.objects.get_or_create(
        deal_id=deal_id,
        defaults={
            "account_id": account_id,
            "why": why,
            "since": act().now,
            "judged_on": judged_on,
            "silent_before": silent_before,
        },
    )
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


def _user(user_id: UUID | None) -> str | None:
    return f"user:{format_id('usr', user_id)}" if user_id else None


def _owner_id(person: str) -> UUID | None:
    return parse_id("usr", person.removeprefix("user:")) if person.startswith("user:") else None
