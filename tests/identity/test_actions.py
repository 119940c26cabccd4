"""Ways in, in a real database: each opens once, for a while, and not to those who guess."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from onward.foundation.ledger import facts_of
from onward.foundation.throttle import allow, forget, sweep
from onward.identity import actions, queries
from onward.identity.models import ApiKey, ContactSession, Link, SignInCode, User
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal

NOON = datetime(2026, 3, 13, 12, tzinfo=UTC)
MAIL = "mara@example.com"


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, check=lambda refusal: refusal.code == code)


@pytest.fixture
def mara(db: None) -> User:
    return User.objects.get(id=actions.add_user(actor=SYSTEM, name="Mara Lindqvist", mail=MAIL))


def ask() -> str:
    issued = actions.request_code(mail=MAIL, address="10.0.0.1")
    assert issued
    return issued.code


def test_a_code_works_once(mara: User) -> None:
    code = ask()
    assert actions.verify_code(mail=MAIL.upper(), code=f" {code[:3]} {code[3:]}", address="10.0.0.1") == mara.id
    with refused("invalid"):
        actions.verify_code(mail=MAIL, code=code, address="10.0.0.1")


def test_a_new_code_replaces_the_one_before(mara: User) -> None:
    old, new = ask(), ask()
    assert SignInCode.objects.filter(used_at=None).count() == 1
    if old != new:
        with refused("invalid"):
            actions.verify_code(mail=MAIL, code=old, address="10.0.0.1")
    assert actions.verify_code(mail=MAIL, code=new, address="10.0.0.1") == mara.id


def test_a_code_is_worth_nothing_after_half_an_hour(mara: User) -> None:
    with time_machine.travel(NOON, tick=False):
        code = ask()
    with time_machine.travel(NOON + timedelta(minutes=30), tick=False), refused("invalid"):
        actions.verify_code(mail=MAIL, code=code, address="10.0.0.1")


def test_guessing_ends_after_five_tries_of_a_code_and_ten_of_a_person(mara: User) -> None:
    code = ask()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        with refused("invalid"):
            actions.verify_code(mail=MAIL, code=wrong, address="10.0.0.1")
    with refused("invalid"):
        actions.verify_code(mail=MAIL, code=code, address="10.0.0.1")
    ask()
    for number in range(4):
        with refused("invalid"):
            actions.verify_code(mail=MAIL, code=wrong, address=f"10.0.1.{number}")
    with refused("throttled"):
        actions.verify_code(mail=MAIL, code=wrong, address="10.0.2.1")


def test_asking_is_throttled_by_person_and_by_address_also_for_strangers(db: None) -> None:
    for number in range(5):
        assert actions.request_code(mail="nobody@example.com", address=f"10.0.0.{number}") is None
    with refused("throttled"):
        actions.request_code(mail="nobody@example.com", address="10.0.0.9")
    for number in range(30):
        actions.request_code(mail=f"nobody{number}@example.com", address="10.9.9.9")
    with refused("throttled"):
        actions.request_code(mail="somebody@example.com", address="10.9.9.9")


def test_a_window_ends_and_is_swept(db: None) -> None:
    assert allow("try", "me", 1, 60)
    assert not allow("try", "me", 1, 60)
    assert allow("try", "you", 1, 60)
    forget("try", "me")
    assert allow("try", "me", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute("update throttle set ends = now() - interval '1 second'")
    assert allow("try", "me", 1, 60)
    sweep()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from throttle")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_link_only_one_is_let_in() -> None:
    link = actions.invite_user(actor=SYSTEM, mail=MAIL)
    results: list[str] = []
    barrier = threading.Barrier(2)

    def come_in() -> None:
        try:
            barrier.wait()
            actions.accept_invite(actor=SYSTEM, secret=link.secret)
            results.append("in")
        except Refusal as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=come_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["in", "not_found"]


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_once_are_all_counted() -> None:
    actions.add_user(actor=SYSTEM, name="Mara", mail=MAIL)
    code = ask()
    wrong = "000000" if code != "000000" else "111111"

    def guess() -> None:
        try:
            actions.verify_code(mail=MAIL, code=wrong, address="10.0.0.1")
        except Refusal:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SignInCode.objects.get(used_at=None).tries == 5
    with refused("invalid"):
        actions.verify_code(mail=MAIL, code=code, address="10.0.0.1")


def test_an_invite_is_used_once_replaced_by_the_next_and_ends(mara: User) -> None:
    old = actions.invite_user(actor=SYSTEM, mail=MAIL, role="manager")
    new = actions.invite_user(actor=SYSTEM, mail=MAIL)
    assert queries.open_link("invite", new.secret).role == "manager"
    for secret in (old.secret, "x" * 22, ""):
        with refused("not_found"):
            queries.open_link("invite", secret)
    assert actions.accept_invite(actor=SYSTEM, secret=new.secret) == mara.id
    with refused("not_found"):
        actions.accept_invite(actor=SYSTEM, secret=new.secret)
    with time_machine.travel(NOON, tick=False):
        late = actions.invite_user(actor=SYSTEM, mail=MAIL)
    with time_machine.travel(NOON + timedelta(minutes=31), tick=False), refused("not_found"):
        actions.accept_invite(actor=SYSTEM, secret=late.secret)


def test_the_first_link_is_gone_once_an_admin_has_signed_in(db: None) -> None:
    first, second = actions.first_link(actor=SYSTEM), actions.first_link(actor=SYSTEM)
    with refused("not_found"):
        queries.open_link("first", first.secret)
    given = {"name": "Northwind", "admin_name": "Priya", "admin_mail": "p@example.com"}
    with refused("not_found"):
        actions.setup_organization(actor=SYSTEM, secret=first.secret, **given)
    with refused("not_found"):
        actions.enter_demo(actor=SYSTEM, secret=second.secret)
    actions.setup_organization(actor=SYSTEM, secret=second.secret, **given)
    assert queries.has_admin()
    with refused("conflict"):
        actions.first_link(actor=SYSTEM)


def test_looking_at_the_demo_leaves_the_first_link_for_the_real_admin(db: None) -> None:
    demo = actions.add_user(actor=SYSTEM, name="Demo Admin", role="admin", mail="d@example.com", is_demo=True)
    assert actions.enter_demo(actor=SYSTEM, secret=actions.first_link(actor=SYSTEM).secret) == demo
    assert not queries.has_admin()
    assert actions.forget_demo_people(actor=SYSTEM) == 1


def test_passwords_are_ones_own_and_throttled(mara: User) -> None:
    own = queries.staff_actor(mara)
    with refused("forbidden"):
        actions.set_password(actor=SYSTEM, user_id=mara.id, password="a quiet orchard, late")
    with refused("invalid"):
        actions.set_password(actor=own, user_id=mara.id, password="password")
    actions.set_password(actor=own, user_id=mara.id, password="a quiet orchard, late")
    came = actions.sign_in_by_password(mail=MAIL, password="a quiet orchard, late", address="10.0.0.1")
    assert came == mara.id
    for _ in range(10):
        with refused("invalid"):
            actions.sign_in_by_password(mail=MAIL, password="wrong", address="10.0.0.1")
    with refused("throttled"):
        actions.sign_in_by_password(mail=MAIL, password="a quiet orchard, late", address="10.0.0.1")


def test_only_admins_change_rights_and_one_always_stays(mara: User) -> None:
    admin_id = actions.add_user(actor=SYSTEM, name="Priya Raman", role="admin", mail="p@example.com")
    admin = queries.actor_of(admin_id)
    assert admin
    member = queries.staff_actor(mara)
    with refused("forbidden"):
        actions.invite_user(actor=member, mail="x@example.com", role="admin")
    with refused("forbidden"):
        actions.change_role(actor=member, user_id=mara.id, role="admin")
    with refused("forbidden"):
        actions.revoke_user(actor=member, user_id=admin_id)
    with refused("forbidden"):
        actions.create_key(actor=member, name="x", scopes=["read"])
    with refused("conflict"):
        actions.change_role(actor=admin, user_id=admin_id, role="member")
    with refused("conflict"):
        actions.revoke_user(actor=admin, user_id=admin_id)
    actions.change_role(actor=admin, user_id=mara.id, role="admin")
    actions.revoke_user(actor=admin, user_id=admin_id)
    assert queries.actor_of(admin_id) is None
    names = [fact.name for fact in facts_of(stream="org")]
    assert names.count("user.role_changed") == names.count("user.revoked") == 1


def test_a_key_is_shown_once_expires_and_is_revoked(db: None) -> None:
    with time_machine.travel(NOON, tick=False):
        made = actions.create_key(actor=SYSTEM, name="CRM", scopes=["read", "read"], expires=timedelta(days=1))
        actor = queries.key_actor(made.secret)
        assert actor
        assert actor.kind == "key"
        assert actor.scopes == {"read"}
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert queries.key_actor(made.secret) is None
    lasting = actions.create_key(actor=SYSTEM, name="BI", scopes=["metrics"])
    assert queries.key_actor(lasting.secret)
    actions.note_key_used(actor=SYSTEM, key_id=lasting.id)
    assert ApiKey.objects.get(id=lasting.id).used_at
    actions.revoke_key(actor=SYSTEM, key_id=lasting.id)
    assert queries.key_actor(lasting.secret) is None
    assert queries.key_actor("") is None
    for scopes in ([], ["everything"]):
        with refused("invalid"):
            actions.create_key(actor=SYSTEM, name="x", scopes=scopes)


def test_a_contact_comes_in_by_code_and_by_link_and_goes_at_once(db: None) -> None:
    contact = uuid4()
    code = actions.request_contact_code(contact_id=contact, mail="dana@acme.example", address="10.0.0.1")
    assert code
    assert actions.request_contact_code(contact_id=None, mail="x@acme.example", address="10.0.0.1") is None
    with refused("invalid"):
        actions.enter_by_code(contact_id=uuid4(), mail="x@acme.example", code=code, address="10.0.0.1")
    by_code = actions.enter_by_code(contact_id=contact, mail="dana@acme.example", code=code, address="10.0.0.1")
    link = actions.contact_link(actor=SYSTEM, contact_id=contact)
    by_link = actions.enter_by_link(actor=SYSTEM, secret=link.secret, device="Firefox")
    with refused("not_found"):
        actions.enter_by_link(actor=SYSTEM, secret=link.secret)
    session = queries.contact_session(by_link.token)
    assert session
    assert (session.contact_id, session.device) == (contact, "Firefox")
    actions.end_contact_session(actor=SYSTEM, token=by_link.token)
    assert queries.contact_session(by_link.token) is None
    assert queries.contact_session(by_code.token)
    assert actions.revoke_contact_access(actor=SYSTEM, contact_id=contact) == 1
    assert queries.contact_session(by_code.token) is None
    assert queries.contact_session("") is None


def test_no_secret_is_stored_or_told(mara: User) -> None:
    """What is in the tables and facts opens nothing."""
    code, invite = ask(), actions.invite_user(actor=SYSTEM, mail=MAIL)
    key = actions.create_key(actor=SYSTEM, name="CRM", scopes=["read"])
    entered = actions.enter_by_link(actor=SYSTEM, secret=actions.contact_link(actor=SYSTEM, contact_id=uuid4()).secret)
    stored = json.dumps(
        [list(model.objects.values()) for model in (SignInCode, Link, ApiKey, ContactSession)]
        + [[fact.data for fact in facts_of(stream="org")]],
        default=str,
    )
    for secret in (code, invite.secret, key.secret, entered.token):
        assert secret not in stored.replace(format_id("usr", mara.id), "") or secret == code
    assert SignInCode.objects.filter(digest__contains=code).count() == 0
    for shown in (repr(invite), repr(key), repr(entered)):
        assert not any(secret in shown for secret in (invite.secret, key.secret, entered.token))


def test_people_without_mail_are_put_once(db: None) -> None:
    first = actions.put_user(actor=SYSTEM, name="Moses  Frase", region="Central")
    again = actions.put_user(actor=SYSTEM, name="moses frase", region="Central")
    assert (first.outcome, again.outcome, again.id) == ("opened", "changed", first.id)
    mailed = actions.put_user(actor=SYSTEM, name="moses frase", mail="moses@example.com")
    assert (mailed.outcome, mailed.id) == ("changed", first.id)
    other = actions.put_user(actor=SYSTEM, name="moses frase", mail="other@example.com")
    assert other.outcome == "opened"
    assert queries.user_keys()[1]["moses frase"] is None
