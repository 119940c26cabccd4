"""Won deals that wait for a playbook, and journeys whose moment has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onward.foundation.ledger import stream_of
from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class WaitingDealRow:
    """A deal that a person has to choose a playbook for."""

    deal_id: UUID
    account_id: UUID
    why: str
    since: datetime


def waiting_deals(actor: Actor, *, account_id: UUID | None = None, limit: int = 200) -> list[WaitingDealRow]:
    """The deals that wait, longest first."""
    require(actor, "see", "journey")
    rows = one_statement(
        "select deal_id, account_id, why, since from journeys_waitingdeal"
        " where %(account)s::uuid is null or account_id = %(account)s order by since limit %(limit)s",
        {"account": account_id, "limit": limit},
    )
    return [WaitingDealRow(**row) for row in rows]


def is_waiting(deal_id: UUID) -> bool:
    """Whether a person has been asked to choose the playbook of this deal."""
    return bool(one_statement("select 1 from journeys_waitingdeal where deal_id = %s", (deal_id,)))


def due_streams(now: datetime, limit: int = 500) -> list[str]:
    """The streams of journeys whose `next_check_at` has come: time alone may have changed something."""
    rows = one_statement(
        "select distinct account_id from (select account_id from journeys_journey where next_check_at <= %s"
        " order by next_check_at limit %s) due",
        (now, limit),
    )
    return [stream_of(row["account_id"]) for row in rows]


def open_streams() -> list[str]:
    """The streams of all accounts with an open journey."""
    rows = one_statement("select distinct account_id from journeys_journey where state = 'open'")
    return [stream_of(row["account_id"]) for row in rows]


def open_of_account(account_id: UUID) -> list[UUID]:
    """The journeys of an account that are open, or wait for a yes to be; oldest first."""
    rows = one_statement(
        "select id from journeys_journey where account_id = %s and state in ('open', 'asked') order by started_at, id",
        (account_id,),
    )
    return [row["id"] for row in rows]


def unsigned_of_deal(account_id: UUID, deal_id: UUID) -> list[UUID]:
    """The journeys of a deal that began before its signature and have none yet; ended ones are left out."""
    rows = one_statement(
        "select id from journeys_journey where account_id = %s and deal_id = %s and signed_at is null"
        " and ended_at is null order by id",
        (account_id, deal_id),
    )
    return [row["id"] for row in rows]


#: A journey that completed this long ago at most still learns from late events when its milestones were met.
CORRECTED_FOR = timedelta(days=30)
_CONCERNED = "account_id = %s and (state = 'open' or state = 'completed' and ended_at > %s)"


def under_way(actor: Actor, account_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """The open and paused journeys of these accounts, as ids and titles; accounts without one are left out."""
    require(actor, "see", "journey")
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for row in one_statement(
        "select account_id, id, title from journeys_journey where account_id = any(%s) and state in ('open', 'paused')"
        " order by started_at desc, id desc",
        (list(account_ids),),
    ):
        found.setdefault(row["account_id"], []).append((row["id"], row["title"]))
    return found


def corrected_of_account(account_id: UUID, now: datetime) -> list[UUID]:
    """The journeys of an account that new usage concerns: the open ones, and those that completed lately."""
    rows = one_statement(
        f"select id from journeys_journey where {_CONCERNED} order by started_at, id", (account_id, now - CORRECTED_FOR)
    )
    return [row["id"] for row in rows]


def watching_versions(account_id: UUID, now: datetime) -> list[UUID]:
    """The playbook versions of the journeys that new usage concerns."""
    rows = one_statement(
        f"select distinct version_id from journeys_journey where {_CONCERNED}", (account_id, now - CORRECTED_FOR)
    )
    return [row["version_id"] for row in rows]


def all_of_account(account_id: UUID) -> list[UUID]:
    """Every journey of an account, newest first."""
    rows = one_statement(
        "select id from journeys_journey where account_id = %s order by started_at desc, id desc", (account_id,)
    )
    return [row["id"] for row in rows]


def all_journey_ids() -> list[UUID]:
    """Every journey there is, for checks of the whole."""
    return [row["id"] for row in one_statement("select id from journeys_journey")]


def deals_begun(account_id: UUID) -> set[UUID]:
    """The deals of an account that have, or had, a journey."""
    rows = one_statement(
        "select distinct deal_id from journeys_journey where account_id = %s and deal_id is not null", (account_id,)
    )
    return {row["deal_id"] for row in rows}


def has_journey(account_id: UUID) -> bool:
    """Whether the account has, or had, any journey."""
    return bool(one_statement("select 1 as one from journeys_journey where account_id = %s limit 1", (account_id,)))


def has_journey_of_deal(deal_id: UUID) -> bool:
    """Whether a deal has opened a journey, or waits for its playbook."""
    return bool(
        one_statement(
            "select 1 as one from journeys_journey where deal_id = %s"
            " union all select 1 from journeys_waitingdeal where deal_id = %s limit 1",
            (deal_id, deal_id),
        )
    )
