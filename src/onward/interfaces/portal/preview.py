"""A colleague looks at the portal with a contact's eyes. Nothing is recorded and nothing can be changed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from onward.accounts import queries as accounts
from onward.foundation.postgres.door import admit, as_owner
from onward.identity import queries as identity
from onward.interfaces.portal import pages, success_pages
from onward.interfaces.portal.known import known_page
from onward.interfaces.portal.people_page import people_page
from onward.interfaces.portal.review import review_file, review_page
from onward.interfaces.portal.who import Visitor, depth_of, product_of
from onward.interfaces.ui import errors
from onward.interfaces.ui.words import reading_in
from onward.journeys import queries as journeys
from onward.journeys.queries import JourneyView
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import not_found

View = Callable[..., HttpResponse]
AS = "onward_preview_as"


def colleagues_only(view: Callable[[HttpRequest, Visitor, JourneyView, str], HttpResponse]) -> View:
    """Give the view a visitor who is nobody in particular at the journey's account."""

    @require_safe
    @functools.wraps(view)
    def run(request: HttpRequest, journey: str, task: str = "") -> HttpResponse:
        with as_owner():
            if not request.user.is_authenticated:
                return _stranger(request)
            staff = identity.staff_actor(request.user)
            account_id = journeys.journey_view(staff, parse_id("jny", journey)).account_id
            account = accounts.account(staff, account_id)
        # What the page shows is read as the contact's own request would read it.
        admit(account_id)
        organization = identity.organization()
        people = tuple(
            row for row in accounts.contacts(_nobody(account_id), account_id=account_id) if not row.revoked_at
        )
        chosen = next((row for row in people if row.ref == _chosen(request)), None)
        contact = Actor("contact", chosen.ref, chosen.name, account_id=account_id) if chosen else _nobody(account_id)
        zone = (chosen.zone if chosen else "") or account.zone or organization.zone
        visitor = Visitor(
            contact,
            account.name,
            organization.name or "Onward",
            zone,
            preview=staff.name,
            roles=tuple(chosen.roles) if chosen else (),
            depth=depth_of(chosen) if chosen else "full",
            vendor_zone=organization.zone,
            choices=tuple((row.ref, row.name) for row in people),
            practice_url=account.practice_url,
            product_url=product_of(organization),
        )
        seen = journeys.journey_view(contact, parse_id("jny", journey))
        with reading_in(zone, organization.zone):
            response = view(request, visitor, seen, task)
        if "as" in request.GET:
            # Kept in the browser alone, so that the links of the page need not carry it.
            path = f"/portal/preview/{journey}"
            response.set_cookie(AS, chosen.ref if chosen else "", path=path, httponly=True, samesite="Lax")
        return response

    return run


def _nobody(account_id: UUID) -> Actor:
    return Actor("contact", "", "", account_id=account_id)


def _chosen(request: HttpRequest) -> str:
    """With whose eyes: what was just picked, else what this browser picked before for this journey."""
    picked = request.GET.get("as")
    return picked if picked is not None else request.COOKIES.get(AS, "")


@colleagues_only
def home(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """The first page."""
    return pages.home(request, visitor, view)


@colleagues_only
def plan(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """The plan."""
    return pages.plan(request, visitor, view)


@colleagues_only
def people(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """The people."""
    return people_page(request, visitor, view)


@colleagues_only
def review(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """The review document."""
    return review_page(request, visitor, view)


@colleagues_only
def review_pdf(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """The same as PDF."""
    return review_file(visitor, view)


@colleagues_only
def known(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """What is known already."""
    return known_page(request, visitor, view)


@colleagues_only
def success(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """The success plan."""
    return success_pages.success(request, visitor, view)


@colleagues_only
def conversation(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """What was said."""
    return pages.conversation(request, visitor, view)


@colleagues_only
def documents(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """Files and links."""
    return pages.documents(request, visitor, view)


@colleagues_only
def show(request: HttpRequest, visitor: Visitor, view: JourneyView, task: str) -> HttpResponse:
    """A task of this journey."""
    seen = journeys.task_view(visitor.actor, parse_id("tsk", task))
    if seen.journey_id != view.id:
        raise not_found("task", task)
    return pages.task(request, visitor, seen, view)


@as_owner()
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address of a preview: a colleague mistyped it."""
    return errors.not_found(request) if request.user.is_authenticated else _stranger(request)


def _stranger(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"/sign-in?next={request.path}")
