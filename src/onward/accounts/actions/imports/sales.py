"""Imported deals, a chunk at a time: two statements to load, a few to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import Lower

from onward.accounts import facts
from onward.accounts.actions.rows import moved
from onward.accounts.decisions.sheets import Row
from onward.accounts.decisions.sheets.judging import plain
from onward.accounts.models import Deal
from onward.foundation.actions import act, record
from onward.foundation.ledger import stream_of
from onward.foundation.postgres import new_id
from onward.identity.queries import organization

_WRITTEN = (
    "account_id", "external_id", "name", "product_id", "product_as_sent", "owner_id", "owner_as_sent", "stage",
    "state", "amount", "currency", "opened_on", "closed_on", "signed_at", "contract_start", "renewal_on", "fields",
    "version", "updated_at",
)  # fmt: skip


def streams_of(rows: Sequence[Row]) -> set[str]:
    """The accounts of the rows, and those that their deals belong to so far."""
    ids = {row.values["account_id"] for row in rows}
    ids |= {deal.account_id for deal in _existing(rows) if deal.account_id}
    return {stream_of(one) for one in ids}


def write_deals(rows: Sequence[Row]) -> dict[str, int]:
    """Write a chunk of judged rows; counts of opened, changed and unchanged. Won deals are not told here."""
    now, zone = act().now, ZoneInfo(organization().zone)
    found = {_key(deal): deal for deal in _existing(rows)}
    opened, changed = [], []
    for row in rows:
        given = _given(row, zone)
        deal = found.get(_row_key(row))
        if deal is None:
            deal = Deal(id=new_id(), created_at=now, updated_at=now, **given)
            opened.append(deal)
            record(
                facts.DealOpened(row.values["account_id"], deal.id, deal.name, deal.stage, deal.amount, True),
                stream=stream_of(row.values["account_id"]),
            )
            continue
        new = moved(deal, _kept(deal, given))
        if not new:
            continue
        was = {name: getattr(deal, name) for name in new}
        for name, value in new.items():
            setattr(deal, name, value)
        deal.version, deal.updated_at = deal.version + 1, now
        changed.append(deal)
        record(
            facts.DealChanged(row.values["account_id"], deal.id, new, was, True),
            stream=stream_of(row.values["account_id"]),
        )
    Deal.objects.bulk_create(opened)
    if changed:
        Deal.objects.bulk_update(changed, _WRITTEN)
    return {"opened": len(opened), "changed": len(changed), "unchanged": len(rows) - len(opened) - len(changed)}


def _existing(rows: Sequence[Row]) -> list[Deal]:
    ids = [row.values["external_id"] for row in rows if row.values.get("external_id")]
    names = [plain(row.values["name"]) for row in rows if not row.values.get("external_id")]
    out = list(Deal.objects.filter(external_id__in=ids)) if ids else []
    if names:
        accounts = {row.values["account_id"] for row in rows}
        unnamed = Deal.objects.annotate(low=Lower("name")).filter(low__in=names, account_id__in=accounts)
        out += list(unnamed.order_by("-created_at"))
    return out


def _key(deal: Deal) -> tuple[str, str]:
    return ("id", deal.external_id) if deal.external_id else (str(deal.account_id), plain(deal.name))


def _row_key(row: Row) -> tuple[str, str]:
    external = row.values.get("external_id")
    return ("id", external) if external else (str(row.values["account_id"]), plain(row.values["name"]))


def _given(row: Row, zone: ZoneInfo) -> dict[str, Any]:
    """The row as a deal's fields. A signature is a day in the source: it counts from that day's start in our zone."""
    values = row.values
    signed: date | None = values.get("signed_on") or values.get("closed_on")
    is_won = values["state"] == "won" and signed is not None
    product, owner = values.get("product") or "", values.get("owner") or ""
    return {
        "account_id": values["account_id"],
        "external_id": values.get("external_id"),
        "name": values.get("name") or (f"{product} for {values['account']}" if product else values["account"]),
        "product_id": values.get("product_id"),
        "product_as_sent": product,
        "owner_id": values.get("owner_id"),
        "owner_as_sent": owner,
        "stage": values.get("stage") or "",
        "state": values["state"],
        "amount": values.get("amount"),
        "currency": (values.get("currency") or "USD").upper()[:3],
        "opened_on": values.get("opened_on"),
        "closed_on": values.get("closed_on"),
        "signed_at": datetime.combine(signed, time(), zone) if is_won and signed else None,
        "contract_start": values.get("contract_start"),
        "renewal_on": values.get("renewal_on"),
        "fields": row.fields,
    }


def _kept(deal: Deal, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a row may change: a file that has no column or an empty cell for something leaves it as it is."""
    out = {name: value for name, value in given.items() if value not in (None, "")}
    if deal.external_id and not given["external_id"]:
        out.pop("name", None)
    return out
