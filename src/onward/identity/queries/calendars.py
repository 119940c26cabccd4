"""On which days we work, and when colleagues are away."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from onward.foundation.postgres import tuples
from onward.identity.decisions.calendars import calendar, days_of
from onward.identity.queries.organization import DEFAULT_WEEK
from onward.kernel.clock import WorkingCalendar
from onward.kernel.ids import format_id

_SQL = """
select zone, working_week, holidays, closed_days,
  (select json_agg(json_build_array(id, days_off)) from identity_user where days_off <> '[]')
from (select) one left join identity_organization on true limit 1
"""


def our_days() -> tuple[WorkingCalendar, dict[str, frozenset[date]]]:
    """The organization's calendar, and the days off of each colleague who has any, by reference ("user:usr_...")."""
    ((zone, week, place, closed, away),) = tuples(_SQL, prepare=None)
    off = {f"user:{format_id('usr', UUID(user))}": days_of(spans) for user, spans in away or ()}
    return calendar(zone or "UTC", week or DEFAULT_WEEK, place or "", closed or ()), off
