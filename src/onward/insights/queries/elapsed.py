"""From any beginning to any end: signature or event, milestone or event, per account, journey or person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from onward.accounts.queries import accounts_by_ids
from onward.identity.decisions import require
from onward.insights.decisions import Observation, Survival, observe, survival
from onward.insights.decisions.survival import by_group
from onward.insights.queries.history import (
    FIRST_VALUE,
    NOT_FILLED_IN,
    Followed,
    Ttfv,
    courses,
    grouping,
    per_account,
    ttfv,
)
from onward.journeys.queries.portfolio import milestone_titles
from onward.kernel.actor import Actor
from onward.kernel.refusals import invalid
from onward.usage.queries import FIRST_EVENT, FirstTime, Step, first_times
from onward.usage.queries import funnel as usage_funnel

SIGNATURE = "signature"
Per = Literal["account", "user", "journey"]


@dataclass(frozen=True, slots=True)
class _Asked:
    to: str
    start: str
    per: str
    by: str
    as_of: datetime
    ci_method: str


def time_to(
    actor: Actor,
    *,
    to: str = FIRST_VALUE,
    start: str = SIGNATURE,
    per: str = "account",
    by: str = "",
    as_of: datetime,
    ci_method: str = "log-log",
) -> Ttfv:
    """How long from `start` ("signature", "first-event" or an event's name) to `to` (a milestone's key, "first_value"
    or an event's name), per "account", "user" or "journey"; one curve a value of the account's field `by`.

    Those not there yet are censored at `as_of`, accounts whose journeys were all cancelled at the last cancellation.
    Refusals "invalid" name what is known.
    """
    require(actor, "see", "insight")
    if per not in ("account", "user", "journey"):
        raise invalid(f"Nothing is counted per “{per[:40]}”.", mend="Per account, user or journey.")
    asked = _Asked(to, start, per, by, as_of, ci_method)
    if _is_milestone(to, per):
        if start == SIGNATURE:
            return ttfv(actor, to=to, per=per, by=by, as_of=as_of, ci_method=ci_method)
        return _event_to_milestone(actor, asked)
    return _to_event(actor, asked)


def funnel(actor: Actor, steps: Sequence[str], *, per: str = "user", as_of: datetime | None = None) -> list[Step]:
    """An ordered funnel over raw events: each step at or after the earliest qualifying one before."""
    require(actor, "see", "insight")
    if per not in ("account", "user"):
        raise invalid(f"Events are not counted per “{per[:40]}”.", mend="Per account or per user.")
    return usage_funnel(steps, "account" if per == "account" else "user", as_of)


def _is_milestone(to: str, per: str) -> bool:
    titles = milestone_titles()
    if to == FIRST_VALUE or to in titles:
        if per == "user":
            raise invalid(f"“{to}” is a milestone, and people have none.", mend="Count it per account.")
        return True
    if usage_funnel([to])[0].count == 0:
        known = ", ".join([FIRST_VALUE, *titles])
        raise invalid(
            f"“{to[:60]}” is neither a milestone nor an event that has been received.",
            mend=f"Milestones are: {known}; events are named as they are sent.",
        )
    if per == "journey":
        raise invalid("Events belong to accounts and people, not to journeys.", mend="Count them per account or user.")
    return False


def _to_event(actor: Actor, asked: _Asked) -> Ttfv:
    unit: Literal["user", "account"] = "user" if asked.per == "user" else "account"
    unsigned = 0
    left: Mapping[UUID, datetime | None] = {}
    begin: str | dict[UUID, datetime] = asked.start
    if asked.start == SIGNATURE:
        rows = courses(FIRST_VALUE, "")
        followed = per_account([row for row in rows if row["signed_at"] is not None])
        unsigned = sum(row["signed_at"] is None for row in rows)
        begin = {one.account_id: one.started_at for one in followed}
        left = {one.account_id: one.left_at for one in followed}
    times = first_times(asked.to, begin=begin, per=unit, as_of=asked.as_of)
    seen = [(one, _observed(one, left, asked.as_of)) for one in times]
    return _curves(actor, asked, [(one.account_id, observation) for one, observation in seen], unsigned)


def _observed(one: FirstTime, left: Mapping[UUID, datetime | None], as_of: datetime) -> Observation:
    return observe(one.begin, one.end, left.get(one.account_id) if one.account_id else None, as_of)


def _event_to_milestone(actor: Actor, asked: _Asked) -> Ttfv:
    if asked.per == "journey":
        raise invalid("A journey begins with its signature.", mend="Count from an event per account.")
    begun = first_times(FIRST_EVENT, begin=asked.start, per="account", as_of=asked.as_of)
    starts = {one.account_id: one.begin for one in begun if one.account_id}
    followed = [
        Followed(one.account_id, None, starts[one.account_id], one.reached_at, one.left_at)
        for one in per_account(courses(asked.to, ""))
        if one.account_id in starts
    ]
    seen = [(one.account_id, observe(one.started_at, one.reached_at, one.left_at, asked.as_of)) for one in followed]
    return _curves(actor, asked, seen, 0)


def _curves(actor: Actor, asked: _Asked, seen: Sequence[tuple[UUID | None, Observation]], unsigned: int) -> Ttfv:
    everyone: Survival = survival((one for _, one in seen), ci_method=asked.ci_method)
    if not asked.by:
        return Ttfv(everyone, None, unsigned)
    value_of = grouping(asked.by, accounts_by_ids(actor, {account for account, _ in seen}))
    named = [(value_of(account) if account else NOT_FILLED_IN, one) for account, one in seen]
    return Ttfv(everyone, by_group(named, ci_method=asked.ci_method), unsigned)
