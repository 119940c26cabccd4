"""Every address × method × identity: nobody sees or changes what is not theirs.

The cells are generated from the URL list. A new address is tried without being named here; one with an id of a kind
that the world (`guarded`) does not hold fails the suite until somebody says whose it is. Globex is full of canaries;
the intruders are strangers, people whose access has ended, a contact of another account, and colleagues without the
right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from onward.config import doors, operations
from onward.identity.models import User
from tests.interfaces.guarded import BODY, CANARY, NOT_COMPARED, OWN, Cell, Guarded, cells, enter, guarded

__all__ = ["guarded"]


def fingerprint(*ours: str) -> dict[str, tuple[int, int]]:
    """Count and checksum of every table that holds something of somebody; or of those whose names begin so."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [name for (name,) in cursor.fetchall() if name not in NOT_COMPARED and not name.startswith("auth_")]
        tables = [name for name in tables if name.startswith(ours or "")]
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
    assert breaches(guarded, colleague("vic"), shut=False, sees=True, own=OWN, batch=10) == []


def test_a_member_moves_no_rights_and_no_settings(guarded: Guarded) -> None:
    """Members do the work; people, keys, sources, playbooks, segments and the organization are others' to change."""
    client, headers = colleague("tomas")(guarded)
    ours = ("identity_", "usage_source", "usage_key", "playbooks_", "accounts_segmentrule", "accounts_import",
            "accounts_durationtable")  # fmt: skip
    now = fingerprint(*ours)
    for cell in cells(guarded):
        if cell.path in OWN or cell.method not in {"POST", "PUT", "DELETE"}:
            continue
        status, _ = ask(client, cell, headers)
        before, now = now, fingerprint(*ours)
        after = dict(now)
        if cell.path.endswith(("/contacts/" + guarded.ids["contacts"] + "/invites", "/revocation")):
            # A member may hand a portal link to a contact, and close the portal for one.
            before.pop("identity_link", None), after.pop("identity_link", None)
            before.pop("identity_signincode", None), after.pop("identity_signincode", None)
        assert status < 500, cell
        assert after == before, cell
        if cell.path.endswith("/sign-out"):
            client, headers = colleague("tomas")(guarded)
            now = fingerprint(*ours)


def test_the_raw_doors_are_those_that_are_tried_elsewhere() -> None:
    """Intake, streams and operations do not pass Django's URL list: a new one must be named, and tried by its tests."""
    assert doors.INTAKE == ("/v1/", "/ingest/v1/", "/beacon/v1/", "/sourceConfig/")
    assert sorted(doors.LIVE) == ["/live", "/portal/live"]
    assert sorted(operations.PAGES) == ["/healthz", "/metrics", "/readyz"]


@pytest.mark.long
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


@pytest.mark.long
def test_a_contact_whom_nothing_bounds_turns_this_red(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onward.identity.decisions.rights._contact_may", lambda actor, verb, thing: True)
    for where in ("door", "statements"):
        monkeypatch.setattr(f"onward.foundation.postgres.{where}.alias", lambda: "default")
    found = breaches(guarded, with_portal("acme"), shut=False, batch=5)
    assert any("tells of Globex" in each for each in found), found
