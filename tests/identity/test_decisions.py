"""Who may do what, and which ways in are open: tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from onward.identity.decisions import (
    CODE_TRIES,
    NOUNS,
    Thing,
    clean_mail,
    code_is_open,
    key_life,
    link_is_open,
    mask,
    may,
    require,
    unknown_scopes,
    weak_password,
)
from onward.kernel.actor import AUTOMATION, SYSTEM, Actor
from onward.kernel.refusals import Refusal

NOW = datetime(2026, 3, 13, 12, tzinfo=UTC)
ACME, LUMEN = UUID(int=1), UUID(int=2)


def staff(role: str) -> Actor:
    return Actor("staff", "usr_x", "Mara", role=role)


def key(*scopes: str) -> Actor:
    return Actor("key", "key_x", "CRM", scopes=frozenset(scopes))


DANA = Actor("contact", "con_x", "Dana", account_id=ACME)


@pytest.mark.parametrize(
    ("actor", "verb", "thing", "answer"),
    [
        (None, "see", "account", False),
        (SYSTEM, "change_role", "user", True),
        (AUTOMATION, "close", "stage", True),
        (staff("viewer"), "see", "journey", True),
        (staff("viewer"), "complete", "task", False),
        (staff("member"), "complete", "task", True),
        (staff("member"), "publish", "playbook", False),
        (staff("member"), "see", "import", False),
        (staff("manager"), "publish", "playbook", True),
        (staff("manager"), "invite", "user", False),
        (staff("manager"), "see", "key", False),
        (staff("admin"), "create", "key", True),
        (staff("owner"), "see", "account", False),
        (key("read"), "see", "deal", True),
        (key("read"), "win", "deal", False),
        (key("deal:write"), "win", "deal", True),
        (key("deal:write"), "see", "account", False),
        (key("write"), "create", "key", False),
        (key("write"), "change", "user", False),
        (key("user:write"), "change", "user", True),
        (key("metrics"), "see", "account", False),
        (DANA, "complete", Thing("task", ACME, is_shared=True), True),
        (DANA, "complete", Thing("task", ACME), False),
        (DANA, "complete", Thing("task", LUMEN, is_shared=True), False),
        (DANA, "see", Thing("task", None, is_shared=True), False),
        (DANA, "waive", Thing("task", ACME, is_shared=True), False),
        (DANA, "see", Thing("deal", ACME, is_shared=True), False),
        (Actor("contact", "con_x", "?"), "see", Thing("task", None, is_shared=True), False),
    ],
)
def test_rights(actor: Actor | None, verb: str, thing: Thing | str, answer: bool) -> None:
    assert may(actor, verb, thing) is answer


def test_a_refusal_tells_of_a_thing_only_who_may_see_it() -> None:
    with pytest.raises(Refusal) as caught:
        require(DANA, "see", Thing("task", LUMEN, is_shared=True, ref="tsk_1"))
    assert caught.value.code == "not_found"
    with pytest.raises(Refusal) as caught:
        require(staff("viewer"), "complete", Thing("task", ACME, ref="tsk_1"))
    assert caught.value.code == "forbidden"


def test_a_noun_without_rights_is_a_bug_not_a_no() -> None:
    with pytest.raises(LookupError):
        may(SYSTEM, "see", "unicorn")


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_nobody_below_viewer_changes_anything(noun: str) -> None:
    assert not may(staff("viewer"), "change", noun)
    assert not may(key("read"), "change", noun)
    assert not may(DANA, "change", Thing(noun, ACME, is_shared=True))


def test_codes_and_links_close_by_time_use_and_tries() -> None:
    later, before = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)
    assert code_is_open(tries=CODE_TRIES - 1, expires_at=later, used_at=None, now=NOW)
    assert not code_is_open(tries=CODE_TRIES, expires_at=later, used_at=None, now=NOW)
    assert not code_is_open(tries=0, expires_at=NOW, used_at=None, now=NOW)
    assert not code_is_open(tries=0, expires_at=later, used_at=before, now=NOW)
    assert link_is_open(expires_at=later, used_at=None, revoked_at=None, now=NOW)
    assert not link_is_open(expires_at=later, used_at=before, revoked_at=None, now=NOW)
    assert not link_is_open(expires_at=later, used_at=None, revoked_at=before, now=NOW)
    assert not link_is_open(expires_at=NOW, used_at=None, revoked_at=None, now=NOW)


@pytest.mark.parametrize(
    "text", ["", "dana", "dana@acme", "a@b@c.de", "a b@c.de", "a@c.de\n", "<a@c.de>", "a@c..", "é@\0.de"]
)
def test_what_is_no_mail_address(text: str) -> None:
    if text.strip() == "a@c.de":
        assert clean_mail(text) == "a@c.de"
        return
    with pytest.raises(Refusal):
        clean_mail(text)


def test_mail_addresses_have_one_form() -> None:
    assert clean_mail("  Dana.W@Acme.Example ") == "dana.w@acme.example"


@pytest.mark.parametrize(("text", "days"), [("90d", 90), ("8w", 56), ("12H", 0.5), (" 1d ", 1)])
def test_key_lives(text: str, days: float) -> None:
    assert key_life(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "0d", "90", "-1d", "1y", "99999d", "d"])
def test_what_is_no_life(text: str) -> None:
    with pytest.raises(Refusal):
        key_life(text)


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaa", "123456789012345", "my name is mara!", "x" * 201, "mara.l-and-more"]
)
def test_weak_passwords(password: str) -> None:
    assert weak_password(password, name="Mara Lind", mail="mara.l@example.com")


def test_a_phrase_will_do() -> None:
    assert not weak_password("a quiet orchard, late", name="Mara Lind", mail="mara.l@example.com")


def test_codes_and_links_are_masked_and_years_are_not() -> None:
    text = "Your code is 123456 (or 123 456) for https://x/invite/AbCdEfGhIjKlMnOpQrStUv in 2026, order 1234567."
    assert mask(text) == "Your code is •••••• (or ••••••) for https://x/invite/•••••• in 2026, order 1234567."


def test_scopes() -> None:
    assert unknown_scopes(["read", "journey:write", "nonsense", "key:write"]) == ["nonsense", "key:write"]
