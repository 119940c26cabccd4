"""Deals and products. A deal that is won is announced once, by its DealWon fact, after the account was judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.accounts import facts
from onward.accounts.actions.rows import apply, check_names, check_version, clean_amount, moved, product_named
from onward.accounts.actions.segments import judge
from onward.accounts.models import Account, Deal, Product
from onward.accounts.queries import account_of_deal
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import ORG, stream_of
from onward.foundation.postgres import new_id
from onward.identity.decisions import Thing, clean_name, require
from onward.identity.queries import organization, user_names, users_by_ids
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, invalid, not_found

_DATES = {"opened_on", "closed_on", "contract_start", "renewal_on"}
_CHANGEABLE = {
    *_DATES, "name", "external_id", "product", "owner_id", "owner", "stage", "amount", "currency", "fields",
}  # fmt: skip


def _its_stream(kw: Mapping[str, Any]) -> str:
    account_id = account_of_deal(kw["deal_id"]) or kw.get("account_id")
    return stream_of(account_id) if account_id else ORG


@action(stream=lambda kw: stream_of(kw["account_id"]))
def open_deal(
    *,
    actor: Actor,
    account_id: UUID,
    name: str,
    signed_at: datetime | None = None,
    is_demo: bool = False,
    is_silent: bool = False,
    **given: Any,
) -> UUID:
    """Open a deal with the account; its id. With `signed_at` it is won at once. `given` takes the fields of
    `change_deal`."""
    require(actor, "open", Thing("deal", account_id))
    if not Account.objects.filter(id=account_id).exists():
        raise not_found("account", format_id("acc", account_id))
    now = act().now
    row = Deal(id=new_id(), account_id=account_id, is_demo=is_demo, created_at=now, updated_at=now)
    for field, value in _clean({**given, "name": name}, row).items():
        setattr(row, field, value)
    row.save(force_insert=True)
    record(
        facts.DealOpened(account_id, row.id, row.name, row.stage, row.amount, is_silent), stream=stream_of(account_id)
    )
    if signed_at is not None:
        win_deal(actor=actor, deal_id=row.id, signed_at=signed_at, is_silent=is_silent)
    return row.id


@action(stream=_its_stream)
def change_deal(
    *, actor: Actor, deal_id: UUID, version: int | None = None, is_silent: bool = False, **changed: Any
) -> bool:
    """Change fields; whether anything moved. `product` and `owner` are names as sent, matched where they can be.
    A deal is won or lost by `win_deal` and `lose_deal`. Refusals: "stale", "invalid", "conflict"."""
    row = _locked(deal_id)
    require(actor, "change", Thing("deal", row.account_id))
    check_version(row, version)
    new = moved(row, _clean(changed, row))
    if not new:
        return False
    was = apply(row, new)
    if row.account_id is not None:
        record(facts.DealChanged(row.account_id, deal_id, new, was, is_silent), stream=stream_of(row.account_id))
        if row.state == "won" and {"amount", "currency"} & set(new):
            judge(Account.objects.get(id=row.account_id), is_silent=is_silent)
    return True


@action(stream=_its_stream)
def win_deal(
    *,
    actor: Actor,
    deal_id: UUID,
    signed_at: datetime,
    journeys: str | None = None,
    is_silent: bool = False,
    as_of: datetime | None = None,
    stage: str | None = None,
) -> None:
    """Mark a deal as signed at that moment; its DealWon fact opens the journey.

    `journeys`: "deal" or "account" (default: the organization's choice). Won already: nothing happens, unless the
    signature moved. Refusal "invalid" without an account.
    """
    row = _locked(deal_id)
    require(actor, "win", Thing("deal", row.account_id))
    if row.account_id is None:
        raise invalid(f"{row.name} has no account.", mend="Say whose deal it is first.", field="account")
    if signed_at.tzinfo is None:
        raise TypeError("signed_at is a moment with its zone")
    new: dict[str, Any] = {"state": "won", "signed_at": signed_at}
    if stage is not None:
        new["stage"] = stage
    new = moved(row, new)
    if not new:
        return
    was = apply(row, new)
    account = Account.objects.select_for_update().get(id=row.account_id)
    judge(account, is_silent=is_silent)
    if row.announced_at is None:
        announce(row, account, journeys=journeys, is_silent=is_silent, as_of=as_of)
    else:
        record(facts.DealChanged(account.id, deal_id, new, was, is_silent), stream=stream_of(account.id))


@action(stream=_its_stream)
def lose_deal(*, actor: Actor, deal_id: UUID, is_silent: bool = False) -> None:
    """Mark a deal as lost. Refusal "conflict" once it is won: its journey is canceled instead."""
    row = _locked(deal_id)
    require(actor, "lose", Thing("deal", row.account_id))
    if row.state == "won":
        raise conflict(f"{row.name} is signed.", mend="Cancel its journey instead.")
    if row.state != "lost":
        apply(row, {"state": "lost"})
        if row.account_id:
            record(facts.DealLost(row.account_id, deal_id, is_silent), stream=stream_of(row.account_id))


@action()
def put_product(
    *,
    actor: Actor,
    name: str,
    external_id: str | None = None,
    series: str | None = None,
    price: Any = None,
    is_demo: bool = False,
) -> tuple[UUID, str]:
    """A product by external id, else by name: its id, and "opened", "changed" or "unchanged"."""
    require(actor, "change", "product")
    shown, amount = clean_name(name), clean_amount(price, "price")
    row = Product.objects.filter(external_id=external_id).first() if external_id else None
    row = row or product_named(shown)
    if row is None:
        made = Product.objects.create(
            name=shown,
            external_id=external_id,
            series=series or "",
            price=amount,
            is_demo=is_demo,
            created_at=act().now,
        )
        return made.id, "opened"
    given = {"name": shown, "external_id": external_id, "series": series, "price": amount}
    new = moved(row, {key: value for key, value in given.items() if value is not None})
    for key, value in new.items():
        setattr(row, key, value)
    if new:
        row.save(update_fields=list(new))
    return row.id, "changed" if new else "unchanged"


def announce(
    row: Deal, account: Account, *, journeys: str | None, is_silent: bool, as_of: datetime | None = None
) -> None:
    """Record DealWon, once a deal, and let the account begin its onboarding. Inside an action on the account."""
    if row.signed_at is None or row.account_id is None:
        raise RuntimeError("a won deal has an account and a signature")
    row.announced_at = act().now
    row.save(update_fields=["announced_at"])
    if account.state == "prospect":
        account.state = "onboarding"
        account.save(update_fields=["state"])
    record(
        facts.DealWon(
            account_id=row.account_id,
            deal_id=row.id,
            deal_name=row.name,
            amount=row.amount,
            currency=row.currency,
            product=row.product_as_sent,
            product_id=row.product_id,
            owner_id=row.owner_id or account.owner_id,
            signed_at=row.signed_at,
            contract_start=row.contract_start.isoformat() if row.contract_start else None,
            renewal_on=row.renewal_on.isoformat() if row.renewal_on else None,
            journeys=journeys or organization().settings.get("journeys", "deal"),
            is_silent=is_silent,
            as_of=as_of,
        ),
        stream=stream_of(row.account_id),
        occurred_at=row.signed_at,
    )


def _locked(deal_id: UUID) -> Deal:
    row = Deal.objects.select_for_update().filter(id=deal_id).first()
    if row is None:
        raise not_found("deal", format_id("deal", deal_id))
    return row


def _clean(given: Mapping[str, Any], row: Deal) -> dict[str, Any]:
    check_names(given, _CHANGEABLE, "a deal")
    out: dict[str, Any] = {}
    for name, value in given.items():
        out.update(_clean_one(name, value, row))
    return out


def _clean_one(name: str, value: Any, row: Deal) -> dict[str, Any]:
    if name in _DATES:
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise invalid(f"{name} is a day.", mend="Write it as 2026-03-13.", field=name)
        return {name: value}
    match name:
        case "name":
            return {"name": clean_name(value, longest=300)}
        case "external_id":
            text = str(value or "").strip()[:200] or None
            if text and Deal.objects.filter(external_id=text).exclude(id=row.id).exists():
                raise conflict(f"Another deal has the id {text}.", field="external_id")
            return {"external_id": text}
        case "product":
            found = product_named(value or "")
            return {"product_id": found.id if found else None, "product_as_sent": str(value or "")[:200]}
        case "owner_id":
            if value is not None and value not in users_by_ids([value]):
                raise not_found("user", format_id("usr", value))
            return {"owner_id": value, "owner_as_sent": user_names([value]).get(value, "") if value else ""}
        case "owner":
            return {"owner_as_sent": str(value or "")[:200]}
        case "stage":
            return {"stage": str(value or "").strip()[:120]}
        case "amount":
            return {"amount": clean_amount(value, "amount")}
        case "currency":
            if not (isinstance(value, str) and len(value) == 3 and value.isalpha()):
                raise invalid("A currency has three letters.", mend="Write it as USD.", field="currency")
            return {"currency": value.upper()}
        case _:
            return {"fields": dict(value)}
