"""Globex, full of canaries, with one of each thing that an address may name, and every address that Django answers."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from onward.accounts import actions as accounts
from onward.accounts.actions.imports import begin_import
from onward.conversation import actions as conversation
from onward.foundation.clock import now
from onward.identity import actions as identity
from onward.identity.models import ApiKey, ContactSession, Factor, Session
from onward.insights import actions as insights
from onward.journeys import actions as journeys
from onward.journeys import queries as journey_queries
from onward.journeys.decisions.success import Wanted
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.usage.actions import create_source
from tests.world import SIGNED, Cast, cast, contact

CANARY = "canaryglobex"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# What a stranger may open: ways to become somebody, and what says nothing of anybody.
OPEN = {
    "/sign-in",
    "/portal/sign-in",
    "/portal/sign-out",
    "/portal/accent.css",
    "/portal/logo",
    "/api/v1/openapi.json",
    "/api/v1/docs",
}
# Bookkeeping of being tried at all: sessions, counts of attempts, cursors.
NOT_COMPARED = {"identity_session", "throttle", "ledger_stream", "identity_contactsession", "django_migrations"}
# Where a change is the person's own: name and password, the browsers that they are in, whether single keys act.
OWN = frozenset({"/me", "/me/sessions/revocation", "/me/preferences", "/journeys/views"})
BODY = {
    "name": "Intruder", "mail": "nobody@nowhere.example", "role": "admin", "reason": "because I can",
    "text": "intruding",
    "title": "Intruder", "password": "a quiet orchard, late", "step": "mail", "code": "123456", "signed": "2026-03-01",
    "choice": "setup", "admin_name": "Intruder", "admin_mail": "nobody@nowhere.example", "zone": "UTC",
    "scopes": "write", "kind": "server", "roles": "champion", "outcome": "intruding", "due_on": "2026-04-01",
    "use_self_serve": "1", "self_serve": "", "working_week": "sun", "values": "{}", "done": "1", "state": "done",
    "date": "2026-04-01", "due": "2026-04-01", "check": "x", "milestone": "first_value", "measure": "reports",
    "scope": "account", "amount": "1", "currency": "USD", "segment": "strategic", "playbook": "small",
    "hours": "1h", "share": "10", "minutes": "5",
    "channel": "shared", "url": "https://intruder.example/", "question": "1",
    "number": "1", "answer": "agreed", "goes_by": "complexity",
}  # fmt: skip


@dataclass
class Guarded:
    """Globex's things by the word that stands before their id in an address."""

    world: Cast
    ids: dict[str, str]
    strangers_links: dict[str, str]
    contact_id: UUID
    journey_id: UUID
    cookies: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    route: str
    path: str
    method: str

    @property
    def is_open(self) -> bool:
        return self.path in OPEN


