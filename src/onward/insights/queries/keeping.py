"""Each signed journey against its playbook's own target, or that of the organization when it opened."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from onward.accounts.decisions import aim_of
from onward.accounts.queries import accounts_by_ids, in_force, readings_of, target_tables
from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.insights.decisions.keeping import Kept, state_of
from onward.journeys.decisions.aiming import aim_on
from onward.journeys.queries import versions_of
from onward.kernel.actor import Actor
from onward.playbooks.queries import version

_SIGNED = """
select c.journey_id, c.account_id, c.signed_at, c.opened_at, c.completed_at, c.cancelled_at
from insights_course c left join insights_portfolio p using (journey_id)
where c.signed_at <= %(as_of)s and (%(playbook)s = '' or c.playbook = %(playbook)s)
  and (%(segment)s = '' or p.segment = %(segment)s)
"""


def keeping(actor: Actor, *, as_of: datetime, segment: str = "", playbook: str = "") -> list[Kept]:
    """Every journey that was signed by then, with how it stands to its target; days are the organization's."""
    require(actor, "see", "insight")
    rows = one_statement(_SIGNED, {"as_of": as_of, "segment": segment, "playbook": playbook})
    accounts, tables = accounts_by_ids(actor, {row["account_id"] for row in rows}), target_tables()
    books = {journey: version(one) for journey, one in versions_of(row["journey_id"] for row in rows).items()}
    found = []
    for row in rows:
        account = accounts.get(row["account_id"])
        if account is None:
            continue
        targets = in_force(tables, row["opened_at"])
        by_table = aim_of(targets, account.segment, account.complexity, account.complexity_factor)
        most = aim_on(books.get(row["journey_id"]), by_table, readings_of(account)).whole.most
        signed, completed, cancelled = (_day(row[f"{one}_at"], as_of) for one in ("signed", "completed", "cancelled"))
        assert signed is not None
        state = state_of(signed, completed, cancelled, most, timezone.localdate(as_of))
        found.append(Kept(row["journey_id"], account.segment, most, state))
    return found


def _day(moment: datetime | None, as_of: datetime) -> date | None:
    return timezone.localdate(moment) if moment and moment <= as_of else None
