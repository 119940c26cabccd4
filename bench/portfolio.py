"""P6: the portfolio at 100,000 journeys and 3.5 million tasks, against the floor of a page, and against 1,000 journeys.

    python bench/portfolio.py [--small 1000] [--large 100000] [--rounds 60]

Seeds an installation of its own by SQL, builds the read model with the product's own rebuild, and asks for pages as a
signed-in member through the whole Django stack (no socket). The floor is the same stack with the same layout and an
empty page. Every variant is asked in turn, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT))

OWNERS = 40
STAGES = ["Pre-onboarding", "Kickoff", "Implementation", "Training", "First value", "Adoption", "Handover"]
TASKS = 35
MEMBER = UUID("00000001-0000-7000-8000-000000000001")
PLAYBOOK = (ROOT / "bench" / "portfolio.yaml").read_text()


@contextmanager
def installation() -> Iterator[Any]:
    """A PostgreSQL of its own (fsync off: only reading is measured), and Django set up on it; the server."""
    from onward.foundation.postgres.server import EmbeddedServer

    folder = Path(tempfile.mkdtemp(prefix="onward-bench-"))
    folder.chmod(0o711)
    server = EmbeddedServer(folder / "postgres", durable=False)
    server.start()
    try:
        os.environ["DJANGO_SETTINGS_MODULE"] = "onward.config.settings"
        os.environ["ONWARD_DATA"] = str(folder / "data")
        os.environ["DATABASE_URL"] = server.url("onward")
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.ROOT_URLCONF = "bench.portfolio_urls"
        call_command("migrate", verbosity=0)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def use(name: str) -> None:
    """Point Django at that database of the server."""
    from django.db import connection

    if connection.settings_dict["NAME"] != name:
        connection.close()
        connection.settings_dict["NAME"] = name


def second_database(server: Any, name: str) -> None:
    """Another migrated database beside the first."""
    import psycopg
    from django.core.management import call_command

    from onward.foundation.postgres.server import SUPERUSER

    with psycopg.connect(server.url("postgres", role=SUPERUSER), autocommit=True) as connection:
        connection.execute(f"create database {name} owner onward")
    use(name)
    call_command("migrate", verbosity=0)


def seed(server: Any, database: str, journeys: int) -> None:
    """That many journeys, one an account, half of them past their first value, a third late."""
    import psycopg

    from onward.foundation.postgres.server import SUPERUSER
    from onward.kernel.actor import SYSTEM
    from onward.playbooks.actions import publish

    use(database)
    version = publish(actor=SYSTEM, text=PLAYBOOK, file="bench.yaml").version_id
    # As a replica: seven million foreign keys of rows that are right by construction need no look-up each.
    with psycopg.connect(server.url(database, role=SUPERUSER)) as connection, connection.cursor() as run:
        run.execute("set session_replication_role = replica")
        run.execute("select setseed(0.42)")
        _people_and_accounts(run, journeys)
        _journeys(run, journeys, version)
    _analyze()


ID = "(lpad(to_hex({kind}), 8, '0') || '-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def _id(kind: int, number: str) -> str:
    return ID.format(kind=kind, number=number)


def _people_and_accounts(run: Any, journeys: int) -> None:
    run.execute(
        f"""insert into identity_user (id, password, name, mail, role, team, region, is_active, is_demo, created_at)
            select {_id(1, "i")}, '!', 'Owner ' || i, 'owner' || i || '@example.com', 'member', '', '', true, false,
                   now() from generate_series(1, {OWNERS}) i"""
    )
    run.execute(
        f"""insert into accounts_account (id, name, segment, segment_from, arr, arr_is_given, currency,
                complexity_factor, factor_is_given, industry, region, country, language, zone, owner_id, state, fields,
                is_demo, version, created_at, updated_at)
            select {_id(2, "i")}, initcap(substr(md5(i::text), 1, 6)) || ' ' ||
                   (array['Freight','Clinics','Schools','Dental','Robotics','Foods'])[1 + mod(i, 6)],
                   (array['self_serve','mid_market','enterprise','strategic'])[1 + mod(i, 4)], 'rule',
                   (random() * 150000)::int, false, 'USD', 1, false, '', '', '', '', '',
                   {_id(1, f"1 + mod(i, {OWNERS})")}, 'onboarding', '{{}}', false, 1, now(), now()
            from generate_series(1, {journeys}) i"""
    )


def _journeys(run: Any, journeys: int, version: object) -> None:
    run.execute(
        f"""insert into journeys_journey (id, account_id, version_id, playbook, title, state, owner_id, signed_at,
                started_at, paused_days, ended_at, end_reason, roles, groups, answers, picks, checklist, pace,
                pace_reason, active_at, edition, is_demo)
            select {_id(3, "i")}, {_id(2, "i")}, %s, 'bench', 'Onboarding ' || i,
                   case when mod(i, 5) = 0 then 'completed' else 'open' end, {_id(1, f"1 + mod(i, {OWNERS})")},
                   now() - (mod(i, 90)) * interval '1 day', now() - (mod(i, 90)) * interval '1 day', 0,
                   case when mod(i, 5) = 0 then now() - interval '1 day' end, '', '{{}}', '{{}}', '{{}}', '{{}}', '[]',
                   (array['on_track','on_track','on_track','behind','stalled'])[1 + mod(i / 5, 5)],
                   'CRM is 6 days late.', now(), 1, false
            from generate_series(1, {journeys}) i""",
        [version],
    )
    run.execute(
        f"""insert into journeys_stagerun (id, journey_id, account_id, key, title, rank, owner_role, entered_at,
                closed_at, how, due_at, due_on, due_why, promise, checks, expects)
            select {_id(4, "i * 8 + s")}, {_id(3, "i")}, {_id(2, "i")}, 'stage_' || s,
                   (%s::text[])[s], s, 'csm', case when s <= 1 + mod(i, 7) then now() end,
                   case when s < 1 + mod(i, 7) then now() end, 'proven',
                   now() + (s * 7 - mod(i, 60)) * interval '1 day',
                   current_date + (s * 7 - mod(i, 60)), '', false,
                   '[{{"id": "a", "state": "met"}}, {{"id": "b", "state": "not_met"}}]', '[]'
            from generate_series(1, {journeys}) i, generate_series(1, 7) s""",
        [STAGES],
    )
    run.execute(
        f"""insert into journeys_taskrun (id, journey_id, account_id, key, cycle, stage, rank, title, kind, side, role,
                shared, required, person, state, waits_for, due_at, due_on, due_why, due_by_hand, promise, opened_at,
                done_at, done_by, how, for_them, note, reported, steps, attended, edition)
            select {_id(5, "i::bigint * 64 + t")}, {_id(3, "i")}, {_id(2, "i")}, 'task_' || t, 1, 'stage_' || 1 + t / 5,
                   t, 'Connect part ' || t || ' of the CRM', 'task', (array['ours','theirs'])[1 + mod(t, 2)], 'csm',
                   true, true, '', case when t / 5 < mod(i, 7) then 'done' when t / 5 = mod(i, 7) then 'open'
                                        else 'waiting' end,
                   '{{}}', now() + (t - mod(i, 60)) * interval '1 day',
                   current_date + (t - mod(i, 60)), '', false, false,
                   now() - interval '3 days',
                   case when t / 5 < mod(i, 7) then now() end, '', '', false, '', '{{}}', '{{}}', '{{}}', 1
            from generate_series(1, {journeys}) i, generate_series(0, {TASKS - 1}) t"""
    )
    run.execute(
        f"""insert into journeys_milestonerun (id, journey_id, account_id, key, title, rank, owner_role, first_value,
                due_at, due_on, due_why, promise, met_at, how, met_by, verdict)
            select {_id(6, "i * 4 + m")}, {_id(3, "i")}, {_id(2, "i")}, 'milestone_' || m,
                   (array['Live','First value','Completed'])[m], m, 'csm', m = 2,
                   now() + (m * 15 - mod(i, 90)) * interval '1 day', current_date + (m * 15 - mod(i, 90)), '', false,
                   case when m <= mod(i, 4) then now() - interval '1 day' end, '', '', '{{}}'
            from generate_series(1, {journeys}) i, generate_series(1, 3) m"""
    )


def _analyze() -> None:
    from django.db import connection

    with connection.cursor() as run:
        run.execute("vacuum analyze")


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def filled(server: Any, database: str, journeys: int) -> tuple[float, float]:
    """Seed and build the read model; seconds of both."""
    from onward.insights.actions import rebuild
    from onward.kernel.actor import SYSTEM

    begun = time.perf_counter()
    seed(server, database, journeys)
    seeded = time.perf_counter()
    rebuild(actor=SYSTEM)
    built = time.perf_counter()
    _analyze()
    return seeded - begun, built - seeded


class Visitor:
    """A signed-in member on one of the databases."""

    def __init__(self, database: str) -> None:
        from django.test import Client

        from onward.identity.queries import signed_in_user

        self.database = database
        use(database)
        user = signed_in_user(MEMBER)
        assert user is not None
        self.client = Client()
        self.client.force_login(user)

    def get(self, path: str) -> Any:
        """Ask for a page; it has to be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    def queries(self, path: str) -> int:
        """How many statements a page takes."""
        from django.db import connection

        seen: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            seen.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            self.get(path)
        return len(seen)

    def page_1000(self) -> str:
        """The address of the thousandth page (or the last), found by following the pages before it."""
        from onward.insights.queries import portfolio
        from onward.kernel.actor import SYSTEM

        after = ""
        for _ in range(999):
            found = portfolio(SYSTEM, cursor=after)
            if not found.next:
                break
            after = found.next
        return f"/journeys?after={after}"


