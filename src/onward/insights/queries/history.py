"""How long until value, and where journeys stay: read from history that was folded from facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.accounts.queries import AccountRow, accounts_by_ids
from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.insights.decisions import Observation, StageFigures, Stay, Survival, observe, stage_figures, survival
from onward.insights.decisions.survival import by_group
from onward.journeys.queries.portfolio import milestone_titles
from onward.kernel.actor import Actor
from onward.kernel.refusals import invalid

FIRST_VALUE = "first_value"
UNITS = ("account", "journey")
NOT_FILLED_IN = "not filled in"

# Fields of an account by which groups are made, beside the organization's own.
ACCOUNT_FIELDS = ("segment", "industry", "region", "country", "language", "complexity", "currency", "state")


@dataclass(frozen=True, slots=True)
class Followed:
    """One account or journey from its signature on; `left_at` when it was cancelled without getting there."""

    account_id: UUID
    journey_id: UUID | None
    started_at: datetime
    reached_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ttfv:
    """`everyone` is the curve of all; `groups` has one a value when asked for. `unsigned` journeys have no signature
    and cannot be followed from it."""

    everyone: Survival
    groups: dict[str, Survival] | None
    unsigned: int


def ttfv(
    actor: Actor,
    *,
    to: str = FIRST_VALUE,
    per: str = "account",
    by: str = "",
    as_of: datetime,
    segment: str = "",
    playbook: str = "",
    ci_method: str = "log-log",
) -> Ttfv:
    """From signature to a milestone (`to`: its key, or "first_value" for the one that each playbook calls so).

    An account counts from its first signature to the first time that it got there; it is censored at `as_of`, or, when
    all its journeys were cancelled, at the last cancellation. `per="journey"` follows each journey alone.
    """
    require(actor, "see", "insight")
    if per not in UNITS:
        raise invalid(f"A milestone is not counted per “{per[:40]}”.", mend="Per account or per journey.")
    rows = courses(to, playbook)
    if to != FIRST_VALUE and to not in (known := milestone_titles()):
        raise invalid(f"No journey has a milestone “{to[:60]}”.", mend=f"One of: {', '.join([FIRST_VALUE, *known])}.")
    signed = [row for row in rows if row["signed_at"] is not None and row["signed_at"] <= as_of]
    followed = per_account(signed) if per == "account" else [_followed(row) for row in signed]
    accounts = accounts_by_ids(actor, {one.account_id for one in followed}) if by or segment else {}
    if segment:
        followed = [
            one for one in followed if one.account_id in accounts and accounts[one.account_id].segment == segment
        ]
    everyone = survival((_observed(one, as_of) for one in followed), ci_method=ci_method)
    groups = None
    if by:
        value_of = grouping(by, accounts)
        groups = by_group([(value_of(one.account_id), _observed(one, as_of)) for one in followed], ci_method=ci_method)
    return Ttfv(everyone, groups, sum(row["signed_at"] is None for row in rows))


def stages(actor: Actor, *, as_of: datetime, playbook: str = "", segment: str = "") -> list[StageFigures]:
    """The funnel and time in stage of each stage of each playbook, in playbook and rank order."""
    require(actor, "see", "insight")
    rows = one_statement(
        """select s.playbook, s.stage, s.title, s.rank, s.entered_at, s.closed_at, c.cancelled_at as left_at
           from insights_stagestay s
           join insights_course c using (journey_id)
           left join insights_portfolio p using (journey_id)
           where s.entered_at <= %(as_of)s and (%(playbook)s = '' or s.playbook = %(playbook)s)
             and (%(segment)s = '' or p.segment = %(segment)s)""",
        {"as_of": as_of, "playbook": playbook, "segment": segment},
    )
    return stage_figures((Stay(**row) for row in rows), as_of)


def playbooks_seen(actor: Actor) -> list[str]:
    """The keys of the playbooks that journeys follow or followed."""
    require(actor, "see", "insight")
    return [row["playbook"] for row in one_statement("select distinct playbook from insights_course order by 1")]


def courses(to: str, playbook: str) -> list[dict[str, Any]]:
    """Every journey: its account, signature, cancellation, and when it met the milestone `to`."""
    return one_statement(
        """select c.journey_id, c.account_id, c.signed_at, c.opened_at, c.cancelled_at, c.completed_at, r.reached_at
           from insights_course c
           left join (select journey_id, min(met_at) as reached_at from insights_reached
                      where milestone = %(to)s or (%(any)s and first_value) group by journey_id) r using (journey_id)
           where (%(playbook)s = '' or c.playbook = %(playbook)s)""",
        {"to": to, "any": to == FIRST_VALUE, "playbook": playbook},
    )


def _followed(row: dict[str, Any]) -> Followed:
    return Followed(row["account_id"], row["journey_id"], row["signed_at"], row["reached_at"], row["cancelled_at"])


def per_account(rows: Iterable[dict[str, Any]]) -> list[Followed]:
    """Journeys with a signature, drawn together by account."""
    accounts: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        accounts.setdefault(row["account_id"], []).append(row)
    followed = []
    for account_id, theirs in accounts.items():
        left = [row["cancelled_at"] for row in theirs]
        followed.append(
            Followed(
                account_id,
                None,
                min(row["signed_at"] or row["opened_at"] for row in theirs),
                min((row["reached_at"] for row in theirs if row["reached_at"]), default=None),
                max(moment for moment in left if moment) if all(left) else None,
            )
        )
    return followed


def _observed(one: Followed, as_of: datetime) -> Observation:
    return observe(one.started_at, one.reached_at, one.left_at, as_of)


def grouping(by: str, accounts: dict[UUID, AccountRow]) -> Callable[[UUID], str]:
    """The value of a field for each of these accounts; Refusal "invalid" for a field that none has."""
    own = {name for account in accounts.values() for name in account.fields}
    if by not in ACCOUNT_FIELDS and by not in own and accounts:
        raise invalid(
            f"No account has a field “{by[:60]}”.", mend=f"One of: {', '.join([*ACCOUNT_FIELDS, *sorted(own)])}."
        )

    def value_of(account_id: UUID) -> str:
        account = accounts.get(account_id)
        if account is None:
            return NOT_FILLED_IN
        value = getattr(account, by) if by in ACCOUNT_FIELDS else account.fields.get(by)
        return NOT_FILLED_IN if value in (None, "") else str(value)

    return value_of
