"""Accounts, their people and deals."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.accounts import actions, queries
from onward.accounts.decisions import COMPLEXITIES, SEGMENTS, role_title
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.identity.decisions.calendars import countries
from onward.insights import queries as insights
from onward.interfaces.console.account_page import STATES, around_account
from onward.interfaces.console.calendars import DAYS, calendar_given, given_lines, place_typed, works_words
from onward.interfaces.console.contacts import person_given, role_choices
from onward.interfaces.console.order import wrong
from onward.interfaces.console.shell import say, staff
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, conflict, invalid

TEXTS = ("name", "external_id", "group_id", "industry", "region", "country", "language", "zone", "practice_url")


@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts by name, or those with a journey under way by need; a POST opens one."""
    actor = staff(request)
    if request.method == "POST":
        try:
            _refuse_twin(request, actor)
            account_id = actions.open_account(actor=actor, **_given(request))
        except Refusal as refusal:
            return _form(request, actor, refusal=refusal)
        return HttpResponseRedirect(f"/accounts/{queries.account(actor, account_id).ref}")
    asked = {key: request.GET.get(key, "")[:120] for key in ("q", "segment", "state", "owner", "sort", "after")}
    by_need = asked["sort"] == "need"
    page = queries.accounts(
        actor,
        words=asked["q"],
        segment=asked["segment"],
        state=asked["state"],
        owner_id=parse_id("usr", asked["owner"]) if asked["owner"] else None,
        among=insights.accounts_by_need(actor) if by_need else None,
        after=asked["after"],
    )
    people = identity.users(actor, include_revoked=False)
    shown = {
        "page": page,
        "asked": asked,
        "counts": queries.account_counts(actor),
        "lines": insights.most_urgent_of_accounts(actor, [row.id for row in page.rows]),
        "owners": identity.user_names([row.owner_id for row in page.rows]),
        "people": [("", "anyone"), *((row.ref, row.name) for row in people)],
        "segments": [("", "any segment"), *SEGMENTS.items()],
        "states": [("", "any state"), *((key, words.lower()) for key, words in STATES.items())],
        "state_words": STATES,
        "sorts": [("", "name"), ("need", "what needs help most")],
        "wrong": wrong,
        "can_change": may(actor, "open", "account"),
        "can_import": may(actor, "begin", "import"),
    }
    return render(request, "console/accounts.html", shown)


def _refuse_twin(request: HttpRequest, actor: Actor) -> None:
    """Two companies may have one name, but more often one company is entered twice: asked once."""
    found = [] if "again" in request.POST else queries.accounts_called(actor, request.POST.get("name", ""))
    if found:
        raise conflict(
            f"There is an account called {found[0].name} already.",
            mend="Open it, or save once more to have two of that name.",
            twin=found[0].ref,
            field="name",
        )


@require_GET
def new_account(request: HttpRequest) -> HttpResponse:
    """The form for another account."""
    return _form(request, staff(request))


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, account: str) -> HttpResponse:
    """One account with all that is known of it; a POST changes it."""
    actor = staff(request)
    account_id = parse_id("acc", account)
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            actions.change_account(
                actor=actor,
                account_id=account_id,
                version=int(version) if version.isascii() and version.isdigit() else None,
                **_given(request),
            )
        except Refusal as refusal:
            return _form(request, actor, row=queries.account(actor, account_id), refusal=refusal)
        say(request, "Saved.")
        return HttpResponseRedirect(f"/accounts/{account}")
    return account_page(request, account)


@require_GET
def account_form(request: HttpRequest, account: str) -> HttpResponse:
    """The form to change an account."""
    actor = staff(request)
    return _form(request, actor, row=queries.account(actor, parse_id("acc", account)))


@require_POST
def account_contacts(request: HttpRequest, account: str) -> HttpResponse:
    """Add a person at the account."""
    actor = staff(request)
    try:
        actions.add_contact(actor=actor, account_id=parse_id("acc", account), **person_given(request))
    except Refusal as refusal:
        return account_page(request, account, refusal, _form_of(refusal, "person"))
    say(request, f"{request.POST.get('name', '')} is on the account.")
    return HttpResponseRedirect(f"/accounts/{account}#people")


@require_POST
def account_deals(request: HttpRequest, account: str) -> HttpResponse:
    """Open a deal with the account; with a signature date it is won at once."""
    actor = staff(request)
    given = request.POST
    try:
        signed = _day(given.get("signed", ""))
        actions.open_deal(
            actor=actor,
            account_id=parse_id("acc", account),
            name=given.get("name", ""),
            product=given.get("product", ""),
            amount=given.get("amount", ""),
            signed_at=_moment(signed) if signed else None,
        )
    except Refusal as refusal:
        return account_page(request, account, refusal, _form_of(refusal, "deal"))
    say(request, "The deal is signed: its journey opens." if signed else "The deal is noted.")
    return HttpResponseRedirect(f"/accounts/{account}#deals")


