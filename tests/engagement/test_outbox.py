"""What leaves, what stays, and what is never shown. # covers the outbox of the promised 24-hour mails"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
import time_machine
from aiosmtpd.controller import Controller
from icalendar import Calendar

from onward.accounts.actions import add_contact, open_account
from onward.engagement import queries
from onward.engagement.actions import (
    cancel_invite,
    claim_messages,
    resend_message,
    send_code,
    send_invite,
    send_message,
    send_packet,
)
from onward.engagement.jobs import deliver_due
from onward.engagement.models import Message
from onward.foundation.ledger import facts_of, stream_of
from onward.foundation.postgres import new_id
from onward.identity.actions import add_user
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Post:
    """A mail server that keeps what it takes; `answer` is what it says to a recipient."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    taken = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(taken, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = False
    settings.DEFAULT_FROM_EMAIL = "Onward <onward@northwind.example.org>"
    yield taken
    controller.stop()


class Cast:
    def __init__(self, *, is_demo: bool = False) -> None:
        user = add_user(actor=SYSTEM, name="Mara Lindqvist", mail="mara@northwind.example.org", is_demo=is_demo)
        self.mara = f"user:{format_id('usr', user)}"
        self.account: UUID = open_account(actor=SYSTEM, name="Acme Freight", owner_id=user, is_demo=is_demo)
        contact = add_contact(
            actor=SYSTEM, account_id=self.account, name="Dana Whitfield", mail="dana@acme.example.org", is_demo=is_demo
        )
        self.dana = f"contact:{format_id('con', contact)}"
        self.journey, self.task = new_id(), new_id()

    def mail(self, **given: Any) -> UUID:
        (made,) = send_message(
            **{
                "actor": SYSTEM,
                "account_id": self.account,
                "to": [self.dana],
                "subject": "Welcome to {organization.name}",
                "text": "# Welcome, {person.first_name}\n\n[Begin]({link.task})",
                "why": "You get this because your onboarding began.",
                "journey_id": self.journey,
                "task_id": self.task,
                **given,
            }
        )
        return made

    def facts(self) -> list[str]:
        return [fact.name for fact in facts_of(stream=stream_of(self.account)) if fact.name.startswith("engagement.")]


@pytest.fixture
def cast() -> Cast:
    return Cast()


def row(message_id: UUID) -> queries.MessageRow:
    return queries.message(SYSTEM, message_id)


def test_without_a_mail_server_it_is_delivered_to_the_outbox(cast: Cast) -> None:
    made = cast.mail()
    assert row(made).state == "written"
    (fact,) = facts_of(journey=cast.journey)
    assert fact.name == "engagement.message.written"
    assert fact.data["task_id"] == str(cast.task)
    assert not deliver_due()


def test_with_a_mail_server_it_waits_is_sent_once_and_told(cast: Cast, post: Post) -> None:
    made = cast.mail()
    assert row(made).state == "waiting"
    assert cast.facts() == []
    assert deliver_due()
    assert not deliver_due()
    (mail,) = post.mails
    assert row(made).state == "sent"
    assert cast.facts() == ["engagement.message.sent"]
    assert mail["Message-ID"] == row(made).message_id
    assert str(mail["From"]).startswith("Mara Lindqvist")
    assert str(mail["Reply-To"]).endswith("<mara@northwind.example.org>")
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert format_id("tsk", cast.task) in mail.get_content() if not mail.is_multipart() else True


def test_a_demo_never_reaches_the_mail_server(post: Post) -> None:
    demo = Cast(is_demo=True)
    made = demo.mail()
    code = send_code(
        actor=SYSTEM, kind="contact", name="Dana", mail="dana@acme.example.org", code="407128", is_demo=True
    )
    later = demo.mail(due_at=datetime(2000, 1, 1, tzinfo=UTC))
    assert not deliver_due()
    Message.objects.update(state="waiting")
    assert deliver_due()
    assert post.mails == []
    assert code is not None
    assert [row(one).state for one in (made, code, later)] == ["written"] * 3


def test_silence_keeps_a_mail_in_the_outbox(cast: Cast, post: Post) -> None:
    made = cast.mail(silent=True)
    assert (row(made).state, row(made).silent) == ("written", True)
    assert facts_of(journey=cast.journey)[0].data["silent"] is True
    assert not deliver_due()


def test_the_same_key_writes_once(cast: Cast) -> None:
    cast.mail(once="welcome:1")
    again = send_message(
        actor=SYSTEM, account_id=cast.account, to=[cast.dana], subject="x", text="x", why="", once="welcome:1"
    )
    assert again == []
    assert Message.objects.count() == 1


def test_a_mail_of_later_waits_for_its_moment(cast: Cast, post: Post) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        made = cast.mail(due_at=NOW + timedelta(hours=5))
        assert not deliver_due()
        clock.shift(timedelta(hours=5))
        assert deliver_due()
    assert row(made).state == "sent"


def test_a_refused_recipient_is_a_bounce_and_can_be_sent_again(cast: Cast, post: Post) -> None:
    post.answer = "550 no such mailbox"
    made = cast.mail()
    deliver_due()
    assert row(made).state == "bounced"
    assert "no such mailbox" in row(made).problem
    assert cast.facts() == ["engagement.message.failed"]
    post.answer = "250 OK"
    member = Actor("staff", cast.mara.removeprefix("user:"), "Mara", role="member")
    resend_message(actor=member, message_id=made)
    deliver_due()
    assert row(made).state == "sent"
    assert post.mails[0]["Message-ID"] == row(made).message_id
    with pytest.raises(Refusal, match="has not failed"):
        resend_message(actor=member, message_id=made)


