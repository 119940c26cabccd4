"""Who is at the door: the contact behind the cookie, and the one way to draw a page for them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from onward.accounts import queries as accounts
from onward.accounts.queries import ContactRow
from onward.accounts.queries.workspaces import portal_rules
from onward.foundation import clock, mailer
from onward.foundation.postgres.door import admit, as_owner
from onward.identity import queries as identity
from onward.identity.actions import see_contact_session
from onward.interfaces.ui.words import reading_in
from onward.journeys.queries import JourneyView
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal

COOKIE = "onward_portal"
COOKIE_PATH = "/portal"
SAID = "onward_said"
FRAME = "onward_frame"
DEPTHS = ("brief", "full")
# Who decides rather than does sees the short portal first; the person may choose otherwise.
DECIDES = frozenset({"sponsor", "executive", "executive_sponsor", "economic_buyer"})
ENDED = Refusal(
    "unauthorized", "This window was open for too long.", mend="Go back to where you came from and open it again."
)
P = ParamSpec("P")


@dataclass(frozen=True)
class Visitor:
    """A contact who is signed in, or (`preview`) a colleague who looks with a contact's eyes and changes nothing."""

    actor: Actor
    account: str
    vendor: str
    zone: str
    preview: str = ""
    roles: tuple[str, ...] = ()
    depth: str = "full"
    vendor_zone: str = "UTC"
    choices: tuple[tuple[str, str], ...] = ()
    practice_url: str = ""
    product_url: str = ""

    @property
    def first_name(self) -> str:
        return self.actor.name.split()[0] if self.actor.name.split() else ""

    @property
    def ref(self) -> str:
        return f"contact:{self.actor.id}"


@dataclass(frozen=True)
class Around:
    """What stands around a page; `items` are (key, name, path, icon)."""

    organization: str
    account: str
    person: str
    current: str
    items: list[tuple[str, str, str, str]]


def visitor_of(token: str) -> Visitor | None:
    """The contact whose open session this is; None for a stranger and for one whose access was taken away.

    From here on the request reads that contact's account and nothing else.
    """
    with as_owner():
        session = identity.contact_session(token)
        actor = accounts.contact_actor(session.contact_id) if session else None
    if session is None or actor is None or actor.account_id is None:
        return None
    admit(actor.account_id)
    if clock.now() - session.seen_at > timedelta(minutes=5):
        see_contact_session(actor=actor, session_id=session.id)
    organization = identity.organization()
    own = accounts.contact(actor, session.contact_id)
    account = accounts.account(actor, actor.account_id)
    zone = own.zone or account.zone or organization.zone
    vendor = organization.name or "Onward"
    return Visitor(
        actor,
        account.name,
        vendor,
        zone,
        roles=tuple(own.roles),
        depth=depth_of(own),
        vendor_zone=organization.zone,
        practice_url=account.practice_url,
        product_url=product_of(organization),
    )


def product_of(organization: identity.OrganizationRow) -> str:
    """Where the vendor's customers sign in to what they bought; "" where nobody has said it."""
    return str(organization.settings.get("product_url", ""))


def depth_of(contact: ContactRow) -> str:
    """What the person chose; else the short portal for those who only decide."""
    chosen = contact.preferences.get("depth")
    if chosen in DEPTHS:
        return str(chosen)
    return "brief" if contact.roles and set(contact.roles) <= DECIDES else "full"


def framed_by(request: HttpRequest, origins: Collection[str]) -> None:
    """Let pages of these origins show the answer in a frame, with cookies that live only there."""
    request.frame_ancestors = tuple(origins)  # type: ignore[attr-defined]


def contacts_only(
    view: Callable[Concatenate[HttpRequest, Visitor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give the view its visitor; send strangers to sign-in; draw a Refusal as a page of the portal."""

    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if FRAME in request.COOKIES:
            with as_owner():
                framed_by(request, portal_rules().ancestors)
        visitor = visitor_of(request.COOKIES.get(COOKIE, ""))
        if visitor is None:
            return _stranger(request)
        with reading_in(visitor.zone, visitor.vendor_zone):
            try:
                return view(request, visitor, *args, **kwargs)
            except Refusal as refusal:
                shown = {"refusal": refusal}
                return page(request, visitor, "portal/refusal.html", shown, current="", status=refusal.status)

    functools.update_wrapper(run, view)
    return run


def page(
    request: HttpRequest,
    visitor: Visitor,
    template: str,
    context: dict[str, Any],
    *,
    current: str,
    journey: JourneyView | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw a page with what stands around it; what the last action said is shown once."""
    said = _said(request)
    base = f"/portal/{'preview' if visitor.preview else 'journeys'}/{journey.ref}" if journey else ""
    items = [("home", "Home", base or "/portal/", "house")]
    if base:
        items += [("plan", "Plan", f"{base}/plan", "route"), ("people", "People", f"{base}/people", "users")]
        items += [("documents", "Documents", f"{base}/documents", "file-text")]
    shown = {
        "portal": Around(visitor.vendor, visitor.account, visitor.actor.name, current, items),
        "visitor": visitor,
        "base": base,
        "tasks": f"{base}/tasks" if visitor.preview else "/portal/tasks",
        "said": said,
        "mails_leave": journey is not None and mailer.leaves(is_demo=journey.is_demo),
        **context,
    }
    response = render(request, template, shown, status=status)
    if said:
        response.delete_cookie(SAID, path=COOKIE_PATH)
    return response


def say(response: HttpResponse, words: str, undo: str = "", *, more: tuple[str, str] = ("", "")) -> HttpResponse:
    """Let the next page say this, once; `undo` is the address that takes it back, `more` the (address, words) of a page
    to go on with."""
    value = signing.dumps([words[:300], undo, *more], salt=SAID)
    response.set_cookie(SAID, value, max_age=60, path=COOKIE_PATH, httponly=True, samesite="Lax")
    return response


def _said(request: HttpRequest) -> dict[str, str] | None:
    try:
        words, undo, *more = signing.loads(request.COOKIES.get(SAID, ""), salt=SAID, max_age=60)
    except (signing.BadSignature, ValueError):
        return None
    path, name = more or ("", "")
    return {"words": words, "undo": undo, "path": path, "name": name}


def _stranger(request: HttpRequest) -> HttpResponse:
    if request.headers.get("X-Fragment"):
        return HttpResponse(status=401)
    if FRAME in request.COOKIES:
        with as_owner():
            shown = {"vendor": identity.organization().name or "Onward", "refusal": ENDED, "way": ""}
        return render(request, "portal/embed.html", shown, status=401)
    back = request.get_full_path() if request.method == "GET" else "/portal/"
    return HttpResponseRedirect("/portal/sign-in" + (f"?{urlencode({'next': back})}" if back != "/portal/" else ""))
