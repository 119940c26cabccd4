"""Sources as people look after them: what came, what was refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found

REFUSED = "refused:"
TYPE = "type:"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A write key without its secret. `ends_at` in the past: it has ended."""

    hint: str
    created_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with its counts; `refused` by reason, `types` of the stored messages by type."""

    id: UUID
    name: str
    kind: str
    is_demo: bool
    created_at: datetime
    received: int
    stored: int
    duplicate: int
    refused: dict[str, int]
    types: dict[str, int]
    last_at: datetime | None
    keys: tuple[KeyRow, ...]

    @property
    def ref(self) -> str:
        return format_id("src", self.id)

    @property
    def refused_total(self) -> int:
        return sum(self.refused.values())


@dataclass(frozen=True, slots=True)
class SightingRow:
    """A recent message. `outcome` is stored, duplicate or refused (then with a reason)."""

    received_at: datetime
    outcome: str
    reason: str
    type: str
    name: str
    who: str
    group_id: str
    message_id: str
    at: datetime | None
    excerpt: str


def sources(actor: Actor) -> list[SourceRow]:
    """All sources by name."""
    require(actor, "see", "source")
    return _rows("true", ())


def source(actor: Actor, source_id: UUID) -> SourceRow:
    """One source; a Refusal when it does not exist."""
    require(actor, "see", "source")
    found = _rows("s.id = %s", (source_id,))
    if not found:
        raise not_found("source", format_id("src", source_id))
    return found[0]


def source_named(actor: Actor, name: str) -> SourceRow:
    """One source by its name (or its id); a Refusal when it does not exist."""
    found = [row for row in sources(actor) if name.strip().casefold() == row.name.casefold() or name == row.ref]
    if not found:
        raise not_found("source", f"“{name}”")
    return found[0]


def sightings(actor: Actor, source_id: UUID, *, outcome: str | None = None, limit: int = 50) -> list[SightingRow]:
    """What came last, the newest first; of one outcome only when it is named."""
    require(actor, "see", "source")
    rows = one_statement(
        "select received_at, outcome, reason, type, name, who, group_id, message_id, at, excerpt from usage_sighting"
        " where source_id = %s and (%s::text is null or outcome = %s) order by id desc limit %s",
        (source_id, outcome, outcome, limit),
    )
    return [SightingRow(**row) for row in rows]


def _rows(where: str, params: tuple[Any, ...]) -> list[SourceRow]:
    found = one_statement(
        f"select id, name, kind, is_demo, created_at from usage_source s where {where} order by lower(name)", params
    )
    ids = [row["id"] for row in found]
    counts, last = _counts(ids)
    keys: dict[UUID, list[KeyRow]] = {one: [] for one in ids}
    for row in one_statement(
        "select source_id, hint, created_at, ends_at from usage_writekey where source_id = any(%s) order by created_at",
        (ids,),
    ):
        keys[row["source_id"]].append(KeyRow(row["hint"], row["created_at"], row["ends_at"]))
    return [
        SourceRow(
            **row,
            received=counts[row["id"]].get("received", 0),
            stored=counts[row["id"]].get("stored", 0),
            duplicate=counts[row["id"]].get("duplicate", 0),
            refused=_under(REFUSED, counts[row["id"]]),
            types=_under(TYPE, counts[row["id"]]),
            last_at=last.get(row["id"]),
            keys=tuple(keys[row["id"]]),
        )
        for row in found
    ]


def _counts(ids: list[UUID]) -> tuple[dict[UUID, dict[str, int]], dict[UUID, datetime]]:
    """Counted so far, and what the deriver has not taken up yet: together exact at any moment."""
    counts: dict[UUID, dict[str, int]] = {one: {} for one in ids}
    last: dict[UUID, datetime] = {}
    for row in one_statement(
        """select source_id, what, n, last_at from usage_source_count where source_id = any(%(ids)s)
        union all select source_id, c.key, c.value::bigint, received_at from usage_dirty, jsonb_each_text(counts) c
        where source_id = any(%(ids)s)""",
        {"ids": ids},
    ):
        of = counts[row["source_id"]]
        of[row["what"]] = of.get(row["what"], 0) + row["n"]
        last[row["source_id"]] = max(row["last_at"], last.get(row["source_id"], row["last_at"]))
    return counts, last


def _under(prefix: str, counts: dict[str, int]) -> dict[str, int]:
    return {what.removeprefix(prefix): n for what, n in sorted(counts.items()) if what.startswith(prefix) and n}
