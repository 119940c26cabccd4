"""A journey against its duration target: by which day it should be complete, and how it stands to that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from onward.accounts.decisions import Aim
from onward.interfaces.console.journey.seen import Seen
from onward.interfaces.ui.words import days


@dataclass(frozen=True, slots=True)
class Aiming:
    """`day` is the target day, None before the signature; `words` how it stands; `is_missed`: complete after it, or
    under way beyond it."""

    most: int
    why: str
    day: date | None
    words: str
    is_missed: bool


def target_day(signed_at: datetime, aim: Aim) -> date:
    """By which day the whole should be complete."""
    return timezone.localdate(signed_at) + timedelta(days=aim.whole.most)


def aiming(seen: Seen, aim: Aim) -> Aiming:
    """The target of the whole, counted from the signature; the day itself still counts."""
    most, view = aim.whole.most, seen.view
    if view.signed_at is None:
        return Aiming(most, aim.why, None, "from the signature", is_missed=False)
    day, until = target_day(view.signed_at, aim), timezone.localdate(view.ended_at or seen.now)
    over = (until - day).days
    if view.state == "completed":
        words = f"completed {days(over)} after it" if over > 0 else f"completed on day {most + over} of {most}"
    elif view.state == "cancelled":
        return Aiming(most, aim.why, day, "", is_missed=False)
    else:
        words = f"{days(over)} past it" if over > 0 else f"day {max(0, most + over)} of {most}"
        ends = max((stage.due_on for stage in view.stages if stage.due_on), default=day)
        if over <= 0 and ends > day:
            words += f"; the plan ends {days((ends - day).days)} after it"
    return Aiming(most, aim.why, day, words, is_missed=over > 0)
