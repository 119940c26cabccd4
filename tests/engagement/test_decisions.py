"""How a message reads."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from onward.engagement.decisions import Attendee, Event, compose, itip, next_try
from onward.identity.decisions.accent import accent_of, hexadecimal
from onward.kernel.refusals import Refusal

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_mail_has_a_plain_and_an_html_part() -> None:
    letter = compose(
        "Welcome, {person.first_name}",
        "# Welcome, {person.first_name}\n\nThe way:\n\n- Kickoff\n- **Connect**\n\n[Name the people]({link.task})",
        {"person.first_name": "Dana", "link.task": "https://onward.example.org/portal/tasks/tsk_1"},
        vendor="Northwind Analytics",
        why="You get this because Northwind started your onboarding.",
        sender="Mara Lindqvist",
    )
    assert letter.subject == "Welcome, Dana"
    assert letter.text == (
        "Welcome, Dana\n\nThe way:\n\n- Kickoff\n- Connect\n\n"
        "Name the people: https://onward.example.org/portal/tasks/tsk_1\n\nMara Lindqvist\n\n--\n"
        "You get this because Northwind started your onboarding.\n"
    )
    assert "<strong>Connect</strong>" in letter.html
    assert "display:inline-block" in letter.html
    assert "You get this because" in letter.html


def test_a_mail_is_readable_in_the_dark_on_a_phone_and_without_images() -> None:
    letter = compose(
        "Now yours",
        "Hi.\n\n[Open the task](https://onward.example.org/t)\n\n[Or the plan](https://onward.example.org/p)",
        {},
        vendor="Northwind & Co",
        accent="#c2185b",
        logo="https://onward.example.org/portal/logo?v=1",
        why="You own it.",
    )
    sheet = letter.html[letter.html.index("<style>") : letter.html.index("</style>")]
    assert "prefers-color-scheme:dark" in sheet
    assert "max-width:640px" in sheet
    assert "max-width:600px" in letter.html
    assert 'name="color-scheme" content="light dark"' in letter.html
    assert letter.html.count('class="go"') == 1, "one thing to do"
    assert 'alt="" style="height:28px' in letter.html
    assert "Northwind &amp; Co" in letter.html
    own = accent_of("#c2185b")
    assert own is not None
    assert f"border-bottom:4px solid {hexadecimal(own.light)}" in letter.html
    assert f"background:{hexadecimal(own.dark)}!important" in sheet
    assert "#c2185b" not in letter.html, "their color is the customer's side; it is turned away"
    for address in ("/t", "/p"):
        assert f"https://onward.example.org{address}" in letter.text


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "[click](javascript:alert(1))", "**bold** # head", "<img src=x onerror=alert(1)>"],
)
def test_what_a_person_is_called_never_becomes_markup(hostile: str) -> None:
    letter = compose(
        "Hello {person.name}",
        "# Hello {person.name}\n\n{quote}",
        {"person.name": hostile, "quote": hostile},
        vendor=hostile,
    )
    assert "<script" not in letter.html
    assert "<img" not in letter.html
    assert "href" not in letter.html
    assert "<strong>" not in letter.html


def test_a_name_cannot_add_a_header() -> None:
    letter = compose("Hello {person.name}", "Hi", {"person.name": "Dana\r\nBcc: all@example.org"}, vendor="V")
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject


def test_an_unknown_placeholder_is_named() -> None:
    with pytest.raises(Refusal, match="does not exist"):
        compose("Hi", "Hello {acount.name}", {}, vendor="V")


def test_an_invitation_is_itip() -> None:
    event = Event(
        "tsk_1@onward.example.org", 2, NOW, 60, "Kickoff, with Acme; \"Freight\"", "Line\nline", "https://x.example.org",
        Attendee('Mara "M" Lindqvist', "mara@northwind.example.org"),
        [Attendee("Dana Whitfield", "dana@acme.example.org"), Attendee("Joel", "joel@acme.example.org", must=False)],
    )  # fmt: skip
    parsed = Calendar.from_ical(itip(event, method="REQUEST", now=NOW))
    (part,) = parsed.walk("VEVENT")
    assert parsed["METHOD"] == "REQUEST"
    assert part["UID"] == "tsk_1@onward.example.org"
    assert part["SEQUENCE"] == 2
    assert part.decoded("DTSTART") == NOW
    assert part.decoded("DTEND") == NOW + timedelta(hours=1)
    assert b"DTSTART:20260302T090000Z" in parsed.to_ical()
    assert part["ORGANIZER"] == "mailto:mara@northwind.example.org"
    assert [one.params["ROLE"] for one in part["ATTENDEE"]] == ["REQ-PARTICIPANT", "OPT-PARTICIPANT"]
    assert part["SUMMARY"] == 'Kickoff, with Acme; "Freight"'
    called_off = Calendar.from_ical(itip(event, method="CANCEL", now=NOW))
    assert called_off.walk("VEVENT")[0]["STATUS"] == "CANCELLED"


def test_attempts_grow_apart() -> None:
    waits = [(next_try(tries, NOW) - NOW).total_seconds() / 60 for tries in range(1, 11)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]
