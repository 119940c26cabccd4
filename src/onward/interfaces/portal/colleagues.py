"""The customer's people invite one another, and choose how deep their own portal is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from onward.accounts.actions import change_contact
from onward.accounts.actions.workspaces import withdraw_colleague
from onward.accounts.decisions import STAKEHOLDER_ROLES, role_title
from onward.engagement.actions.colleagues import invite_again, invite_colleague
from onward.foundation.throttle import allow
from onward.interfaces.portal import pages, sight
from onward.interfaces.portal.who import DEPTHS, Visitor, contacts_only, say
from onward.journeys import queries as journeys
from onward.journeys.queries import JourneyView
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, conflict, invalid

INVITES_A_DAY = 30


def role_choices() -> list[tuple[str, str]]:
    """What a colleague can be here for."""
    return [("", "Takes part"), *STAKEHOLDER_ROLES.items()]


@require_POST
@contacts_only
def invite(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Bring a colleague in; they get a mail with the way in."""
    view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
    given = {name: request.POST.get(name, "").strip()[:254] for name in ("name", "mail", "role")}
    try:
        _bounded(visitor)
        invite_colleague(
            actor=visitor.actor,
            account_id=view.account_id,
            journey_id=view.id,
            purpose=role_title(given["role"]) if given["role"] else "",
            **given,
        )
    except Refusal as refusal:
        return _refused(request, visitor, view, refusal, given)
    return _told(journey, f"{given['name'].split()[0]} gets a mail with the way in.")


@require_POST
@contacts_only
def again(request: HttpRequest, visitor: Visitor, journey: str, contact: str) -> HttpResponse:
    """Send the invitation once more, to somebody who has not come yet."""
    view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
    try:
        _bounded(visitor)
        contact_id = parse_id("con", contact)
        name = invite_again(actor=visitor.actor, account_id=view.account_id, contact_id=contact_id, journey_id=view.id)
    except Refusal as refusal:
        return _refused(request, visitor, view, refusal)
    return _told(journey, f"{name} gets the mail with the way in once more.")


@require_POST
@contacts_only
def withdraw(request: HttpRequest, visitor: Visitor, journey: str, contact: str) -> HttpResponse:
    """Take an invitation back that nobody has come by."""
    view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
    try:
        for task in view.tasks:
            if task.state in {"open", "waiting"} and sight.is_mine(task, f"contact:{contact}"):
                raise conflict(f"“{task.title}” is in their hands.", mend="Give it to somebody else first.")
        contact_id = parse_id("con", contact)
        name = withdraw_colleague(actor=visitor.actor, account_id=view.account_id, contact_id=contact_id)
    except Refusal as refusal:
        return _refused(request, visitor, view, refusal)
    return _told(journey, f"The invitation of {name} is taken back; the mail opens nothing any more.")


def _bounded(visitor: Visitor) -> None:
    if not allow("portal:invite", visitor.ref, INVITES_A_DAY, 24 * 3600):
        raise Refusal("throttled", "You have invited many people today.", mend="Go on tomorrow, or call us.")


def _refused(
    request: HttpRequest, visitor: Visitor, view: JourneyView, refusal: Refusal, given: dict[str, str] | None = None
) -> HttpResponse:
    if refusal.code not in {"invalid", "conflict", "throttled", "forbidden"}:
        raise refusal
    return pages.people(request, visitor, view, refusal=refusal, given=given)


def _told(journey: str, words: str) -> HttpResponse:
    """Back to the list, which says it."""
    return say(HttpResponseRedirect(f"/portal/journeys/{journey}/people#colleagues"), words)


@require_POST
@contacts_only
def depth(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The short portal or the whole one, from now on and on every device."""
    wanted = request.POST.get("depth", "")
    if wanted not in DEPTHS:
        raise invalid("Choose the short portal or the whole one.")
    change_contact(actor=visitor.actor, contact_id=parse_id("con", visitor.actor.id), preferences={"depth": wanted})
    return HttpResponseRedirect("/portal/")
