"""Every address × method × identity: nobody sees or changes what is not theirs.

The cells are generated from the URL list. A new address is tried without being named here; one with an id of a kind
that RESOURCES does not know fails the suite until somebody says whose it is. Globex is full of canaries; the intruders
are strangers, people whose access has ended, a contact of another account, and colleagues without the right.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from onward.accounts import actions as accounts
from onward.accounts.actions.imports import begin_import
from onward.config import doors, operations
from onward.conversation import actions as conversation
from onward.foundation.clock import now
from onward.identity import actions as identity
from onward.identity.models import ApiKey, ContactSession, Factor, Session, User
from onward.insights import actions as insights
from onward.journeys import actions as journeys
from onward.journeys import queries as journey_queries
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
    "channel": "shared", "url": "https://intruder.example/", "question": "1",
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
    made = Guarded(world, {}, {}, contact_id, line.id)
    made.ids = {
        "accounts": format_id("acc", world.globex),
        "contacts": format_id("con", contact_id),
        "deals": format_id("deal", deal),
        "journeys": line.ref,
        "preview": line.ref,
        "tasks": view.tasks[0].ref,
        "stages": view.stages[0].ref,
        "objectives": format_id("obj", goal),
        "comments": format_id("cmt", comment),
        "files": format_id("fil", file),
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
        assert before in ids, f"{route}: say in RESOURCES (fixture `guarded`) what stands after “{before}”"
        parts[at] = re.sub(r"<[^>]+>", ids[before], part)
    return "/".join(parts)


def cells(made: Guarded) -> list[Cell]:
    return [Cell(route, filled(route, made.ids), method) for (_, route), method in product(patterns(), METHODS)]


def fingerprint() -> dict[str, tuple[int, int]]:
    """Count and checksum of every table that holds something of somebody."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [name for (name,) in cursor.fetchall() if name not in NOT_COMPARED and not name.startswith("auth_")]
        union = " union all ".join(
            f"""select '{name}', count(*), coalesce(sum(hashtext((to_jsonb(t) - 'last_login')::text)), 0)
                from only "{name}" t"""
            for name in tables
        )
        cursor.execute(union)
        return {name: (count, total) for name, count, total in cursor.fetchall()}


def ask(client: Client, cell: Cell, headers: dict[str, str]) -> tuple[int, str]:
    """Status, and all that came back: body, headers, cookies."""
    as_json = cell.path.startswith("/api/")
    sent: dict[str, Any] = {"headers": headers}
    if cell.method in {"POST", "PUT", "PATCH", "DELETE"}:
        if as_json:
            sent |= {"data": BODY, "content_type": "application/json"}
        elif cell.method == "POST":
            sent |= {"data": BODY}
    answer = getattr(client, cell.method.lower())(cell.path, **sent)
    body = b"".join(answer) if answer.streaming else answer.content
    told = body.decode(errors="replace") + str(answer.headers) + str(answer.cookies)
    return answer.status_code, told.replace(cell.path, "")


Come = Callable[[Guarded], tuple[Client, dict[str, str]]]


def stranger(made: Guarded) -> tuple[Client, dict[str, str]]:
    return Client(raise_request_exception=False), {}


def forger(made: Guarded) -> tuple[Client, dict[str, str]]:
    client, _ = stranger(made)
    client.cookies["onward_session"] = "a" * 32
    client.cookies["onward_portal"] = "b" * 43
    return client, {"Authorization": "Bearer onw_" + "c" * 32}


def with_portal(which: str) -> Come:
    def come(made: Guarded) -> tuple[Client, dict[str, str]]:
        client, _ = stranger(made)
        client.cookies["onward_portal"] = made.cookies.get(which) or enter(made.world.dana_id)
        return client, {}

    return come


def with_key(which: str) -> Come:
    return lambda made: (stranger(made)[0], {"Authorization": f"Bearer {made.keys[which]}"})


