"""Everything that a journey is judged by, gathered once: account, deal, contacts, usage, calendars."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from onward.accounts import queries as accounts
from onward.automation.decisions.world import counted_from, outside_of, read_by
from onward.automation.queries.sale import sale
from onward.automation.queries.use import StoredUsage
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import Run
from onward.journeys.queries.calendars import both_calendars
from onward.kernel.actor import SYSTEM
from onward.playbooks.decisions.definition import Playbook


def outside(book: Playbook, run: Run, now: datetime) -> Outside:
    """The snapshot for one journey. What is not known is left out."""
    journey = run.journey
    sold = sale(journey.account_id, journey.deal_id, journey.started_at)
    people = any(name.startswith("contacts.") for name in read_by(book))
    events = {event.id: event for event in book.events}
    ours, theirs, away = both_calendars(sold.account)
    return outside_of(
        book,
        now,
        readings={**sold.readings, **(_contacts(journey.account_id) if people else {})},
        moments=sold.moments,
        usage=StoredUsage(journey.account_id, events, counted_from(book, journey), now, sold.account.seats),
        ours=ours,
        theirs=theirs,
        away=away,
    )


def _contacts(account_id: UUID) -> dict[str, float]:
    rows = accounts.contacts_by_role(account_id)
    people = {row.id for group in rows.values() for row in group}
    counts: Counter[str] = Counter({role: len(group) for role, group in rows.items()})
    total = len(people | {row.id for row in accounts.contacts(SYSTEM, account_id=account_id)})
    return {"contacts.total": float(total), **{f"contacts.{role}": float(number) for role, number in counts.items()}}
