"""P4: one event a request, answered after its commit, 64 connections.

    python bench/single_events.py [--requests 6000] [--rounds 3]

The floor is the same server doing nothing, and the database alone committing one small row at a time over one
connection. All in turn, the best of the rounds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.load import Events, Meter, Server, fresh, installation, source, verdict

CONNECTIONS = 64


def main() -> int:
    """Measure, print, and say by the exit code whether all bounds held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with installation() as postgres:
        return 0 if measure(given.requests, given.rounds, postgres.pid) else 1


def measure(requests: int, rounds: int, postgres: int) -> bool:
    key, events = source(), Events()
    bodies = [json.dumps(events.one(), separators=(",", ":")).encode() for _ in range(requests)]
    floor, product = Server("bench.load:do_nothing", CONNECTIONS), Server("onward.config.wsgi:app", CONNECTIONS)
    rate, nothing, alone, p99, cpu = 0.0, 0.0, 0.0, 1e9, 1e9
    meter = Meter(product.process.pid, postgres)
    try:
        for _ in range(rounds):
            begun = time.perf_counter()
            floor.send(bodies, "/v1/track", key, CONNECTIONS)
            nothing = max(nothing, requests / (time.perf_counter() - begun))
            alone = max(alone, commits(1000))
            fresh()
            used, begun = meter.read(), time.perf_counter()
            taken = product.send(bodies, "/v1/track", key, CONNECTIONS)
            rate = max(rate, requests / (time.perf_counter() - begun))
            cpu = min(cpu, (meter.read() - used) / requests * 1e6)
            p99 = min(p99, taken[int(len(taken) * 0.99) - 1])
    finally:
        floor.stop()
        product.stop()
    print(f"P4 single events: {requests} requests, {CONNECTIONS} connections, best of {rounds} rounds")
    print(f"  doing nothing {nothing:,.0f}/s; database alone, a commit each, one connection {alone:,.0f}/s")
    print(f"  CPU us a request: {cpu:.0f}")
    held = [
        verdict("requests a second", rate, 2000, at_least=True, unit="/s"),
        verdict("p99", p99 * 1e3, 50, unit="ms"),
    ]
    return all(held)


def commits(number: int) -> float:
    """Durable commits a second of one row, one after another."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("create table if not exists bench_commit (n int)")
        begun = time.perf_counter()
        for n in range(number):
            cursor.execute("insert into bench_commit values (%s)", [n])
        return number / (time.perf_counter() - begun)


if __name__ == "__main__":
    sys.exit(main())