def colleague(which: str, *, revoked: bool = False) -> Come:
    def come(made: Guarded) -> tuple[Client, dict[str, str]]:
        client, _ = stranger(made)
        person = User.objects.get(mail=f"{which}@northwind.example")
        client.force_login(person)
        if revoked:
            User.objects.filter(id=person.id).update(is_active=False)
        return client, {}

    return come


SHUT_OUT: dict[str, Come] = {
    "a stranger": stranger,
    "a forger": forger,
    "a colleague whose access was revoked": colleague("tomas", revoked=True),
    "a contact of Globex whose session has expired": with_portal("expired"),
    "a contact of Globex whose access was revoked": with_portal("revoked"),
    "a key without the scope": with_key("metrics"),
    "a key that was revoked": with_key("revoked"),
    "a key that has expired": with_key("expired"),
}


def breaches(
    made: Guarded, come: Come, *, shut: bool, sees: bool = False, own: frozenset[str] = frozenset(), batch: int = 1
) -> list[str]:
    """What went wrong over all cells for one identity. `shut`: nothing may open; `sees`: reading is allowed; `own`:
    addresses where a change is the person's own. What is stored is compared after each `batch` of addresses."""
    found: list[str] = []
    client, headers = come(made)
    before = fingerprint()
    every = cells(made)
    # Signing out last: a session that should not be open, and is, would end there before it is seen anywhere.
    paths = sorted(dict.fromkeys(cell.path for cell in every), key=lambda path: path.endswith("/sign-out"))
    for start in range(0, len(paths), batch):
        tried = paths[start : start + batch]
        for cell in every:
            if cell.path not in tried or (cell.path in own and cell.method == "POST"):
                continue
            status, told = ask(client, cell, headers)
            what = f"{cell.method} {cell.route} -> {status}"
            if status >= 500:
                found.append(f"{what}: broken")
            if CANARY in told and not sees:
                found.append(f"{what}: tells of Globex")
            if shut and status < 300 and not cell.is_open and cell.method != "OPTIONS":
                found.append(f"{what}: open")
            if cell.path.endswith("/sign-out") and cell.method == "POST":
                found += _compared(before, fingerprint(), tried)
                client, headers = come(made)
                before = fingerprint()
        after = fingerprint()
        found += _compared(before, after, tried)
        before = after
    return found


def _compared(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], tried: list[str]) -> list[str]:
    moved = sorted(name for name in after if after[name] != before.get(name))
    return [f"{', '.join(tried)}: changed {', '.join(moved)}"] if moved else []


@pytest.mark.parametrize("who", SHUT_OUT)
def test_those_outside_open_nothing(guarded: Guarded, who: str) -> None:
    assert breaches(guarded, SHUT_OUT[who], shut=True, batch=20) == []


def test_a_contact_of_another_account_learns_and_changes_nothing(guarded: Guarded) -> None:
    assert breaches(guarded, with_portal("acme"), shut=False, batch=5) == []


def test_the_canaries_are_where_those_who_may_look_see_them(guarded: Guarded) -> None:
    """Else the tests here would prove nothing."""
    contact_of_globex, viewer = Client(), colleague("vic")(guarded)[0]
    contact_of_globex.cookies["onward_portal"] = enter(guarded.contact_id)
    journey = guarded.ids["journeys"]
    assert CANARY in ask(contact_of_globex, Cell("", f"/portal/journeys/{journey}", "GET"), {})[1]
    assert CANARY in ask(contact_of_globex, Cell("", f"/portal/journeys/{journey}/people", "GET"), {})[1]
    for path in (f"/portal/journeys/{journey}/conversation", f"/portal/journeys/{journey}/documents"):
        assert CANARY in ask(contact_of_globex, Cell("", path, "GET"), {})[1], path
    for path in ("/accounts", f"/accounts/{guarded.ids['accounts']}", f"/journeys/{journey}", "/journeys", "/sources"):
        assert CANARY in ask(viewer, Cell("", path, "GET"), {})[1], path