@require_POST
def deal_signature(request: HttpRequest, deal: str) -> HttpResponse:
    """Mark a deal as signed on a day."""
    actor = staff(request)
    row = queries.deal(actor, parse_id("deal", deal))
    signed = _day(request.POST.get("signed", ""))
    if signed is None:
        raise invalid("Say on which day the contract was signed.", mend="All deadlines follow from it.", field="signed")
    actions.win_deal(actor=actor, deal_id=row.id, signed_at=_moment(signed))
    say(request, f"{row.name} is signed.")
    account = queries.account(actor, row.account_id) if row.account_id else None
    return HttpResponseRedirect(f"/accounts/{account.ref}#deals" if account else "/accounts")


def _form_of(refusal: Refusal, form: str) -> str:
    """The form that a refusal is said at; one about rights stands at the head, for its reader has no form."""
    return form if refusal.code in {"invalid", "conflict"} else ""


def account_page(request: HttpRequest, ref: str, refusal: Refusal | None = None, entry: str = "") -> HttpResponse:
    """One account; `refusal` is said at its head, or at what it is about: a form ("person", "deal") or a win."""
    actor = staff(request)
    row = queries.account(actor, parse_id("acc", ref))
    people = queries.contacts(actor, account_id=row.id)
    deals = queries.deals(actor, account_id=row.id)
    shown = {
        "row": row,
        "owner": identity.user_names([row.owner_id]).get(row.owner_id) if row.owner_id else None,
        "people": [(person, [role_title(role) for role in person.roles]) for person in people],
        "deals": deals,
        "won": [deal for deal in deals if deal.state == "won"],
        "products": [(product.name, product.name) for product in queries.products(actor)],
        "roles": role_choices([]),
        "state_words": STATES,
        "sorts": [("", "name"), ("need", "what needs help most")],
        "wrong": wrong,
        "complexities": COMPLEXITIES,
        "works": works_words(row),
        "can_change": may(actor, "change", "account"),
        "may_write": may(actor, "write", "log"),
        "refusal": refusal,
        "refused_at": entry,
        "typed": request.POST if refusal else {},
        "chosen": request.POST.getlist("roles") if refusal else [],
        **around_account(actor, row.id),
    }
    return render(request, "console/account.html", shown, status=refusal.status if refusal else 200)


def _form(
    request: HttpRequest, actor: Actor, *, row: queries.AccountRow | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    owner = identity.users_by_ids([row.owner_id]).get(row.owner_id) if row and row.owner_id else None
    known: dict[str, Any] = {name: getattr(row, name) for name in TEXTS} if row else {}
    if row:
        known |= {
            "seats": row.seats,
            "complexity": row.complexity or "",
            "owner": owner.ref if owner else "",
            "arr": row.arr if row.arr_is_given else "",
            "segment": row.segment if row.segment_from == "given" else "",
            "complexity_factor": row.complexity_factor if row.factor_is_given else "",
        }
    week, place, closed = (row.working_week, row.holidays, row.closed_days) if row else ([], "", [])
    shown = {
        "row": row,
        "values": {**known, **(request.POST.dict() if refusal else {})},
        "people": [(one.ref, one.name) for one in identity.users(actor, include_revoked=False)],
        "segments": list(SEGMENTS.items()),
        "complexities": list(COMPLEXITIES.items()),
        "week": request.POST.getlist("working_week") if refusal else week or identity.DEFAULT_WEEK,
        "place": place_typed(request) if refusal else place,
        "closed": given_lines(request, closed),
        "days": DAYS,
        "countries": countries(),
        "can_change": may(actor, "change", "account"),
        "refusal": refusal,
    }
    return render(request, "console/account_form.html", shown, status=refusal.status if refusal else 200)


def _given(request: HttpRequest) -> dict[str, Any]:
    """The account's fields that the form holds; an emptied one is cleared."""
    post = request.POST
    given: dict[str, Any] = {name: post[name].strip() for name in TEXTS if name in post}
    for name in ("segment", "arr", "complexity", "complexity_factor"):
        if name in post:
            given[name] = post[name].strip() or None
    if "closed_days" in post:
        given |= calendar_given(request)
        if given["working_week"] == list(identity.DEFAULT_WEEK):
            given["working_week"] = []
    if "seats" in post:
        seats = post["seats"].strip()
        if seats and not (seats.isascii() and seats.isdigit()):
            raise invalid("Seats are a whole number.", field="seats")
        given["seats"] = int(seats) if seats else None
    if "owner" in post:
        given["owner_id"] = parse_id("usr", post["owner"]) if post["owner"] else None
    return given if "name" in given else {**given, "name": ""}


def _day(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None or not 1990 <= day.year <= 2200:
        raise invalid(f"{text[:40]} is not a day.", mend="Write it as 2026-03-13.", field="signed")
    return datetime.combine(day, time())


def _moment(day: datetime) -> datetime:
    return day.replace(tzinfo=ZoneInfo(identity.organization().zone))
