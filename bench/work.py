"""My work and the palette at 100,000 accounts, 200,000 contacts and 3.5 million tasks: p95 of a page, of a search.

    python bench/work.py [--journeys 100000] [--rounds 20]

Seeded as bench/portfolio.py does, with people in their roles; asked as a signed-in member through the whole Django
stack (no socket). Every search is a different account's name: as it is, begun, with words swapped, with a slip.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.portfolio import MEMBER, OWNERS, Visitor, _analyze, _id, filled, installation, percentile, use

CONTACTS = f"""
insert into accounts_contact (id, account_id, name, mail, roles, title, language, zone, preferences, is_demo, version,
    created_at, updated_at)
select {_id(8, "i")}, {_id(2, "1 + i / 2")}, initcap(substr(md5('first' || i), 1, 5)) || ' ' ||
    initcap(substr(md5('last' || i), 1, 7)), 'person' || i || '@example.com', '{{}}', '', '', '', '{{}}', false, 1,
    now(), now() from generate_series(0, %s) i
"""
# Many work at few customers' journeys each; the member who is asked holds a fortieth of all.
HELD = """
update journeys_taskrun t set holder = %s from journeys_journey j
where j.id = t.journey_id and j.owner_id = %s and t.side = 'ours' and t.state = 'open'
"""


def people(server: Any, database: str, journeys: int) -> None:
    """Contacts of the accounts, and each task in the hands of its journey's owner."""
    import psycopg

    from onward.foundation.postgres.server import SUPERUSER
    from onward.kernel.ids import format_id

    use(database)
    with psycopg.connect(server.url(database, role=SUPERUSER)) as connection, connection.cursor() as run:
        run.execute("set session_replication_role = replica")
        run.execute(CONTACTS, [2 * journeys - 1])
        run.execute("select id from identity_user limit %s", [OWNERS])
        for (owner,) in run.fetchall():
            run.execute(HELD, [f"user:{format_id('usr', owner)}", owner])
    _analyze()


def slipped(word: str, chance: random.Random) -> str:
    """The word with one slip of the fingers."""
    at = chance.randrange(1, max(len(word) - 2, 2))
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            f"{word[:at]}x{word[at + 1 :]}",
        ]
    )


def typed(names: list[str], chance: random.Random) -> dict[str, list[str]]:
    """What is asked, by kind."""
    return {
        "as it is": names,
        "begun": [name[:4] for name in names],
        "common word": [name.split()[1] for name in names],
        "swapped": [" ".join(reversed(name.split())) for name in names],
        "a slip": [f"{slipped(name.split()[0], chance)} {name.split()[1]}" for name in names],
        "with a task": [f"{name.split()[0]} crm" for name in names],
        "a person": [f"person{chance.randrange(100_000)}" for _ in names],
        "nothing like it": [f"qq{chance.randrange(10**6)}zz" for _ in names],
    }


def timed(visitor: Visitor, paths: list[str]) -> list[float]:
    """Milliseconds of each."""
    took = []
    for path in paths:
        begun = time.perf_counter()
        visitor.get(path)
        took.append((time.perf_counter() - begun) * 1000)
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journeys", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with installation() as server:
        filled(server, "onward", asked.journeys)
        people(server, "onward", asked.journeys)
        from urllib.parse import quote

        from onward.foundation.postgres import tuples

        visitor, chance = Visitor("onward"), random.Random(42)
        names = [
            row[0]
            for row in tuples("select name from accounts_account order by md5(id::text) limit %s", [asked.rounds])
        ]
        every: list[float] = []
        for kind, texts in typed(names, chance).items():
            timed(visitor, [f"/search?q={quote(texts[0])}"] * 3)
            took = timed(visitor, [f"/search?q={quote(text)}" for text in texts])
            every += took
            print(
                f"search, {kind:16} p50 {percentile(took, 0.5):6.1f} ms  p95 {percentile(took, 0.95):6.1f} ms",
                flush=True,
            )
        print(f"search, all              p50 {percentile(every, 0.5):6.1f} ms  p95 {percentile(every, 0.95):6.1f} ms")
        for path in ("/", "/?whose=all", "/journeys"):
            timed(visitor, [path] * 3)
            took = timed(visitor, [path] * asked.rounds)
            print(
                f"{path:24} p50 {percentile(took, 0.5):6.1f} ms  p95 {percentile(took, 0.95):6.1f} ms"
                f"  {visitor.queries(path)} statements",
                flush=True,
            )
        assert MEMBER


if __name__ == "__main__":
    main()