def combinations(rare: str) -> dict[str, str]:
    """Twelve ways to filter, sort and search."""
    from onward.kernel.ids import format_id

    owner = format_id("usr", MEMBER)
    return {
        "mine": f"/journeys?by={owner}",
        "strategic": "/journeys?in=strategic",
        "stalled": "/journeys?pace=stalled",
        "in training": "/journeys?stage=stage_4",
        "waiting on them, longest": "/journeys?waiting=theirs&sort=waiting",
        "first value late": "/journeys?value=late",
        "first value this week": "/journeys?value=this_week",
        "by account": "/journeys?sort=account",
        "largest first": "/journeys?sort=arr",
        "mid-market, behind, by due": "/journeys?in=mid_market&pace=behind&sort=due",
        "words: freight": "/journeys?q=frei",
        "words: one account": f"/journeys?q={rare}",
    }


def main() -> int:
    """Seed, measure, judge; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    with installation() as server:
        for name, journeys in (("onward", asked.large), ("onward_small", asked.small)):
            if name != "onward":
                second_database(server, name)
            seeded, built = filled(server, name, journeys)
            rate = f"{built / journeys * 1e6:.0f} us a journey"
            print(f"{journeys:,} journeys, {journeys * TASKS:,} tasks: seeded in {seeded:.0f} s, read model {rate}")
        return judged(measured(asked.rounds))


@dataclass
class Times:
    """Of one variant: wall milliseconds of each request, and CPU seconds of all (this process and PostgreSQL's)."""

    wall: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def cpu_ms(self) -> float:
        return self.cpu * 1000 / max(len(self.wall), 1)


def backend_seconds() -> float:
    """CPU seconds that the connection's server process has used; the kernel counts in hundredths."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def measured(rounds: int) -> dict[str, Times]:
    """The floor, the page on both databases, and the combinations on the large one, asked in turn."""
    small, large = Visitor("onward_small"), Visitor("onward")
    use("onward")
    paths = {"page": "/journeys", "page 1000": large.page_1000(), **combinations("Onboarding%2077")}
    print(f"statements: floor {large.queries('/floor')}, page {large.queries('/journeys')}")
    out = {name: Times() for name in ("floor", "small page", *paths)}

    def ask(name: str, visitor: Visitor, path: str) -> None:
        cpu, begun = time.process_time() + backend_seconds(), time.perf_counter()
        visitor.get(path)
        out[name].wall.append((time.perf_counter() - begun) * 1000)
        out[name].cpu += time.process_time() + backend_seconds() - cpu

    for turn in range(rounds + 3):
        use("onward_small")
        small.get("/floor")
        ask("small page", small, "/journeys")
        use("onward")
        large.get("/floor")
        ask("floor", large, "/floor")
        for name, path in paths.items():
            ask(name, large, path)
        if turn == 2:
            for times in out.values():
                times.wall.clear()
                times.cpu = 0.0
    return out


def judged(times: dict[str, Times]) -> int:
    """Print every figure and whether it holds; 1 when one does not. On a busy machine trust CPU rather than p95."""
    p95 = {name: percentile(one.wall, 0.95) for name, one in times.items()}
    print(f"{'':<28} {'best':>7} {'p50':>7} {'p95':>7} {'CPU':>7}  ms")
    for name, one in times.items():
        print(f"{name:<28} {min(one.wall):7.1f} {percentile(one.wall, 0.5):7.1f} {p95[name]:7.1f} {one.cpu_ms:7.1f}")
    bounds = [("page / floor", "page", "floor", 5.0), ("page at 100,000 / at 1,000", "page", "small page", 1.25)]
    others = [name for name in times if name not in {"floor", "page", "small page"}]
    bounds += [(f"{name} / page", name, "page", 1.5) for name in others]
    failed = 0
    for words, left, right, bound in bounds:
        ratio, cpu = p95[left] / p95[right], times[left].cpu_ms / max(times[right].cpu_ms, 0.001)
        failed += ratio > bound
        print(f"{'PASS' if ratio <= bound else 'FAIL'}  {words}: p95 {ratio:.2f}, CPU {cpu:.2f} (at most {bound})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
