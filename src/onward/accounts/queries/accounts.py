"""Accounts as rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from onward.accounts.decisions import DEFAULT_RULES, Rule
from onward.accounts.models import Account, Contact, Deal, SegmentRule
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.paging import Page
from onward.kernel.refusals import Refusal, not_found

M = TypeVar("M", Account, Contact, Deal)


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: UUID
    ref: str
    name: str
    external_id: str | None
    group_id: str | None
    segment: str
    segment_from: str
    arr: Decimal | None
    arr_is_given: bool
    currency: str
    seats: int | None
    complexity: str | None
    complexity_factor: Decimal
    factor_is_given: bool
    industry: str
    region: str
    country: str
    language: str
    zone: str
    practice_url: str
    owner_id: UUID | None
    state: str
    is_demo: bool
    version: int
    created_at: datetime
    updated_at: datetime
    fields: dict[str, Any] = field(default_factory=dict)
    working_week: list[str] = field(default_factory=list)
    holidays: str = ""
    closed_days: list[dict[str, str]] = field(default_factory=list)


def account(actor: Actor, account_id: UUID) -> AccountRow:
    """One account; Refusal "not_found" also for those the actor may not see."""
    row = visible(actor).filter(id=account_id).first()
    if row is None:
        raise not_found("account", format_id("acc", account_id))
    return account_row(row)


def accounts(
    actor: Actor,
    *,
    words: str = "",
    segment: str = "",
    state: str = "",
    owner_id: UUID | None = None,
    among: Sequence[UUID] | None = None,
    after: str = "",
    limit: int = 50,
) -> Page[AccountRow]:
    """Accounts by name, or those `among` these in their order. `words` are the beginnings of words in the name; `after`
    is the cursor of a page before."""
    rows = visible(actor)
    if words.strip():
        rows = with_words(rows, words)
    if segment:
        rows = rows.filter(segment=segment)
    if state:
        rows = rows.filter(state=state)
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    if among is not None:
        skipped = int(after) if after.isascii() and after.isdecimal() and len(after) < 6 else 0
        rows = rows.filter(id__in=among).order_by(
            RawSQL("array_position(%s::uuid[], accounts_account.id)", (list(among),))
        )
        found = [account_row(row) for row in rows[skipped : skipped + limit + 1]]
        return Page(found[:limit], str(skipped + limit) if len(found) > limit else "")
    if after:
        low, last = _cursor(after)
        rows = rows.annotate(low=Lower("name")).filter(Q(low__gt=low) | Q(low=low, id__gt=last))
    found = [account_row(row) for row in rows.order_by(Lower("name"), "id")[: limit + 1]]
    more = len(found) > limit
    return Page(found[:limit], f"{found[limit - 1].ref}.{found[limit - 1].name.lower()}" if more else "")


def accounts_called(actor: Actor, name: str) -> list[AccountRow]:
    """The accounts of that name, however it is spaced or capitalized; at most fifty are looked at."""
    wanted = " ".join(name.lower().split())
    found = accounts(actor, words=wanted).rows if wanted else []
    return [row for row in found if " ".join(row.name.lower().split()) == wanted]


def account_counts(actor: Actor) -> dict[str, int]:
    """How many accounts there are, by state."""
    rows = visible(actor).values("state").annotate(n=Count("id")).order_by()
    return {row["state"]: row["n"] for row in rows}


def real_accounts_exist() -> bool:
    """Whether there is an account that is not the demo's."""
    return Account.objects.filter(is_demo=False).exists()


def demo_account_ids() -> list[UUID]:
    """The accounts of the demo."""
    return list(Account.objects.filter(is_demo=True).values_list("id", flat=True))


