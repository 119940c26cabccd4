"""The days behind the bars of a plan: how wide one is drawn, weeks, today, and days on which somebody does not work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from onward.interfaces.ui.words import short_date
from onward.kernel.clock import WorkingCalendar

#: In px at the usual size: rows stand beside those of a table of the same height.
HEAD, ROW = 44, 34
#: How wide a day is drawn at most and at least; a long plan is scrolled.
WIDEST, NARROWEST, WIDTH = 22.0, 5.0, 760


@dataclass(frozen=True)
class Scale:
    first: date
    last: date
    day: float
    calendar: WorkingCalendar

    @classmethod
    def of(cls, first: date, last: date, calendar: WorkingCalendar) -> Scale:
        days = (last - first).days + 1
        return cls(first, last, min(max(WIDTH / days, NARROWEST), WIDEST), calendar)

    @property
    def width(self) -> float:
        return self.day * ((self.last - self.first).days + 1) + 48

    def each(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def left(self, day: date) -> float:
        return self.day * (min(max(day, self.first), self.last) - self.first).days

    def right(self, day: date) -> float:
        return self.left(day) + self.day

    def middle(self, day: date) -> float:
        return self.left(day) + self.day / 2

    def on(self, moment: datetime | None) -> date | None:
        return self.calendar.day_of(moment) if moment else None


def shade(scale: Scale, ours: WorkingCalendar, theirs: WorkingCalendar, height: int) -> Markup:
    """A day on which nobody works is sunk; of one side's own day off the upper (ours) or lower half is hatched."""
    out = [
        Markup(
            '<defs><pattern id="off-us" width="6" height="6" patternUnits="userSpaceOnUse"><path class="off-us" '
            'd="M-1 7 7 -1"/></pattern><pattern id="off-them" width="6" height="6" patternUnits="userSpaceOnUse">'
            '<path class="off-them" d="M-1 -1 7 7"/></pattern></defs>'
        )
    ]
    for day in scale.each():
        we, they = ours.works_on(day), theirs.works_on(day)
        if we and they:
            continue
        css = "off" if not we and not they else "off-half-us" if not we else "off-half-them"
        out.append(
            Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                css, f"{scale.left(day):.1f}", 0, f"{scale.day:.1f}", height
            )
        )
    return Markup("").join(out)


def size(scale: Scale, height: int) -> Markup:
    return Markup('width="{0}rem" height="{1}rem" viewBox="0 0 {2} {3}"').format(
        f"{scale.width / 16:.3f}", f"{height / 16:.4f}", f"{scale.width:.1f}", height
    )


def _mondays(scale: Scale) -> Iterator[date]:
    """As many as fit with their names."""
    step = next(step for step in (7, 14, 28, 56, 112) if step * scale.day >= 48)
    monday = scale.first + timedelta(days=(7 - scale.first.weekday()) % 7)
    while monday <= scale.last:
        yield monday
        monday += timedelta(days=step)


def weeks(scale: Scale, height: int, top: int = 0) -> Markup:
    lines = (
        Markup('<path class="week" d="M{0} {1}V{2}"/>').format(f"{scale.left(day):.1f}", top, height)
        for day in _mondays(scale)
    )
    return Markup("").join(lines)


def now_line(scale: Scale, today: date, top: int, height: int) -> Markup:
    return Markup('<path class="today" d="M{} {}V{}"/>').format(f"{scale.middle(today):.1f}", top, height)


def ruler(scale: Scale, today: date) -> Markup:
    """The axis with the names of the Mondays, and today's word: it stays in sight while the rows are scrolled."""
    out, at_today = [weeks(scale, HEAD, HEAD - 14)], scale.middle(today)
    for monday in _mondays(scale):
        at = scale.left(monday)
        if not -46 < at - at_today < 22:
            out.append(Markup('<text x="{}" y="{}">{}</text>').format(f"{at + 3:.1f}", HEAD - 20, short_date(monday)))
    out.append(
        Markup('<text class="now" x="{}" y="{}" text-anchor="middle">today</text>').format(f"{at_today:.1f}", HEAD - 20)
    )
    out.append(now_line(scale, today, HEAD - 14, HEAD))
    out.append(Markup('<path class="axis" d="M0 {0}H{1}"/>').format(HEAD - 0.5, f"{scale.width:.1f}"))
    return Markup("").join(out)
