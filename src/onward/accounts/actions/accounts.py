"""Accounts: open, change, link to the product's id, remove the demo's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from onward.accounts import facts
from onward.accounts.actions.rows import apply, check_names, check_version, clean_amount, moved
from onward.accounts.actions.segments import judge
from onward.accounts.decisions import COMPLEXITIES, SEGMENTS, factor_for, segment_for
from onward.accounts.models import ACCOUNT_STATES, Account, Product
from onward.accounts.queries import segment_rules
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import stream_of
from onward.foundation.postgres import new_id, one_statement
from onward.identity.decisions import Thing, clean_name, require
from onward.identity.decisions.calendars import closed_days, place_named, working_week
from onward.identity.queries import users_by_ids
from onward.kernel.actor import Actor
from onward.kernel.addresses import clean_url
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, invalid, not_found

TEXTS = {"industry": 120, "region": 120, "country": 120, "language": 35}
CHANGEABLE = {
    *TEXTS, "name", "external_id", "group_id", "segment", "arr", "currency", "seats", "complexity",
    "complexity_factor", "zone", "working_week", "holidays", "closed_days", "practice_url", "owner_id", "fields",
}  # fmt: skip


def open_account(*, actor: Actor, name: str, is_silent: bool = False, is_demo: bool = False, **given: Any) -> UUID:
    """Open an account; its id. `given` takes the fields of `change_account`. Refusals: "invalid", "conflict"."""
    return _open(actor=actor, account_id=new_id(), name=name, is_silent=is_silent, is_demo=is_demo, given=given)


@action(stream=lambda kw: stream_of(kw["account_id"]))
def _open(
    *, actor: Actor, account_id: UUID, name: str, is_silent: bool, is_demo: bool, given: Mapping[str, Any]
) -> UUID:
    require(actor, "open", Thing("account", account_id))
    now = act().now
    row = Account(id=account_id, is_demo=is_demo, created_at=now, updated_at=now)
    for field, value in clean({"name": name, **given}, row).items():
        setattr(row, field, value)
    if row.segment_from == "rule":
        row.segment = segment_for(row.arr, segment_rules())
    row.save(force_insert=True)
    record(facts.AccountOpened(account_id, row.name, row.segment, is_silent), stream=stream_of(account_id))
    return account_id


@action(stream=lambda kw: stream_of(kw["account_id"]))
def change_account(
    *, actor: Actor, account_id: UUID, version: int | None = None, is_silent: bool = False, **changed: Any
) -> bool:
    """Change fields; whether anything moved. `segment=None` and `arr=None` give the judgement back to the rules and
    the won deals; `complexity_factor=None` to the complexity. `fields` is merged. Refusals: "stale", "invalid",
    "conflict"."""
    require(actor, "change", Thing("account", account_id))
    row = locked(account_id)
    check_version(row, version)
    new = moved(row, clean(changed, row))
    if not new:
        return False
    was = apply(row, new)
    record(facts.AccountChanged(account_id, new, was, is_silent), stream=stream_of(account_id))
    judge(row, is_silent=is_silent)
    return True


@action(stream=lambda kw: stream_of(kw["account_id"]))
def link_group(*, actor: Actor, account_id: UUID, group_id: str | None) -> None:
    """Say which id the account has in the product (Segment's groupId). Refusal "conflict" when another has it."""
    change_account(actor=actor, account_id=account_id, group_id=group_id)


@action(stream=lambda kw: stream_of(kw["account_id"]))
def set_state(*, actor: Actor, account_id: UUID, state: str) -> None:
    """Move the account to prospect, onboarding, active or left."""
    require(actor, "change", Thing("account", account_id))
    if state not in dict(ACCOUNT_STATES):
        raise invalid(f"There is no state {state}.", mend=f"States are {', '.join(dict(ACCOUNT_STATES))}.")
    row = locked(account_id)
    if row.state != state:
        was = apply(row, {"state": state})
        record(facts.AccountChanged(account_id, {"state": state}, was), stream=stream_of(account_id))


@action()
def forget_demo_accounts(*, actor: Actor) -> list[UUID]:
    """Remove the demo's products, and its accounts with contacts and deals; the accounts' ids. What other apps hold of
    them is removed before, by those apps."""
    require(actor, "remove_demo", "installation")
    gone = list(Account.objects.filter(is_demo=True).values_list("id", flat=True))
    for table in ("accounts_guest", "accounts_workspace", "accounts_contact", "accounts_deal"):
        one_statement(f"delete from {table} where account_id = any(%s)", (gone,))
    one_statement("delete from accounts_account where id = any(%s)", (gone,))
    Product.objects.filter(is_demo=True).delete()
    return gone


def locked(account_id: UUID) -> Account:
    """The row, in a transaction that holds the account's stream."""
    row = Account.objects.select_for_update().filter(id=account_id).first()
    if row is None:
        raise not_found("account", format_id("acc", account_id))
    return row


def clean(given: Mapping[str, Any], row: Account) -> dict[str, Any]:
    """The given fields in the form that is stored, with what follows from them."""
    check_names(given, CHANGEABLE, "an account")
    out: dict[str, Any] = {}
    for name, value in given.items():
        out.update(_clean_one(name, value, row))
    return out


def _clean_one(name: str, value: Any, row: Account) -> dict[str, Any]:
    if name in TEXTS:
        return {name: str(value or "")[: TEXTS[name]]}
    match name:
        case "name":
            return {"name": clean_name(value)}
        case "external_id" | "group_id":
            return {name: _unique(name, value, row)}
        case "segment":
            if value and value not in SEGMENTS:
                mend = f"Segments are {', '.join(SEGMENTS)}."
                raise invalid(f"There is no segment {value}.", mend=mend, field="segment")
            return {"segment": value, "segment_from": "given"} if value else {"segment_from": "rule"}
        case "arr":
            amount = clean_amount(value, "arr")
            return {"arr": amount, "arr_is_given": True} if amount is not None else {"arr_is_given": False}
        case "complexity":
            if value and value not in COMPLEXITIES:
                mend = f"Write one of {', '.join(COMPLEXITIES)}."
                raise invalid(f"There is no complexity {value}.", mend=mend, field="complexity")
            factor = {} if row.factor_is_given else {"complexity_factor": factor_for(value)}
            return {"complexity": value or None, **factor}
        case "complexity_factor":
            return _factor(value, row)
        case "seats":
            if value is not None and not 0 <= int(value) <= 2_000_000_000:
                raise invalid("Seats are a number of zero or more.", field="seats")
            return {"seats": None if value is None else int(value)}
        case "zone":
            return {"zone": _zone(value or "")}
        case "working_week":
            return {"working_week": working_week(value) if value else []}
        case "holidays":
            return {"holidays": place_named(value or "")}
        case "closed_days":
            return {"closed_days": closed_days(value or [])}
        case "practice_url":
            text = str(value or "")
            return {"practice_url": clean_url(text, field="practice_url", longest=500) if text.strip() else ""}
        case "owner_id":
            if value is not None and value not in users_by_ids([value]):
                raise not_found("user", format_id("usr", value))
            return {"owner_id": value}
        case "currency":
            if not (isinstance(value, str) and len(value) == 3 and value.isalpha()):
                raise invalid("A currency has three letters.", mend="Write it as USD.", field="currency")
            return {"currency": value.upper()}
        case _:
            return {"fields": dict(value)}


def _unique(name: str, value: Any, row: Account) -> str | None:
    text = str(value or "").strip()[:200] or None
    if text and (other := Account.objects.filter(**{name: text}).exclude(id=row.id).first()):
        what = "product id" if name == "group_id" else "external id"
        raise conflict(f"{other.name} has the {what} {text} already.", mend="Give each account its own.", field=name)
    return text


def _factor(value: Any, row: Account) -> dict[str, Any]:
    if value is None or value == "":
        return {"complexity_factor": factor_for(row.complexity), "factor_is_given": False}
    factor = clean_amount(value, "complexity_factor")
    if factor is None or not 0 < factor <= 20:
        why = "A complexity factor is above 0 and at most 20."
        raise invalid(why, mend="1 is the standard.", field="complexity_factor")
    return {"complexity_factor": factor, "factor_is_given": True}


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid(f"There is no time zone {name[:60]}.", mend="Write it as Europe/Berlin.", field="zone") from None
