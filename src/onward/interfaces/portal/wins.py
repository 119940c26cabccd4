"""What the customer won, confirmed by them with one tap."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from onward.interfaces.portal.who import Visitor, contacts_only, say
from onward.journeys import actions, queries
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, not_found


@require_POST
@contacts_only
def confirm(request: HttpRequest, visitor: Visitor, journey: str, entry: str) -> HttpResponse:
    """Say that a win is one. Said twice it stays said."""
    view = queries.journey_view(visitor.actor, parse_id("jny", journey))
    row = next((row for row in view.logs if row.id == parse_id("log", entry)), None)
    if row is None:
        raise not_found("win", entry)
    home = HttpResponseRedirect(f"/portal/journeys/{view.ref}#wins")
    try:
        actions.confirm_log(actor=visitor.actor, entry_id=row.id)
    except Refusal as refusal:
        if refusal.code != "conflict":
            raise
        return say(home, "It is confirmed already.")
    return say(home, f"You confirmed: {row.title}.")
