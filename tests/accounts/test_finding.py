"""Search that forgives: what people type, and what they meant."""

from __future__ import annotations

import pytest

from onward.accounts import actions, queries
from onward.accounts.decisions.finding import beginning, spellings, words_of
from onward.foundation.postgres import tuples
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal
from tests.world import Cast, cast, contact

pytestmark = pytest.mark.django_db

NAMES = ["Brightwater Utilities", "Müller & Söhne", "Kestrel Air Cargo", "Lumen Dental", "Lumen Light", "Åkerlund AB"]


@pytest.fixture
def world() -> Cast:
    made = cast()
    for name in NAMES:
        actions.open_account(actor=SYSTEM, name=name)
    return made


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Lumen Dental", "Lumen Dental"),
        ("lumen dent", "Lumen Dental"),
        ("dental lumen", "Lumen Dental"),
        ("utilities", "Brightwater Utilities"),
        ("muller", "Müller & Söhne"),
        ("MÜLLER SOHNE", "Müller & Söhne"),
        ("akerlund", "Åkerlund AB"),
        ("brigthwater", "Brightwater Utilities"),
        ("brightwatre", "Brightwater Utilities"),
        ("kestrl", "Kestrel Air Cargo"),
        ("kestrell air", "Kestrel Air Cargo"),
        ("cargo kestral", "Kestrel Air Cargo"),
        ("briht", "Brightwater Utilities"),
    ],
)
def test_what_is_meant_comes_first(world: Cast, typed: str, meant: str) -> None:
    found = queries.found_accounts(world.viewer, typed)
    assert [row.name for row in found[:1]] == [meant]


def test_what_is_exact_stands_before_what_begins_so_and_what_is_only_similar_is_left_out(world: Cast) -> None:
    for name in ("Lumen", "Lumin", "Old Lumen"):
        actions.open_account(actor=SYSTEM, name=name)
    assert [row.name for row in queries.found_accounts(world.mara, "lumen")] == [
        "Lumen", "Lumen Light", "Lumen Dental", "Old Lumen",
    ]  # fmt: skip


def test_nothing_similar_is_shown_for_what_is_like_nothing(world: Cast) -> None:
    for typed in ("zzzz", "xylophone", "", " ", "a", "%_'", "lumen zebra", "\\", "()"):
        assert queries.found_accounts(world.mara, typed) == [], typed


def test_people_are_found_by_name_and_mail_until_they_are_revoked(world: Cast) -> None:
    found, _ = contact(world.acme, "Renée")
    assert [row.name for row in queries.found_contacts(world.mara, "renee")] == ["Renée"]
    assert [row.name for row in queries.found_contacts(world.mara, "dana@customer")] == ["Dana"]
    actions.revoke_contact(actor=world.mara, contact_id=found)
    assert queries.found_contacts(world.mara, "renee") == []


def test_a_contact_may_not_search(world: Cast) -> None:
    with pytest.raises(Refusal):
        queries.found_accounts(world.dana, "globex")
    with pytest.raises(Refusal):
        queries.found_contacts(Actor("key", "key_1", "Key", scopes=frozenset({"metrics"})), "eve")


@pytest.mark.parametrize("name", [*NAMES, "Œuvre & Straße", "İstanbul Łódź", "O’Neill-Smith 2nd", "日本 航空", "ab"])
def test_the_database_spells_as_we_do(name: str) -> None:
    ours = set()
    for word in words_of(name):
        ours |= {beginning(word[:n]) for n in range(1, len(word) + 1)}
        for n in range(4, min(len(word), 6) + 1):
            ours |= set(spellings(word[:n]))
    ((stored,),) = tuples("select accounts_spellings(%s)", [name])
    assert set(stored) == ours
