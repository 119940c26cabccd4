"""Accounts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status

from onward.accounts import actions, queries
from onward.interfaces.api.door import actor_of, etag, matched, scoped
from onward.interfaces.api.fields import (
    Address,
    Amount,
    Asked,
    Cursor,
    Fields,
    Limit,
    Name,
    Ref,
    Short,
    Told,
    Whole,
    may_be_left_out,
)
from onward.kernel.ids import format_id, parse_id

router = Router()
Segment = Literal["self_serve", "mid_market", "enterprise", "strategic"]
Complexity = Literal["simple", "standard", "complex", "very_complex"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
State = Literal["prospect", "onboarding", "active", "left"]


class ClosedDays(Asked):
    """A span of days, both ends included; `last` left out: one day."""

    first: date
    last: date | None = None
    why: Short = ""


class AccountFields(Asked):
    """What can be changed. `segment` and `arr` null: judged by the rules and the won deals. `group_id` is the
    account's id in your product (Segment's groupId). `practice_url` is
    where its people try things out; the portal shows it. `working_week` null or empty: Monday to Friday. `holidays` is
    the place whose public holidays they keep, such as DE or DE-BY; "" for none. `closed_days` are further days on which
    they are closed, and replace those before. `fields` are your own, and merged."""

    external_id: Short | None = None
    group_id: Short | None = None
    segment: Segment | None = None
    arr: Amount | None = None
    currency: Short | None = None
    seats: Whole | None = None
    complexity: Complexity | None = None
    industry: Short | None = None
    region: Short | None = None
    country: Short | None = None
    language: Short | None = None
    zone: Short | None = None
    working_week: list[Weekday] | None = None
    holidays: Short | None = None
    closed_days: list[ClosedDays] | None = None
    practice_url: Address | None = None
    owner_id: Ref | None = None
    fields: Fields | None = None


class NewAccount(AccountFields):
    name: Name


class ChangedAccount(AccountFields):
    name: Name = may_be_left_out()


class Account(Told):
    id: str
    name: str
    external_id: str | None
    group_id: str | None
    segment: str
    segment_from: str
    arr: Decimal | None
    currency: str
    seats: int | None
    complexity: str | None
    complexity_factor: Decimal
    industry: str
    region: str
    country: str
    language: str
    zone: str
    working_week: list[str]
    holidays: str
    closed_days: list[ClosedDays]
    practice_url: str
    owner_id: str | None
    state: str
    is_demo: bool
    fields: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class Accounts(Told):
    rows: list[Account]
    next: str


class AccountsAsked(Asked):
    words: Short = ""
    segment: Segment | None = None
    state: State | None = None
    cursor: Cursor = ""
    limit: Limit = 50


@router.get("/accounts", response=Accounts, operation_id="list_accounts", summary="List accounts")
@scoped("account:read")
def list_accounts(request: HttpRequest, asked: Query[AccountsAsked]) -> Accounts:
    """Accounts by name. `words`: beginnings of words in the name."""
    page = queries.accounts(
        actor_of(request),
        words=asked.words,
        segment=asked.segment or "",
        state=asked.state or "",
        after=asked.cursor,
        limit=asked.limit,
    )
    return Accounts(rows=[shown(row) for row in page.rows], next=page.next)


@router.post("/accounts", response={201: Account}, operation_id="open_account", summary="Open an account")
@scoped("account:write")
def open_account(request: HttpRequest, response: HttpResponse, body: NewAccount) -> Status[Account]:
    """Open an account. 409 when its external id or group id is another's."""
    account_id = actions.open_account(actor=actor_of(request), **given(body))
    return Status(201, _told(request, response, format_id("acc", account_id)))


@router.get("/accounts/{account_id}", response=Account, operation_id="get_account", summary="Get an account")
@scoped("account:read")
def get_account(request: HttpRequest, response: HttpResponse, account_id: Path[Ref]) -> Account:
    """One account, with its ETag."""
    return _told(request, response, account_id)


@router.patch(
    "/accounts/{account_id}",
    response=Account,
    operation_id="change_account",
    summary="Change an account",
    openapi_extra={"x-etag": True},
)
@scoped("account:write")
def change_account(
    request: HttpRequest, response: HttpResponse, account_id: Path[Ref], body: ChangedAccount
) -> Account:
    """Change the fields that are sent, and only those."""
    actor, one = actor_of(request), parse_id("acc", account_id)
    version = matched(request, queries.account(actor, one).version)
    actions.change_account(actor=actor, account_id=one, version=version, **given(body))
    return _told(request, response, account_id)


def given(body: Asked) -> dict[str, Any]:
    """What was sent, as the actions take it: ids parsed, a null object empty."""
    sent = body.model_dump(exclude_unset=True)
    if sent.get("owner_id") is not None:
        sent["owner_id"] = parse_id("usr", sent["owner_id"])
    if "fields" in sent:
        sent["fields"] = sent["fields"] or {}
    return sent


def shown(row: queries.AccountRow) -> Account:
    """An account as it is told."""
    values = {name: getattr(row, name) for name in Account.model_fields if name not in {"id", "owner_id"}}
    return Account(id=row.ref, owner_id=format_id("usr", row.owner_id) if row.owner_id else None, **values)


def _told(request: HttpRequest, response: HttpResponse, account_id: str) -> Account:
    row = queries.account(actor_of(request), parse_id("acc", account_id))
    etag(response, row.version)
    return shown(row)
