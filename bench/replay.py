"""P3: deliveries that come again, whole or in part, cost no more than the first and change nothing.

    python bench/replay.py [--batches 100] [--rounds 3]

CPU of server and PostgreSQL an event, first delivery and replay in turn on the same bodies, the least of the rounds.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.load import Events, Meter, Server, fresh, installation, source, verdict

TABLES = ["usage_event", "usage_key", "usage_daily", "usage_person"]


def main() -> int:
    """Measure, print, and say by the exit code whether all bounds held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with installation() as postgres:
        return 0 if measure(given.batches, given.rounds, postgres.pid) else 1


def measure(batches: int, rounds: int, postgres: int) -> bool:
    from onward.usage import actions

    key, events, dice = source(), Events(), random.Random(3)
    bodies = [events.batch() for _ in range(batches)]
    server = Server("onward.config.wsgi:app")
    meter = Meter(server.process.pid, postgres)
    best: dict[str, float] = {}

    def least(name: str, sent: list[bytes]) -> None:
        cpu = meter.read()
        server.send(sent, "/v1/batch", key, 8)
        best[name] = min(best.get(name, 1e9), (meter.read() - cpu) / (len(sent) * 100) * 1e6)

    same = True
    try:
        server.send([events.batch(1)] * 16, "/v1/batch", key, 8)
        for _ in range(rounds):
            fresh()
            least("first", bodies)
            actions.derive_all()
            before = checksums()
            least("replay", bodies)
            actions.derive_all()
            same = same and checksums() == before
            for share in (1, 50):
                mixed = mix(bodies, events, dice, share)
                least(f"{share} % known", mixed)
    finally:
        server.stop()
    print(f"P3 replay: {batches} batches of 100 events, least of {rounds} rounds; CPU us an event: {shown(best)}")
    held = [verdict(f"{name} over the first delivery", best[name] / best["first"], 1.0) for name in ("replay",)]
    held += [verdict("50 % known over the first delivery", best["50 % known"] / best["first"], 1.0)]
    held += [verdict("1 % known over the first delivery", best["1 % known"] / best["first"], 1.05)]
    print(f"  state after the replay identical: {'PASS' if same else 'FAIL'}")
    return all(held) and same


def mix(bodies: list[bytes], events: Events, dice: random.Random, share: int) -> list[bytes]:
    """New batches of which `share` percent of the events are known."""
    known = [event for body in bodies for event in json.loads(body)["batch"]]
    made = []
    for body in bodies:
        batch = [dice.choice(known) if dice.random() * 100 < share else events.one() for _ in range(100)]
        made.append(json.dumps({**json.loads(body), "batch": batch}, separators=(",", ":")).encode())
    return made


def checksums() -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(f"select count(*), sum(hashtextextended(t::text, 0)) from {table} t")
            found.append(cursor.fetchone())
        return found


def shown(best: dict[str, float]) -> str:
    return ", ".join(f"{name} {cpu:.1f}" for name, cpu in best.items())


if __name__ == "__main__":
    sys.exit(main())