@pytest.fixture
def guarded(db: None) -> Guarded:
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    world = cast()
    accounts.change_account(
        actor=world.mara, account_id=world.globex, name=f"Globex {CANARY}", external_id=f"{CANARY}-1",
        industry=CANARY, fields={"note": CANARY}, arr="12000",
    )  # fmt: skip
    contact_id, dora = contact(world.globex, f"Dora-{CANARY}", "champion", "admin")
    deal = accounts.open_deal(actor=world.mara, account_id=world.globex, name=f"Deal {CANARY}", stage=CANARY)
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    own = accounts.open_deal(actor=world.mara, account_id=world.acme, name="First year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=own, signed_at=SIGNED)
    (line,) = journey_queries.journeys_of(world.mara, world.globex)
    goal = journeys.write_objective(
        actor=world.mara, journey_id=line.id, outcome=f"Goal {CANARY}", due_on=date(2026, 4, 1),
        owner_contact_id=contact_id,
    )  # fmt: skip
    view = journey_queries.journey_view(world.mara, line.id)
    planned = Wanted("", f"Plan {CANARY}", date(2026, 4, 1), f"contact:{dora.id}", f"user:{world.mara.id}", CANARY)
    journeys.propose_plan(actor=world.mara, journey_id=line.id, objectives=[planned])
    _talked(world, line.id)
    comment = conversation.write_comment(
        actor=world.mara, journey_id=line.id, channel="internal", text=f"Note {CANARY}"
    )
    file = conversation.add_file(
        actor=world.mara, journey_id=line.id, channel="internal", name="plan.txt", content=CANARY.encode()
    )
    import_id = begin_import(
        actor=world.mara, kind="accounts", file_name=f"{CANARY}.csv", content=f"name\n{CANARY}\n".encode()
    )
    source = create_source(actor=SYSTEM, name=f"Source {CANARY}")
    hours = journeys.log_hours(actor=world.mara, task_id=view.tasks[0].id, minutes=45, note=CANARY)
    made = Guarded(world, {}, {}, contact_id, line.id)
    made.ids = {
        "accounts": format_id("acc", world.globex),
        "contacts": format_id("con", contact_id),
        "colleagues": format_id("con", contact_id),
        "deals": format_id("deal", deal),
        "journeys": line.ref,
        "preview": line.ref,
        "tasks": view.tasks[0].ref,
        "stages": view.stages[0].ref,
        "objectives": format_id("obj", goal),
        "comments": format_id("cmt", comment),
        "files": format_id("fil", file),
        "hours": format_id("hrs", hours),
        format_id("fil", file): "plan.txt",
        "milestones": view.milestones[0].ref,
        "check-ins": "chk_01h00000000000000000000000",
        "presence": line.ref,
        "log": "log_01h00000000000000000000000",
        "steps": "1",
        "imports": format_id("imp", import_id),
        "sources": format_id("src", source.source_id),
        "team": world.tomas.id,
        "users": world.tomas.id,
        "products": "prd_01h00000000000000000000000",
        "playbooks": "small",
        "versions": format_id("pbv", world.version),
        "space": "a-link-that-was-replaced",
        "outbox": "msg_01h00000000000000000000000",
        "messages": "msg_01h00000000000000000000000",
        "keys": _keys(made),
        "sessions": _session_of(world.admin.id),
        "factors": _factor_of(world.admin.id),
        "views": format_id(
            "viw", insights.save_view(actor=world.mara, name=f"View {CANARY}", query="", is_shared=True)
        ),
        "bulk": _bulk_of(world, line.id),
        "roles": identity.make_role(actor=SYSTEM, title="Sales", rights=["account:read"]),
        "funnel": "signed",
        "success-plan": "1",
        "answers": "kickoff.go_live",
        "rescheduling": "no-move",
        "portal": "nonsense",
        "people": world.tomas.id,
        **_used_links(made),
    }
    _sessions(made, dora.id)
    return made


def _talked(world: Cast, journey_id: UUID) -> None:
    """Something that the contacts of Globex share, and a file."""
    place: dict[str, Any] = {"actor": world.mara, "journey_id": journey_id, "channel": "shared"}
    conversation.write_comment(**place, text=f"Shared {CANARY}")
    conversation.add_link(**place, url=f"https://{CANARY}.example/", title=f"Link {CANARY}")


def _keys(made: Guarded) -> str:
    for name, scopes in (("metrics", ["metrics"]), ("revoked", ["read", "write"]), ("expired", ["read", "write"])):
        key = identity.create_key(actor=SYSTEM, name=name, scopes=scopes, expires=timedelta(days=1))
        made.keys[name] = key.secret
        if name == "revoked":
            identity.revoke_key(actor=SYSTEM, key_id=key.id)
        if name == "expired":
            ApiKey.objects.filter(id=key.id).update(expires_at=now())
    other = identity.create_key(actor=SYSTEM, name=f"Key {CANARY}", scopes=["read"])
    return other.ref


def _bulk_of(world: Cast, journey_id: UUID) -> str:
    """A change that somebody else began and that waits for the worker."""
    given = {"reason": CANARY}
    made = insights.begin_bulk(actor=world.mara, what="pause", given=given, journey_ids=[journey_id], count=1)
    return format_id("blk", made)


def _session_of(user: str) -> str:
    """A browser in which somebody else is signed in."""
    row = Session.objects.create(
        digest="d" * 64, user_id=parse_id("usr", user), data="", created_at=now(), seen_at=now()
    )
    return format_id("ses", row.id)


def _factor_of(user: str) -> str:
    row = Factor.objects.create(user_id=parse_id("usr", user), kind="totp", name="Phone", secret="", created_at=now())
    return format_id("fct", row.id)


def _used_links(made: Guarded) -> dict[str, str]:
    """Links that have been used up or replaced stand for all that are not open."""
    first = identity.first_link(actor=SYSTEM).secret
    identity.first_link(actor=SYSTEM)
    used = identity.invite_user(actor=SYSTEM, mail="tomas@northwind.example").secret
    identity.accept_invite(actor=SYSTEM, secret=used)
    entered = accounts.invite_contact(actor=SYSTEM, contact_id=made.contact_id).secret
    identity.enter_by_link(actor=SYSTEM, secret=entered)
    return {"welcome": first, "invite": used, "enter": entered}


def _sessions(made: Guarded, dora: str) -> None:
    made.cookies["expired"] = enter(parse_id("con", dora))
    ContactSession.objects.filter(contact_id=made.contact_id).update(expires_at=now())
    gone, _ = contact(made.world.globex, "Gone", "sponsor")
    made.cookies["revoked"] = enter(gone)
    accounts.revoke_contact(actor=SYSTEM, contact_id=gone)


def enter(contact_id: UUID) -> str:
    """A fresh session of a contact."""
    link = identity.contact_link(actor=SYSTEM, contact_id=contact_id)
    return identity.enter_by_link(actor=SYSTEM, secret=link.secret).token


def patterns(
    resolver: URLResolver | None = None, prefix: str = "/", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """(name, route) of every address that Django answers."""
    for each in (resolver or get_resolver()).url_patterns:
        route = prefix + str(each.pattern).removeprefix("^").removesuffix("$").replace("\\Z", "")
        if isinstance(each, URLResolver):
            yield from patterns(each, route, names)
        elif isinstance(each, URLPattern):
            yield each.name or route, route


def filled(route: str, ids: dict[str, str]) -> str:
    """The address of Globex's own thing. Fails for an id of a kind that nobody has listed."""
    parts = route.split("/")
    for at, part in enumerate(parts):
        if "<" not in part:
            continue
        before = parts[at - 1]
        assert before in ids, f"{route}: say in the fixture `guarded` what stands after “{before}”"
        parts[at] = re.sub(r"<[^>]+>", ids[before], part)
    return "/".join(parts)


def cells(made: Guarded) -> list[Cell]:
    return [Cell(route, filled(route, made.ids), method) for (_, route), method in product(patterns(), METHODS)]