def test_what_stays_inside_is_seen_by_no_contact_of_the_account_itself(guarded: Guarded) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["onward_portal"] = enter(guarded.contact_id)
    for cell in cells(guarded):
        if cell.method == "GET" and cell.path.startswith("/portal/"):
            assert f"Note {CANARY}" not in ask(client, cell, {})[1], cell
        if f"/portal/comments/{guarded.ids['comments']}" in cell.path or "/portal/files/" in cell.path:
            assert ask(client, cell, {})[0] in {404, 405}, cell


def test_a_contact_finds_no_door_to_the_console_or_the_api(guarded: Guarded) -> None:
    client, headers = with_portal("acme")(guarded)
    for cell in cells(guarded):
        if not cell.path.startswith("/portal/") and not cell.is_open and cell.method != "OPTIONS":
            assert ask(client, cell, headers)[0] >= 300, cell


def test_what_is_not_theirs_does_not_exist_for_a_contact(guarded: Guarded) -> None:
    client, headers = with_portal("acme")(guarded)
    named = [
        cell
        for cell in cells(guarded)
        if cell.path.startswith("/portal/") and "<" in cell.route and cell.method == "GET"
    ]
    assert named
    for cell in named:
        assert ask(client, cell, headers)[0] in {302, 401, 404, 405}, cell


def test_a_viewer_changes_nothing(guarded: Guarded) -> None:
    assert breaches(guarded, colleague("vic"), shut=False, sees=True, own=OWN) == []


def test_a_member_moves_no_rights_and_no_settings(guarded: Guarded) -> None:
    """Members do the work; people, keys, sources, playbooks, segments and the organization are others' to change."""
    client, headers = colleague("tomas")(guarded)
    ours = ("identity_", "usage_source", "usage_key", "playbooks_", "accounts_segmentrule", "accounts_import")
    for cell in cells(guarded):
        if cell.path in OWN or cell.method not in {"POST", "PUT", "DELETE"}:
            continue
        before = {name: total for name, total in fingerprint().items() if name.startswith(ours)}
        status, _ = ask(client, cell, headers)
        after = {name: total for name, total in fingerprint().items() if name.startswith(ours)}
        if cell.path.endswith(("/contacts/" + guarded.ids["contacts"] + "/invites", "/revocation")):
            # A member may hand a portal link to a contact, and close the portal for one.
            before.pop("identity_link", None), after.pop("identity_link", None)
            before.pop("identity_signincode", None), after.pop("identity_signincode", None)
        assert status < 500, cell
        assert after == before, cell
        if cell.path.endswith("/sign-out"):
            client, headers = colleague("tomas")(guarded)


def test_the_raw_doors_are_those_that_are_tried_elsewhere() -> None:
    """Intake, streams and operations do not pass Django's URL list: a new one must be named, and tried by its tests."""
    assert doors.INTAKE == ("/v1/", "/ingest/v1/", "/beacon/v1/", "/sourceConfig/")
    assert sorted(doors.LIVE) == ["/live", "/portal/live"]
    assert sorted(operations.PAGES) == ["/healthz", "/metrics", "/readyz"]


def test_a_right_that_is_not_asked_for_turns_this_red(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onward.identity.decisions.rights.may", lambda actor, verb, thing: actor is not None)
    found = breaches(guarded, colleague("vic"), shut=False, sees=True, own=OWN)
    assert any("changed identity_user" in each for each in found), found


def test_a_contact_whom_the_application_does_not_bound_is_bounded_by_the_database(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onward.identity.decisions.rights._contact_may", lambda actor, verb, thing: True)
    found = breaches(guarded, with_portal("acme"), shut=False, batch=5)
    assert not any("tells of Globex" in each for each in found), found


def test_a_contact_whom_nothing_bounds_turns_this_red(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onward.identity.decisions.rights._contact_may", lambda actor, verb, thing: True)
    for where in ("door", "statements"):
        monkeypatch.setattr(f"onward.foundation.postgres.{where}.alias", lambda: "default")
    found = breaches(guarded, with_portal("acme"), shut=False, batch=5)
    assert any("tells of Globex" in each for each in found), found
