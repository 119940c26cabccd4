"""How a message reads and when it is tried again. Pure."""

from onward.engagement.decisions.calendar import Attendee, Event, itip
from onward.engagement.decisions.delivery import MAX_TRIES, next_try
from onward.engagement.decisions.letter import PLACEHOLDERS, Letter, compose, unknown_placeholders

__all__ = [
    "MAX_TRIES",
    "PLACEHOLDERS",
    "Attendee",
    "Event",
    "Letter",
    "compose",
    "itip",
    "next_try",
    "unknown_placeholders",
]