def account_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by id, for pages that compose by ids. Unknown ids are left out."""
    wanted = {one for one in ids if one is not None}
    return dict(Account.objects.filter(id__in=wanted).values_list("id", "name")) if wanted else {}


def accounts_by_ids(actor: Actor, ids: Iterable[UUID | None]) -> dict[UUID, AccountRow]:
    """Those of the accounts that the actor may see, by id."""
    wanted = {one for one in ids if one is not None}
    return {row.id: account_row(row) for row in visible(actor).filter(id__in=wanted)} if wanted else {}


def account_by_group(group_ids: Iterable[str]) -> dict[str, UUID]:
    """Accounts by their id in the product (Segment's groupId). Unmapped ids are left out."""
    wanted = {one for one in group_ids if one}
    rows = Account.objects.filter(group_id__in=wanted).values_list("group_id", "id") if wanted else []
    return {group: one for group, one in rows if group}


def group_ids(account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The product's id of each account that has one."""
    rows = Account.objects.filter(id__in=set(account_ids), group_id__isnull=False)
    return {one: group for one, group in rows.values_list("id", "group_id") if group}


def account_by_mail_domain(domain: str) -> list[UUID]:
    """Accounts with a contact at this mail domain, at most ten."""
    rows = Contact.objects.filter(mail__iendswith=f"@{domain}").values_list("account_id", flat=True)
    return list(rows.distinct()[:10])


def account_of_contact(contact_id: UUID) -> UUID:
    """Whose a contact is; Refusal "not_found"."""
    found = Contact.objects.filter(id=contact_id).values_list("account_id", flat=True).first()
    if found is None:
        raise not_found("contact", format_id("con", contact_id))
    return found


def account_of_deal(deal_id: UUID) -> UUID | None:
    """Whose a deal is (None: nobody's yet); Refusal "not_found"."""
    found = Deal.objects.filter(id=deal_id).values_list("account_id").first()
    if found is None:
        raise not_found("deal", format_id("deal", deal_id))
    return found[0]


def segment_rules() -> list[Rule]:
    """The rules in force, the lowest first; the defaults until somebody edits them."""
    rows = [Rule(row.segment, row.above) for row in SegmentRule.objects.all()]
    return sorted(rows or DEFAULT_RULES, key=lambda rule: Decimal(-1) if rule.above is None else rule.above)


def visible(actor: Actor) -> QuerySet[Account]:
    """The accounts that the actor may see: a contact their own, staff and keys with the scope all."""
    if actor.is_contact:
        return Account.objects.filter(id=actor.account_id) if actor.account_id else Account.objects.none()
    require(actor, "see", "account")
    return Account.objects.all()


def bounded(actor: Actor, rows: QuerySet[M], noun: str) -> QuerySet[M]:
    """The rows of a table with `account_id` that the actor may see: a contact their own account's."""
    if actor.is_contact:
        return rows.filter(Q(account_id=actor.account_id)) if actor.account_id else rows.none()
    require(actor, "see", noun)
    return rows


def with_words(rows: QuerySet[M], words: str) -> QuerySet[M]:
    """Rows whose name has, for each word given, a word that begins with it. Uses the index on the name's words."""
    parts = re.findall(r"\w+", words.lower())[:8]
    if not parts:
        return rows.none()
    query = SearchQuery(" & ".join(f"{part}:*" for part in parts), search_type="raw", config="simple")
    return rows.alias(found=SearchVector("name", config="simple")).filter(found=query)


def account_row(row: Account) -> AccountRow:
    """The stored account as a frozen row."""
    return AccountRow(
        row.id,
        format_id("acc", row.id),
        row.name,
        row.external_id,
        row.group_id,
        row.segment,
        row.segment_from,
        row.arr,
        row.arr_is_given,
        row.currency,
        row.seats,
        row.complexity,
        row.complexity_factor,
        row.factor_is_given,
        row.industry,
        row.region,
        row.country,
        row.language,
        row.zone,
        row.practice_url,
        row.owner_id,
        row.state,
        row.is_demo,
        row.version,
        row.created_at,
        row.updated_at,
        dict(row.fields),
        row.working_week,
        row.holidays,
        row.closed_days,
    )


def _cursor(after: str) -> tuple[str, UUID]:
    ref, dot, low = after.partition(".")
    if not dot:
        raise Refusal("invalid", "This part of the list cannot be found.", mend="Begin at the first page.")
    return low, parse_id("acc", ref)
