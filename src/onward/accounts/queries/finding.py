"""Accounts and contacts by what somebody typed, forgiving. Bounded: what it reads does not grow with the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from onward.accounts.decisions.finding import EXACT, SLIPPED, beginning, fit, spellings, words_of
from onward.foundation.postgres import tuples
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id

CANDIDATES = 120


@dataclass(frozen=True, slots=True)
class Found:
    """An account or a contact, and how well it fits: the smaller, the better."""

    id: UUID
    account_id: UUID
    name: str
    detail: str
    score: tuple[int, int]
    is_contact: bool = False

    @property
    def ref(self) -> str:
        """Its external id."""
        return format_id("con" if self.is_contact else "acc", self.id)


_ACCOUNTS = ("id, id, name, segment", "accounts_account", "name", "")
_CONTACTS = (
    "id, account_id, name, coalesce(mail, '')",
    "accounts_contact",
    "name || ' ' || coalesce(mail, '')",
    "revoked_at is null and",
)


def found_accounts(actor: Actor, text: str, *, limit: int = 8) -> list[Found]:
    """The accounts that fit best. Staff and keys only: a contact has one account and needs no search."""
    require(actor, "see", "account")
    return _found(_ACCOUNTS, text, limit, is_contact=False)


def found_contacts(actor: Actor, text: str, *, limit: int = 8, forgiving: bool = True) -> list[Found]:
    """The contacts, by name or mail, that fit best and have not been revoked; slips only where `forgiving`."""
    require(actor, "see", "contact")
    return _found(_CONTACTS, text, limit, is_contact=True, forgiving=forgiving)


def _found(
    where: tuple[str, str, str, str], text: str, limit: int, *, is_contact: bool, forgiving: bool = True
) -> list[Found]:
    typed = words_of(text, most=6)
    if not typed or max(map(len, typed)) < 2:
        return []
    begun = [beginning(word) for word in typed]
    found = _ranked(_candidates(where, typed, [[key] for key in begun], with_whole=True), typed, is_contact)
    slipped = [[key, *spellings(word)] for key, word in zip(begun, typed, strict=True)]
    # Nobody is asked to look at what is only similar when something is just so.
    if forgiving and not found and any(len(keys) > 1 for keys in slipped):
        found = _ranked(_candidates(where, typed, slipped, with_whole=False), typed, is_contact)
    return sorted(found, key=lambda row: (row.score, len(row.name), row.name.lower()))[:limit]


def _candidates(
    where: tuple[str, str, str, str], typed: Sequence[str], keys: Sequence[Sequence[str]], *, with_whole: bool
) -> list[tuple[UUID, UUID, str, str]]:
    """Rows that have for each word one of its keys; and those whose whole name begins as it was typed, so that a
    common beginning does not hide the one that is meant."""
    columns, table, words, also = where
    each = " and ".join(f"accounts_spellings({words}) && %s::text[]" for _ in keys)
    values: list[object] = [*map(list, keys), CANDIDATES]
    sql = f"(select {columns} from {table} where {also} {each} limit %s)"
    if with_whole:
        low = " ".join(typed)
        sql += f""" union (select {columns} from {table} where {also} accounts_folded(name) ~>=~ %s
            and accounts_folded(name) ~<~ %s order by accounts_folded(name) using ~<~ limit 20)"""
        values += [low, low + "\U0010ffff"]
    return tuples(sql, values)


def _ranked(rows: Sequence[tuple[UUID, UUID, str, str]], typed: Sequence[str], is_contact: bool) -> list[Found]:
    found = []
    for row_id, account_id, name, detail in rows:
        score = fit(typed, name)
        if is_contact and (score is None or score[0] == SLIPPED):
            by_mail = fit(typed, f"{name} {detail}")
            score = by_mail and (max(by_mail[0], EXACT + 1), by_mail[1])
        if score is not None:
            found.append(Found(row_id, account_id, name, detail, score, is_contact))
    return found
