"""The customer's people invite one another, and choose how deep their own portal is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from onward.accounts import queries as accounts
from onward.accounts.actions import change_contact
from onward.accounts.actions.workspaces import withdraw_colleague
from onward.accounts.decisions import role_title
from onward.accounts.decisions.workspaces import may_withdraw
from onward.engagement.actions.colleagues import invite_again, invite_colleague
from onward.foundation import mailer
from onward.foundation.throttle import allow
from onward.interfaces.portal import sight
from onward.interfaces.portal.inviting import helper_of
from onward.interfaces.portal.people_page import people_page
from onward.interfaces.portal.who import DEPTHS, Visitor, contacts_only, say
from onward.journeys import queries as journeys
from onward.journeys.queries import JourneyView
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict, invalid

INVITES_A_DAY = 30


@require_POST
@contacts_only
def invite(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Bring a colleague in; they get a mail with the way in."""
    given = {name: request.POST.get(name, "").strip()[:254] for name in ("name", "mail", "role")}
    at: dict[str, str] = {}

    def bring(view: JourneyView) -> str:
        _bounded(visitor)
        purpose = role_title(given["role"]) if given["role"] else ""
        made = invite_colleague(
            actor=visitor.actor, account_id=view.account_id, journey_id=view.id, purpose=purpose, **given
        )
        at["invited"] = format_id("con", made)
        return _mailed(view, visitor, given["name"], given["mail"], "is invited")

    return _done(request, visitor, journey, bring, given, at)


@require_POST
@contacts_only
def again(request: HttpRequest, visitor: Visitor, journey: str, contact: str) -> HttpResponse:
    """Send the invitation once more, to somebody who has not come yet."""

    def send(view: JourneyView) -> str:
        _bounded(visitor)
        contact_id = parse_id("con", contact)
        name = invite_again(actor=visitor.actor, account_id=view.account_id, contact_id=contact_id, journey_id=view.id)
        mail = accounts.contact(visitor.actor, contact_id).mail or ""
        return _mailed(view, visitor, name, mail, "is invited once more")

    return _done(request, visitor, journey, send)


@require_POST
@contacts_only
def withdraw(request: HttpRequest, visitor: Visitor, journey: str, contact: str) -> HttpResponse:
    """Take an invitation back that nobody has come by."""

    def take_back(view: JourneyView) -> str:
        contact_id = parse_id("con", contact)
        invited_by = accounts.contact(visitor.actor, contact_id).invited_by
        for task in view.tasks if may_withdraw(invited_by, visitor.ref, visitor.roles) else ():
            if task.state in {"open", "waiting"} and sight.is_mine(task, f"contact:{contact}"):
                raise conflict(f"“{task.title}” is in their hands.", mend="Give it to somebody else first.")
        name = withdraw_colleague(actor=visitor.actor, account_id=view.account_id, contact_id=contact_id)
        mailed = "; the mail opens nothing any more" if mailer.leaves(is_demo=view.is_demo) else ""
        return f"The invitation of {name} is taken back{mailed}."

    return _done(request, visitor, journey, take_back)


def _done(
    request: HttpRequest,
    visitor: Visitor,
    journey: str,
    change: Callable[[JourneyView], str],
    given: dict[str, str] | None = None,
    at: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Change who is here, and back to the list, which says what came of it, `at` of whom; or the list again with what
    was refused."""
    view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
    try:
        words = change(view)
    except Refusal as refusal:
        if refusal.code not in {"invalid", "conflict", "throttled", "forbidden"}:
            raise
        return people_page(request, visitor, view, refusal=refusal, given=given)
    asked = f"?{urlencode(at)}" if at else ""
    return say(HttpResponseRedirect(f"/portal/journeys/{journey}/people{asked}#colleagues"), words)


def _mailed(view: JourneyView, visitor: Visitor, name: str, mail: str, what: str) -> str:
    """Whether a mail has left, to whom, and what to do where none does."""
    if mailer.leaves(is_demo=view.is_demo):
        return f"{name} {what}: a mail with the way in is on its way to {mail}."
    helper = helper_of(view, visitor.vendor)
    return f"{name} {what}, but no mail leaves from here: ask {helper} for the link with which they come in."


def _bounded(visitor: Visitor) -> None:
    if not allow("portal:invite", visitor.ref, INVITES_A_DAY, 24 * 3600):
        raise Refusal("throttled", "You have invited many people today.", mend="Go on tomorrow, or call us.")


@require_POST
@contacts_only
def depth(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The short portal or the whole one, from now on and on every device."""
    wanted = request.POST.get("depth", "")
    if wanted not in DEPTHS:
        raise invalid("Choose the short portal or the whole one.")
    change_contact(actor=visitor.actor, contact_id=parse_id("con", visitor.actor.id), preferences={"depth": wanted})
    return HttpResponseRedirect("/portal/")
