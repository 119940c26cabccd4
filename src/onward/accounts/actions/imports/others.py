"""Imported accounts, products and users, row by row, through the actions that people use."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models.functions import Lower

from onward.accounts.actions.accounts import change_account, open_account
from onward.accounts.actions.deals import put_product
from onward.accounts.decisions import COMPLEXITIES, SEGMENTS
from onward.accounts.decisions.sheets import Row
from onward.accounts.decisions.sheets.judging import choice, plain
from onward.accounts.models import Account
from onward.identity.actions import add_user, put_user
from onward.identity.decisions import ROLES
from onward.identity.queries import user_keys
from onward.kernel.actor import Actor

_TEXTS = (
    "external_id", "group_id", "industry", "region", "country", "language", "zone", "working_week", "holidays",
    "closed_days", "currency",
    "practice_url",
)  # fmt: skip


def put_account_row(actor: Actor, row: Row) -> str:
    """ "opened", "changed" or "unchanged". Text is kept exactly as sent; an empty cell leaves a field as it is."""
    values = row.values
    given: dict[str, Any] = {name: values[name] for name in (*_TEXTS, "arr", "seats") if values.get(name) is not None}
    for name, choices in (("segment", SEGMENTS), ("complexity", COMPLEXITIES)):
        if values.get(name) and (key := choice(values[name], choices)):
            given[name] = key
    if values.get("owner_id"):
        given["owner_id"] = values["owner_id"]
    if row.fields:
        given["fields"] = row.fields
    found = _account(values.get("external_id"), values["name"])
    if found is None:
        open_account(actor=actor, name=values["name"], is_silent=True, **given)
        return "opened"
    moved = change_account(actor=actor, account_id=found, name=values["name"], is_silent=True, **given)
    return "changed" if moved else "unchanged"


def put_product_row(actor: Actor, row: Row) -> str:
    """ "opened", "changed" or "unchanged"."""
    values = row.values
    _, outcome = put_product(
        actor=actor,
        name=values["name"],
        external_id=values.get("external_id"),
        series=values.get("series"),
        price=values.get("price"),
    )
    return outcome


def put_user_row(actor: Actor, row: Row) -> str:
    """ "opened", "changed" or "unchanged". A manager who is nobody yet is added too, without mail."""
    values = row.values
    role = (values.get("role") or "").lower()
    put = put_user(
        actor=actor,
        name=values["name"],
        external_id=values.get("external_id"),
        mail=values.get("mail"),
        role=role if role in ROLES else None,
        team=values.get("team"),
        region=values.get("region"),
        manager_id=_manager(actor, values.get("manager")),
    )
    return put.outcome


def _manager(actor: Actor, name: str | None) -> UUID | None:
    if not name:
        return None
    by_id, by_name = user_keys()
    found = by_id.get(name) or by_name.get(plain(name))
    return found or add_user(actor=actor, name=name, role="manager")


def _account(external_id: str | None, name: str) -> UUID | None:
    rows = Account.objects.values_list("id", flat=True)
    if external_id and (found := rows.filter(external_id=external_id).first()):
        return found
    named = rows.annotate(low=Lower("name")).filter(low=name.lower())
    if external_id:
        # Somebody of that name with another id is another account.
        named = named.filter(external_id=None)
    return named.order_by("created_at").first()
