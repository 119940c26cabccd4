"""How somebody wants their own pages to be: single keys, being seen by others."""

from __future__ import annotations

from onward.foundation.actions import action
from onward.identity.models import User
from onward.kernel.actor import Actor
from onward.kernel.addresses import clean_url
from onward.kernel.ids import parse_id
from onward.kernel.refusals import forbidden, invalid

PREFERENCES = {"keys": bool, "presence": bool}


@action(stream=lambda _: ())
def prefer(*, actor: Actor, name: str, value: object) -> None:
    """Set a preference of one's own; nobody else's business, so no fact. Refusal "invalid" for an unknown one."""
    if not actor.is_staff:
        raise forbidden("Only a colleague has preferences here.")
    if name not in PREFERENCES or not isinstance(value, PREFERENCES[name]):
        raise invalid(f"There is no preference “{name[:40]}” like that.", mend=f"One of: {', '.join(PREFERENCES)}.")
    row = User.objects.select_for_update().get(id=parse_id("usr", actor.id))
    row.preferences = {**row.preferences, name: value}
    row.save(update_fields=["preferences"])


@action(stream=lambda _: ())
def offer_times(*, actor: Actor, url: str) -> None:
    """Where customers book a time with this colleague ("" for nowhere): a page of whatever calendar they use."""
    if not actor.is_staff:
        raise forbidden("Only a colleague has a calendar here.")
    address = clean_url(url, field="booking_url", longest=300) if url.strip() else ""
    User.objects.filter(id=parse_id("usr", actor.id)).update(booking_url=address)
