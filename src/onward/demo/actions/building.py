"""Build the demo. A day is a transaction; nobody can enter it before its admin is one, which is the last thing done.

Meanwhile this session holds the clock and the deriver: the worker would judge the past by the present's date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from onward.accounts import actions as accounts
from onward.accounts import queries as account_queries
from onward.demo.actions.cast import (
    BROWSER,
    COMPANIES,
    ORGANIZATION,
    PRODUCT,
    PRODUCTS,
    SERVER,
    SHARES,
    STAFF,
    ZONE,
    Company,
)
from onward.demo.actions.days import Days
from onward.demo.actions.life import Life
from onward.demo.actions.removing import remove
from onward.demo.actions.stories import STORIES, talks
from onward.demo.actions.talking import conversations
from onward.demo.actions.visiting import visits
from onward.foundation import clock, pretending
from onward.foundation.environment import flag
from onward.foundation.postgres import one_statement
from onward.identity import actions as identity
from onward.identity import queries as identity_queries
from onward.identity.actions.preferences import offer_times
from onward.identity.decisions import require
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import conflict
from onward.playbooks import actions as playbooks
from onward.usage import actions as usage
from onward.usage.actions.deriving import DERIVING

TIMES = {"Tomás Oliveira": "https://times.northwind.example.com/tomas"}
SEED = 20_260_313
BEFORE = timedelta(days=45)


@dataclass(frozen=True)
class Built:
    """What the demo came to. `dropped` stories could not go on because a playbook is not the shipped one."""

    accounts: int
    days: int
    events: int
    dropped: int


def build(*, actor: Actor, force: bool = False, progress: Callable[[int, int], None] | None = None) -> Built:
    """Build it, dated back from now; `progress` is told (days lived, days in all).

    Refusal "conflict" where a demo is or is being built, and, unless `force`, where real accounts are or the database
    is one that the organization runs itself.
    """
    require(actor, "open", "installation")
    with pretending.alone() as mine:
        if not mine:
            raise conflict("The demo is being built already.", mend="Wait until it is there.")
        check(force=force)
        if identity_queries.demo_exists():
            # Somebody ended the process that was building it.
            remove(actor=actor)
        one_statement("select pg_advisory_lock(%s)", (DERIVING,))
        try:
            return _built(actor, progress or (lambda done, total: None))
        finally:
            one_statement("select pg_advisory_unlock(%s)", (DERIVING,))


def check(*, force: bool) -> None:
    """Refuse where `build` would."""
    if identity_queries.demo_is_whole():
        raise conflict("The demo is here already.", mend="Remove it first: onward demo remove")
    if force:
        return
    if not flag("ONWARD_EMBEDDED"):
        raise conflict(
            "The demo is not built in a database of your own (DATABASE_URL is set).",
            mend="Start Onward without DATABASE_URL, or add --force.",
        )
    if account_queries.real_accounts_exist():
        raise conflict("Real accounts are here; the demo would stand among them.", mend="Add --force if you want that.")


def _built(actor: Actor, progress: Callable[[int, int], None]) -> Built:
    until = clock.now()
    random = Random(SEED)
    since = until - BEFORE - timedelta(days=_longest())
    with clock.pretend(since):
        identity.open_demo(actor=actor, name=ORGANIZATION, zone=ZONE, product_url=PRODUCT)
        staff = {key: _hire(actor, *told) for key, told in STAFF.items()}
        for name, (series, price) in PRODUCTS.items():
            accounts.put_product(actor=actor, name=name, series=series, price=price, is_demo=True)
        playbooks.publish_shipped()
        server = usage.create_source(actor=SYSTEM, name=SERVER, is_demo=True)
        browser = usage.create_source(actor=SYSTEM, name=BROWSER, kind="browser", is_demo=True)
    lives = [Life(company, staff, Random(random.random()), _signed(company, until)) for company in COMPANIES]
    days = Days(lives, server=server.source_id, browser=browser.source_id, until=until)
    for life in lives:
        days.add(STORIES[life.company.story](life, **life.company.told), since=since, life=life)
        if life.company.story in {"seven", "sixty"}:
            days.add(talks(life), since=since, life=life)
            days.add(conversations(life), since=since, life=life)
            days.add(visits(life), since=since, life=life)

    def say(done: int, total: int) -> None:
        pretending.tell(f"{done}/{total}")
        progress(done, total)

    days.live(since, say)
    identity.change_role(actor=actor, user_id=parse_id("usr", staff["mara"].id), role="admin")
    return Built(len(lives), (until - since).days, days.events, days.dropped)


def _hire(actor: Actor, name: str, role: str, team: str, region: str) -> Actor:
    mail = f"{name.split()[0].lower().replace('á', 'a')}@northwind.example.com"
    user_id = identity.add_user(actor=actor, name=name, role=role, mail=mail, team=team, region=region, is_demo=True)
    made = Actor("staff", format_id("usr", user_id), name, role=role)
    if name in TIMES:
        offer_times(actor=made, url=TIMES[name])
    if name in SHARES:
        identity.give_share(actor=SYSTEM, user_id=user_id, share=SHARES[name])
    return made


def _signed(company: Company, until: datetime) -> datetime:
    """The signature: that many days ago, on a working day; for a prospect, when sales began to talk."""
    days = 24 if company.days is None else company.days
    on = until.date() - timedelta(days=days)
    on -= timedelta(days=max(0, on.weekday() - 4))
    return min(datetime.combine(on, time(9, 20), UTC), until - timedelta(hours=2))


def _longest() -> int:
    return max(company.days or 0 for company in COMPANIES)
