"""P1: batches of 100 Segment events into a durable, deduplicated, rolled-up state, against COPY and HTTP doing nothing.

    python bench/ingest.py [--batches 200] [--rounds 3]

Eight keep-alive connections; the whole product answers (key, validation, identity, dedup, rollup, dirty row, one
commit, then 200). The limit is COPY of the same rows in one commit + the same server doing nothing. CPU of server and
PostgreSQL, all variants in turn, the least of the rounds. The deriver's cost is counted apart.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.load import Events, Meter, Server, fresh, installation, source, verdict

COPIED = """
create table bench_event (message_id uuid primary key, account text not null, person text not null, name text not null,
  at timestamptz not null, properties jsonb not null)
"""


def main() -> int:
    """Measure, print, and say by the exit code whether all bounds held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with installation() as postgres:
        return 0 if measure(given.batches, given.rounds, postgres.pid) else 1


def measure(batches: int, rounds: int, postgres: int) -> bool:
    from django.db import connection

    from onward.usage import actions

    key, events = source(), Events()
    bodies = [events.batch() for _ in range(batches)]
    total = batches * 100
    decoded = rows(bodies)
    with connection.cursor() as cursor:
        cursor.execute(COPIED)
    floor, product = Server("bench.load:do_nothing"), Server("onward.config.wsgi:app")
    bulk = Server("bench.bulk_app:app")
    best: dict[str, float] = {}
    tails: list[tuple[float, float]] = []
    rate = 0.0

    def least(name: str, meter: Meter, work: Callable[[], Any], per: int) -> float:
        cpu, begun = meter.read(), time.perf_counter()
        work()
        took = time.perf_counter() - begun
        best[name] = min(best.get(name, 1e9), (meter.read() - cpu) / per * 1e6)
        return took

    try:
        product.send([events.batch(1)] * 16, "/v1/batch", key, 8)
        for _ in range(rounds):
            least("nothing", Meter(floor.process.pid), lambda: floor.send(bodies * 4, "/v1/batch", key, 8), total * 4)
            fresh()
            least("copy", Meter(postgres, own=True), lambda: copy(decoded), total)
            empty("bench_event")
            meter = Meter(bulk.process.pid, postgres)
            least("bulk", meter, lambda: bulk.send(bodies, "/v1/batch", key, 8), total)
            meter = Meter(product.process.pid, postgres)
            took = least("product", meter, lambda: tails.append(tail(product.send(bodies, "/v1/batch", key, 8))), total)
            rate = max(rate, total / took)
            assert stored() == total
            people = len({event["userId"] for body in bodies for event in json.loads(body)["batch"]})
            least("deriver", Meter(postgres, own=True), actions.derive_all, people)
    finally:
        floor.stop()
        product.stop()
        bulk.stop()
    limit = best["copy"] + best["nothing"]
    print(f"P1 ingest: {batches} batches of 100 events, {len(bodies[0]) / 1024:.0f} KiB each, least of {rounds} rounds")
    print(f"  CPU us an event: COPY {best['copy']:.1f} + HTTP doing nothing {best['nothing']:.1f} = limit {limit:.1f};")
    print(f"  product {best['product']:.1f}; a Django view with bulk_create, no rollup {best['bulk']:.1f};")
    print(f"  deriver, apart: {best['deriver']:.1f} a distinct person")
    held = [
        verdict("CPU over the limit", best["product"] / limit, 4),
        verdict("CPU of bulk_create over ours", best["bulk"] / best["product"], 2.5, at_least=True),
        verdict("events a second, wall, load generator on the same cores", rate, 20_000, at_least=True, unit="/s"),
        verdict("p99 of a batch", min(p99 for _, p99 in tails) * 1e3, 100, unit="ms"),
    ]
    return all(held)


def rows(bodies: list[bytes]) -> list[tuple[str, ...]]:
    return [
        (e["messageId"], e["context"]["groupId"], e["userId"], e["event"], e["timestamp"], json.dumps(e["properties"]))
        for body in bodies
        for e in json.loads(body)["batch"]
    ]


def copy(decoded: list[tuple[str, ...]]) -> None:
    """The raw limit: all rows in one commit, without reading them out of JSON."""
    from django.db import connection

    lines = "".join("\t".join(row) + "\n" for row in decoded)
    empty("bench_event")
    with connection.cursor() as cursor, cursor.copy("copy bench_event from stdin") as out:  # type: ignore[attr-defined]
        out.write(lines)


def empty(table: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"truncate {table}")


def stored() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from usage_event where message_id <> ''")
        return int(cursor.fetchone()[0])


def tail(latencies: list[float]) -> tuple[float, float]:
    """p50 and p99."""
    return latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99) - 1]


if __name__ == "__main__":
    sys.exit(main())
