"""Passwords, pauses and recovery codes: what is taken, what is refused, and what is kept of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from onward.foundation.sealing import Unreadable, seal, unseal
from onward.foundation.secrets import code_digest
from onward.foundation.throttle import attempt, forget
from onward.identity import actions, queries
from onward.identity.models import Factor, RecoveryCode, User
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal

pytestmark = pytest.mark.django_db
MAIL = "mara.lindqvist@example.com"


@pytest.fixture
def mara() -> UUID:
    actions.change_organization(actor=SYSTEM, name="Northwind Freight")
    return actions.add_user(actor=SYSTEM, name="Mara Lindqvist", mail=MAIL)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaa",
        "1234567890123",
        "doomsayer.2.7mords.v",
        "lindqvist in the orchard",
        "mara.lindqvist 1999!",
        "northwind is my home",
        "we move Onward today",
    ],
)
def test_a_weak_password_is_named_as_such(mara: UUID, password: str) -> None:
    own = queries.actor_of(mara)
    assert own
    with pytest.raises(Refusal) as caught:
        actions.set_password(actor=own, user_id=mara, password=password)
    assert caught.value.code == "invalid"


@pytest.mark.parametrize(
    "password", ["quiet orchard late", "ÄÖÜ  ßß  漢字漢 ☃☃", "X" * 40 + "yz12 3" * 20, "  leading and trailing  "]
)
def test_a_password_may_be_of_any_kind_of_characters(mara: UUID, password: str) -> None:
    own = queries.actor_of(mara)
    assert own
    actions.set_password(actor=own, user_id=mara, password=password)
    assert actions.sign_in_by_password(mail=MAIL, password=password, address="10.0.0.1") == mara
    for other in (password.strip() if password != password.strip() else password[:-1], password.swapcase()):
        if other != password:
            with pytest.raises(Refusal):
                actions.sign_in_by_password(mail=MAIL, password=other, address="10.0.0.1")


def test_password_fields_hide_what_is_typed_and_let_managers_fill_it(mara: UUID) -> None:
    own = queries.actor_of(mara)
    assert own
    actions.set_password(actor=own, user_id=mara, password="quiet orchard late")
    client = Client()
    client.force_login(User.objects.get(id=mara))
    for page, hints in (
        (Client().get("/sign-in?step=password"), ["current-password"]),
        (client.get("/me"), ["current-password", "new-password"]),
    ):
        fields = [line for line in page.content.decode().split("<input") if 'type="password"' in line]
        assert len(fields) == len(hints)
        for field, hint in zip(fields, hints, strict=True):
            assert f'autocomplete="{hint}"' in field
            assert "onpaste" not in field


def test_a_pause_doubles_and_a_day_of_quiet_ends_it() -> None:
    def tried() -> int:
        return attempt("test", "me", free=3, first=60, most=150)

    def pass_by(seconds: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("update throttle set held_until = held_until - make_interval(secs => %s)", [seconds])
            cursor.execute("update throttle set ends = ends - make_interval(secs => %s)", [seconds])

    assert [tried() for _ in range(3)] == [0, 0, 0]
    assert 58 <= tried() <= 60
    assert 58 <= tried() <= 60, "who tries on does not make it longer"
    pass_by(60)
    assert tried() == 0
    assert 118 <= tried() <= 120
    pass_by(120)
    assert tried() == 0
    assert 148 <= tried() <= 150, "it has a longest pause"
    assert attempt("test", "you", free=3, first=60, most=150) == 0
    pass_by(24 * 3600)
    assert [tried() for _ in range(3)] == [0, 0, 0]
    assert tried() > 0
    forget("test", "me")
    assert tried() == 0


def test_recovery_codes_are_stored_as_slow_digests(mara: UUID) -> None:
    Factor.objects.create(user_id=mara, kind="totp", name="Phone", created_at=User.objects.get(id=mara).created_at)
    own = queries.actor_of(mara)
    assert own
    codes = actions.make_recovery_codes(actor=own, user_id=mara)
    rows = list(RecoveryCode.objects.all())
    assert len(rows) == len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 12 for code in codes)
    assert {row.digest for row in rows} == {code_digest(code.replace("-", ""), rows[0].salt) for code in codes}
    assert not any(code.replace("-", "") in str(list(RecoveryCode.objects.values())) for code in codes)


def test_what_is_sealed_for_one_purpose_opens_for_no_other(settings: pytest.MonkeyPatch) -> None:
    sealed = seal("a secret", "totp")
    assert "secret" not in sealed
    assert unseal(sealed, "totp") == "a secret"
    with pytest.raises(Unreadable):
        unseal(sealed, "provider")
    with pytest.raises(Unreadable):
        unseal(sealed[:-4] + "AAAA", "totp")
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    with pytest.raises(Unreadable):
        unseal(sealed, "totp")
