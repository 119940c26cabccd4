"""The pages of the success plan, for contacts and for colleagues in a preview."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from onward.accounts import queries as accounts
from onward.interfaces.portal.who import Visitor, page
from onward.interfaces.ui.proposing import Fields
from onward.interfaces.ui.success import shown
from onward.journeys.decisions.success import signers
from onward.journeys.queries import JourneyView
from onward.journeys.queries.success import proposed_to_them
from onward.kernel.refusals import Refusal


def success(
    request: HttpRequest, visitor: Visitor, view: JourneyView, *, refusal: Refusal | None = None
) -> HttpResponse:
    """What was agreed, how far it is, and what waits for an answer."""
    seen = shown(visitor.actor, view, may_sign=not visitor.preview)
    context = {"view": view, "shown": seen, "refusal": refusal}
    status = refusal.status if refusal else 200
    return page(request, visitor, "portal/success.html", context, current="home", journey=view, status=status)


def proposal(
    request: HttpRequest,
    visitor: Visitor,
    view: JourneyView,
    fields: Sequence[Fields],
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The form of a proposal. Of the vendor's people it offers those who have a part in this onboarding."""
    seen = shown(visitor.actor, view, may_sign=True)
    ours = [view.owner, *(role.person for role in view.roles if role.side == "ours")]
    people = [(person.ref, person.name) for person in ours if person is not None]
    people += [(one.ours.ref, one.ours.name) for one in seen.plan.proposable if one.ours is not None]
    context = {
        "view": view,
        "shown": seen,
        "fields": fields,
        "theirs": [
            (f"contact:{row.ref}", row.name)
            for row in accounts.contacts(visitor.actor, account_id=view.account_id)
            if not row.revoked_at
        ],
        "ours": list(dict(people).items()),
        "note": request.POST.get("note", ""),
        "refusal": refusal,
    }
    status = refusal.status if refusal and request.POST else 200
    return page(request, visitor, "portal/proposal.html", context, current="home", journey=view, status=status)


def to_answer(visitor: Visitor, view: JourneyView) -> int | None:
    """The number of the version of the success plan that waits for this reader's word."""
    if view.state == "cancelled":
        return None
    number, version = proposed_to_them(view.id) or (None, None)
    held = (role.person.ref for role in view.roles if role.person)
    owners = (one.owner.ref for one in view.objectives if one.owner)
    return number if visitor.preview or visitor.ref in signers(held, owners, version) else None