def test_a_viewer_may_look_but_not_send(cast: Cast) -> None:
    made = cast.mail()
    viewer = Actor("staff", cast.mara.removeprefix("user:"), "Vic", role="viewer")
    contact = Actor("contact", cast.dana.removeprefix("contact:"), "Dana", account_id=cast.account)
    assert queries.outbox(viewer)
    with pytest.raises(Refusal) as refused:
        resend_message(actor=viewer, message_id=made)
    assert refused.value.code == "forbidden"
    for forbidden in (lambda: queries.outbox(contact), lambda: resend_message(actor=contact, message_id=made)):
        with pytest.raises(Refusal) as refused:
            forbidden()
        assert refused.value.code == "not_found"


def test_a_busy_server_is_asked_again_later_and_given_up_in_the_end(cast: Cast, post: Post) -> None:
    post.answer = "451 try later"
    with time_machine.travel(NOW, tick=False) as clock:
        made = cast.mail()
        tries = 0
        while row(made).state == "waiting":
            assert deliver_due()
            assert not deliver_due()
            tries += 1
            clock.shift(timedelta(hours=4))
    assert tries == 10
    assert row(made).state == "failed"
    assert cast.facts() == ["engagement.message.failed"]


def test_a_worker_that_dies_leaves_the_mail_for_the_next(cast: Cast, post: Post) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        made = cast.mail()
        assert claim_messages(actor=SYSTEM) == [made]
        assert not deliver_due()
        clock.shift(timedelta(minutes=1))
        assert deliver_due()
    assert row(made).state == "sent"
    assert len(post.mails) == 1


def test_a_dead_mail_server_loses_nothing(cast: Cast, settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    made = cast.mail()
    deliver_due()
    assert row(made).state == "waiting"
    assert "could not be used" in row(made).problem


def test_a_code_is_masked_and_held_only_until_it_is_sent(post: Post) -> None:
    made = send_code(
        actor=SYSTEM, kind="staff", name="Mara Lindqvist", mail="mara@northwind.example.org", code="407128"
    )
    assert made is not None
    stored = Message.objects.get(id=made)
    assert "407128" not in stored.text + stored.html + stored.subject
    assert stored.secret == "407128"
    deliver_due()
    assert "407128" in post.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    stored.refresh_from_db()
    assert (stored.secret, stored.state) == ("", "sent")
    assert "•" in queries.message(SYSTEM, made).text


def test_without_a_mail_server_a_code_is_not_kept() -> None:
    send_code(actor=SYSTEM, kind="staff", name="Mara", mail="mara@northwind.example.org", code="407128")
    assert "407128" not in str(list(Message.objects.values()))


def test_an_expired_code_is_not_sent(post: Post, settings: Any) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        made = send_code(actor=SYSTEM, kind="staff", name="Mara", mail="mara@northwind.example.org", code="407128")
        clock.shift(timedelta(minutes=31))
        deliver_due()
    assert made is not None
    assert row(made).state == "failed"
    assert post.mails == []
    assert Message.objects.get(id=made).secret == ""


def test_a_packet_carries_its_file(cast: Cast, post: Post) -> None:
    send_packet(
        actor=SYSTEM, account_id=cast.account, to=[cast.dana], subject="Your packet", text="Here it is.", why="",
        file_name="packet.pdf", content=b"%PDF-1.7 packet", task_id=cast.task,
    )  # fmt: skip
    deliver_due()
    (attached,) = post.mails[0].iter_attachments()
    assert attached.get_filename() == "packet.pdf"
    assert attached.get_content() == b"%PDF-1.7 packet"


def test_an_invitation_keeps_its_uid_and_grows_in_sequence(cast: Cast, post: Post) -> None:
    joel_id = add_contact(actor=SYSTEM, account_id=cast.account, name="Joel Abara", mail="joel@acme.example.org")
    joel = f"contact:{format_id('con', joel_id)}"

    def invite(starts_at: datetime, may: list[str]) -> list[UUID]:
        return send_invite(
            actor=SYSTEM, account_id=cast.account, task_id=cast.task, title="Kickoff call", starts_at=starts_at,
            minutes=60, must=[cast.dana, cast.mara], may=may,
        )  # fmt: skip

    start = datetime(2026, 3, 20, 9, tzinfo=UTC)
    assert len(invite(start, [joel])) == 3
    assert invite(start, [joel]) == []
    assert len(invite(start + timedelta(days=3), [])) == 2
    assert len(cancel_invite(actor=SYSTEM, account_id=cast.account, task_id=cast.task)) == 2
    assert cancel_invite(actor=SYSTEM, account_id=cast.account, task_id=cast.task) == []
    while deliver_due():
        pass
    seen = []
    for mail in post.mails:
        (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        event = Calendar.from_ical(part.get_content()).walk("VEVENT")[0]
        assert part.get_param("method") in {"REQUEST", "CANCEL"}
        seen.append((str(mail["To"]).split()[0], part.get_param("method"), int(event["SEQUENCE"])))
        assert re.fullmatch(r"tsk_\w{26}@northwind\.example\.org", event["UID"])
    assert sorted(seen) == [
        ("Dana", "CANCEL", 2), ("Dana", "REQUEST", 0), ("Dana", "REQUEST", 1),
        ("Joel", "CANCEL", 1), ("Joel", "REQUEST", 0),
        ("Mara", "CANCEL", 2), ("Mara", "REQUEST", 0), ("Mara", "REQUEST", 1),
    ]  # fmt: skip


def test_a_person_without_an_address_is_a_failure_with_its_reason(cast: Cast) -> None:
    nobody = add_contact(actor=SYSTEM, account_id=cast.account, name="Nia Oduya")
    made = cast.mail(to=[f"contact:{format_id('con', nobody)}"])
    assert row(made).state == "failed"
    assert row(made).problem == "Nia Oduya has no mail address."
