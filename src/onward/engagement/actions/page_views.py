"""A contact opens a page: kept by day, so that the team sees what is read and where people stop."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import act, action
from onward.foundation.postgres import one_statement
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import forbidden

KINDS = frozenset({"home", "plan", "people", "conversation", "documents", "known", "task"})

_UPSERT = """
insert into engagement_pageview (contact_id, account_id, journey, kind, task, day, first_at, last_at, times)
values (%(contact)s, %(account)s, %(journey)s, %(kind)s, %(task)s, (%(now)s at time zone 'utc')::date,
  %(now)s, %(now)s, 1)
on conflict (journey, contact_id, kind, task, day)
do update set last_at = excluded.last_at, times = engagement_pageview.times + 1
returning id
"""


@action(stream=lambda _: ())
def note_page(*, actor: Actor, journey_id: UUID, kind: str, task_id: UUID | None = None) -> None:
    """Remember that the contact opened this page today. Only contacts leave such a trace; a preview does not."""
    if not actor.is_contact or not actor.id or actor.account_id is None:
        raise forbidden("Only a contact's visit is remembered.")
    if kind not in KINDS:
        raise ValueError(f"no page of the portal is called {kind!r}")
    given = {"contact": parse_id("con", actor.id), "account": actor.account_id, "journey": journey_id, "kind": kind}
    one_statement(_UPSERT, {**given, "task": task_id, "now": act().now})
