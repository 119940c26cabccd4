"""What intake has marked, claimed by deleting it, and what of it belongs to sources."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.foundation import ledger
from onward.foundation.ledger.draining import LIVE
from onward.foundation.postgres import Statement, notify, one_statement, pipelined

BATCHES = 100
KEPT_SIGHTINGS = 200

Pair = tuple[str, str]


@dataclass
class Claim:
    """What the claimed dirty rows ask for."""

    touched: dict[Pair, set[str]] = field(default_factory=lambda: defaultdict(set))
    moved: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    sources: dict[UUID, datetime] = field(default_factory=dict)
    counts: dict[UUID, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sightings: list[tuple[Any, ...]] = field(default_factory=list)


def claim_marked() -> Claim | None:
    """Take up to BATCHES dirty rows; None when there are none."""
    rows = one_statement(
        "delete from usage_dirty where id in (select id from usage_dirty order by id limit %s for update skip locked)"
        " returning id, source_id, received_at, touched::text, moved, groups, counts::text, sample::text",
        (BATCHES,),
    )
    if not rows:
        return None
    claim = Claim()
    for row in sorted(rows, key=lambda row: row["id"]):
        for who, grp, name in zip(*_read(row["touched"]), strict=True):
            claim.touched[who, grp].add(name)
        claim.moved.update(row["moved"] or ())
        claim.groups.update(row["groups"] or ())
        source = row["source_id"]
        if source is not None:
            claim.counts[source].update(dict(_read(row["counts"])))
            claim.sources[source] = max(row["received_at"], claim.sources.get(source, row["received_at"]))
            claim.sightings += [_sighting(source, row["received_at"], seen) for seen in _read(row["sample"])]
    return claim


def _read(document: str | None) -> Any:
    return json.loads(document) if document else ()


def _sighting(source: UUID, received_at: datetime, seen: dict[str, Any]) -> tuple[Any, ...]:
    outcome = (source, received_at, seen["o"], seen.get("r", ""))
    return (*outcome, *(seen.get(key, "") for key in ("t", "n", "w", "g", "m")), seen.get("a"), seen["e"])


def count_sources(claim: Claim) -> None:
    """Move the counters of the sources and keep what their debuggers show."""
    if not claim.sources:
        return
    before = one_statement("select 1 as one from usage_source_count where what = 'stored' and n > 0 limit 1")
    pipelined(
        [
            Statement(
                "insert into usage_source_count as kept (source_id, what, n, last_at) values (%s, %s, %s, %s)"
                " on conflict (source_id, what) do update set n = kept.n + excluded.n,"
                " last_at = greatest(kept.last_at, excluded.last_at)",
                [
                    (source, what, n, claim.sources[source])
                    for source, counts in claim.counts.items()
                    for what, n in counts.items()
                    if n
                ],
                many=True,
            ),
            Statement(
                "insert into usage_sighting (source_id, received_at, outcome, reason, type, name, who, group_id,"
                " message_id, at, excerpt) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                claim.sightings[-KEPT_SIGHTINGS:],
                many=True,
            ),
            Statement(
                "delete from usage_sighting s using (select source_id, outcome, id, row_number() over"
                " (partition by source_id, outcome order by id desc) as place from usage_sighting"
                " where source_id = any(%s)) old where s.id = old.id and old.place > %s",
                (list(claim.sources), KEPT_SIGHTINGS),
            ),
        ]
    )
    if not before and any(counts["stored"] for counts in claim.counts.values()):
        # "No source delivers" was the reason why metrics were unknown, for every account.
        ledger.touch(
            [ledger.stream_of(row["account_id"]) for row in one_statement("select account_id from usage_watch")]
        )
    notify(LIVE, " ".join(f"source:{source}" for source in claim.sources))
