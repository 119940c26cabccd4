"""A bar per journey, from signature to the promised date, in shares of the window that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.utils import timezone

from onward.insights import queries as insights
from onward.interfaces.console.portfolio.asked import View
from onward.interfaces.console.portfolio.ledes import late_days
from onward.interfaces.ui.given import day
from onward.interfaces.ui.words import segment
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.refusals import invalid

GROUPS = [("", "owner"), ("segment", "segment")]
ZOOMS = [("", "month"), ("week", "week")]
WEEKS = 12
LONGEST = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: proven, now, ahead or late. `left` and `wide` are percent of the window."""

    kind: str
    left: float
    wide: float


@dataclass(frozen=True, slots=True)
class Row:
    """One journey as it is drawn. `post` is the promised date, `diamond` first value as agreed, `kept` where it can
    be kept by `kept_on` at the earliest, if later: percent, None outside."""

    line: insights.PortfolioLine
    pieces: list[Piece]
    post: float | None
    diamond: float | None
    late: int
    promised_on: date | None
    kept: float | None
    kept_on: date | None


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one owner or segment, and how many of them are late."""

    name: str
    href: str
    rows: list[Row]

    @property
    def late(self) -> int:
        return sum(1 for row in self.rows if row.late)


@dataclass(frozen=True, slots=True)
class Timeline:
    """`ticks` are (percent, words); `today` percent, None outside of the window."""

    groups: list[Group]
    ticks: list[tuple[float, str]]
    today: float | None
    rows: list[insights.PortfolioLine]
    next: str
    before: str
    later: str


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are shown."""

    begin: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        """A moment as percent, within the window."""
        share = (moment - self.begin) / (self.end - self.begin)
        return round(min(max(share, 0.0), 1.0) * 100, 3)

    def within(self, moment: datetime | None) -> float | None:
        """The same, None outside."""
        return self.at(moment) if moment is not None and self.begin <= moment <= self.end else None


def timeline(actor: Actor, view: View, now: datetime, cursor: str) -> Timeline:
    """Fifty journeys in their groups, and the window that fits them (by month) or twelve weeks of it (by week)."""
    group, zoom = view.query.get("group", ""), view.query.get("zoom", "")
    if group not in dict(GROUPS) or zoom not in dict(ZOOMS):
        raise invalid("The timeline is not drawn like that.", mend="By owner or segment, by month or week.")
    found = insights.portfolio(actor, view.filters, sort=group or "owner", cursor=cursor, now=now)
    stays = insights.stays_of(actor, [row.journey_id for row in found.rows])
    later = journeys.first_values_later(actor, [row.journey_id for row in found.rows])
    window = _window(found.rows, zoom, day(view.query.get("at", "")), now, later.values())
    groups = []
    for key, lines in groupby(found.rows, key=lambda row: _key(row, group)):
        rows = [_row(line, stays.get(line.journey_id, []), window, now, later.get(line.journey_id)) for line in lines]
        name, word = _named(rows[0].line, group)
        href = view.href(by=word) if not group else view.href(**{"in": key})
        groups.append(Group(name, href, rows))
    step = timedelta(weeks=WEEKS // 2)
    before, after = (view.href(at=(window.begin + by).date().isoformat()) if zoom else "" for by in (-step, step))
    return Timeline(groups, _ticks(window, zoom), window.within(now), found.rows, found.next, before, after)


def _key(line: insights.PortfolioLine, group: str) -> str:
    return line.segment if group else str(line.owner_id)


def _named(line: insights.PortfolioLine, group: str) -> tuple[str, str]:
    if group:
        return segment(line.segment), line.segment
    return line.owner_name or "Nobody", line.owner_ref or "none"


def _promised(line: insights.PortfolioLine) -> datetime | None:
    return line.completion_due_at or line.first_value_due_at


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), timezone.get_current_timezone())


def _window(
    rows: Sequence[insights.PortfolioLine], zoom: str, at: date | None, now: datetime, kept: Iterable[date]
) -> Window:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if zoom:
        begin = midnight - timedelta(days=midnight.weekday() + 28)
        if at is not None:
            begin = midnight + (at - midnight.date())
        return Window(begin, begin + timedelta(weeks=WEEKS))
    starts = [row.signed_at or row.started_at for row in rows]
    ends = [moment for row in rows for moment in (_promised(row), row.first_value_due_at, row.ended_at) if moment]
    begin = max(min(starts, default=now), now - LONGEST / 2)
    end = min(max(*ends, *map(_noon, kept), now, now), now + LONGEST / 2)
    begin = timezone.localtime(begin).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Window(begin, end + timedelta(days=4))


def _ticks(window: Window, zoom: str) -> list[tuple[float, str]]:
    ticks = []
    at = window.begin
    many = (window.end - window.begin).days > 400
    while at < window.end:
        words = f"{at.day} {at:%b}" if zoom else f"{at:%b}" + (f" {at:%y}" if at.month == 1 else "")
        ticks.append((window.at(at), words))
        if zoom:
            at += timedelta(weeks=1)
        else:
            for _ in range(2 if many else 1):
                at = (at.replace(day=28) + timedelta(days=5)).replace(day=1)
    return ticks


def _row(
    line: insights.PortfolioLine, stays: list[insights.Stay], window: Window, now: datetime, kept_on: date | None
) -> Row:
    begin, promised = line.signed_at or line.started_at, _promised(line)
    until = line.ended_at or now
    pieces: list[Piece] = []

    def add(kind: str, left: datetime, right: datetime) -> None:
        wide = window.at(right) - window.at(left)
        if wide > 0:
            pieces.append(Piece(kind, window.at(left), round(wide, 3)))

    at = begin
    for stay in stays:
        closed = stay.closed_at
        if closed is not None and closed > at:
            add("proven", at, min(closed, until))
            at = closed
    if until > at:
        add("proven" if line.state == "completed" else "now", at, until)
    if promised is not None and promised > until and line.ended_at is None:
        add("ahead", max(now, begin), promised)
    late = late_days(line, now)
    if late:
        due = line.completion_due_at if line.first_value_met_at else line.first_value_due_at
        if due is not None:
            add("late", max(due, begin), now)
    value = line.first_value_met_at or line.first_value_due_at
    on = line.completion_due_on or line.first_value_due_on
    kept = window.within(_noon(kept_on)) if kept_on else None
    return Row(line, pieces, window.within(promised), window.within(value), late, on, kept, kept_on)
