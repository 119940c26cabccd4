"""A contact comes to the portal."""

from __future__ import annotations

from datetime import datetime, timedelta

from onward.engagement.models import Visit
from onward.foundation.actions import act, action
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import forbidden

PAUSE = timedelta(minutes=30)


@action(stream=lambda _: ())
def note_visit(*, actor: Actor) -> datetime | None:
    """Remember that the contact is here; when their visit before this one ended (None: this is the first).

    A visit is over when nothing was opened for half an hour.
    """
    if not actor.is_contact or actor.account_id is None:
        raise forbidden("Only a contact visits the portal.", mend="Preview it from the journey's page.")
    now = act().now
    contact_id = parse_id("con", actor.id)
    row = Visit.objects.filter(contact_id=contact_id).first()
    if row is None:
        Visit.objects.get_or_create(contact_id=contact_id, defaults={"account_id": actor.account_id, "at": now})
        return None
    if now - row.at > PAUSE:
        row.before = row.at
    elif now - row.at < timedelta(minutes=1):
        return row.before
    row.at = now
    row.save(update_fields=["at", "before"])
    return row.before
