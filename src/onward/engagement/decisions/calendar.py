"""Calendar invitations after iTIP (RFC 5546): one uid for ever, a growing sequence, moments in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as Component


@dataclass(frozen=True)
class Attendee:
    """A person in an invitation; `must`: the meeting does not make sense without them."""

    name: str
    mail: str
    must: bool = True


@dataclass(frozen=True)
class Event:
    """What the calendar shows. `starts_at` is aware."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    title: str
    description: str
    url: str
    organizer: Attendee
    attendees: Sequence[Attendee]


def itip(event: Event, *, method: Literal["REQUEST", "CANCEL", "PUBLISH"], now: datetime) -> str:
    """The text/calendar part of an invitation (REQUEST), of its withdrawal (CANCEL), or a file to keep (PUBLISH)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Onward//Onward//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    part = Component()
    part.add("uid", event.uid)
    part.add("sequence", event.sequence)
    part.add("dtstamp", now.astimezone(UTC))
    part.add("dtstart", event.starts_at.astimezone(UTC))
    part.add("dtend", event.starts_at.astimezone(UTC) + timedelta(minutes=event.minutes))
    part.add("summary", event.title)
    if event.description:
        part.add("description", event.description)
    if event.url:
        part.add("url", event.url)
    part.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    part.add("transp", "OPAQUE")
    if event.organizer.mail:
        part.add("organizer", _address(event.organizer))
    for person in event.attendees:
        address = _address(person)
        address.params["CUTYPE"] = vText("INDIVIDUAL")
        address.params["ROLE"] = vText("REQ-PARTICIPANT" if person.must else "OPT-PARTICIPANT")
        address.params["PARTSTAT"] = vText("NEEDS-ACTION")
        address.params["RSVP"] = vText("TRUE")
        part.add("attendee", address, encode=False)
    calendar.add_component(part)
    text: str = calendar.to_ical().decode()
    return text


def _address(person: Attendee) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.mail}")
    address.params["CN"] = vText(" ".join(person.name.replace('"', "'").split()))
    return address
