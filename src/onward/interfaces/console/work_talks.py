"""Check-ins whose day has come, as rows of My work, and when anything is due there, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from onward.insights.queries import PortfolioLine
from onward.interfaces.ui.words import late_words
from onward.journeys.queries import TalkDue
from onward.kernel.ids import format_id


@dataclass(frozen=True, slots=True)
class Talk:
    """A check-in that is late or due today, in the words of a list."""

    due: TalkDue
    line: PortfolioLine | None
    holder: str
    when: str
    css: str

    @property
    def path(self) -> str:
        """Where it is held against the plan; one among ourselves has no page of its own."""
        journey = f"/journeys/{format_id('jny', self.due.journey_id)}"
        return f"{journey}/success" if self.due.internal else f"{journey}/check-ins/{self.due.ref}"


def talk(due: TalkDue, line: PortfolioLine | None, names: Mapping[str, str], now: datetime) -> Talk:
    """A check-in with the names of a list."""
    return Talk(due, line, names.get(due.holder, ""), *when_due(due.due_on, due.due_at < now, now))


def when_due(due_on: date | None, late: bool, now: datetime) -> tuple[str, str]:
    """When something is due, in words ("" for a day that is written as it is), and how they look."""
    today = timezone.localtime(now).date()
    if due_on is None:
        return "no date", "third"
    if late:
        return late_words(due_on), "bad strong"
    if due_on <= today:
        return "Today", "warn strong"
    return ("Tomorrow" if due_on == today + timedelta(days=1) else ""), ""
