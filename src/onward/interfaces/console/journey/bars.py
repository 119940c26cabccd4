"""The plan over time: bars of both sides row by row, moved dates, milestones and days off. No queries here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from markupsafe import Markup

from onward.interfaces.console.journey.dragging import days_off, later, movable
from onward.interfaces.console.journey.seen import Seen, StageSeen, TaskSeen
from onward.interfaces.ui.words import date_words, short_date
from onward.journeys.queries import MilestoneView
from onward.kernel.clock import WorkingCalendar

#: In px at the usual size: rows stand beside those of a table of the same height.
HEAD, ROW = 44, 34
#: How wide a day is drawn at most and at least; a long plan is scrolled.
WIDEST, NARROWEST, WIDTH = 22.0, 5.0, 760
LONGEST = 370


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table beside the bars. `kind` stage | task | milestone."""

    kind: str
    stage: StageSeen | None = None
    task: TaskSeen | None = None
    milestone: MilestoneView | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """`lines` beside `drawing`, row by row, below `ruler`; `ours_only` and `theirs_only`: a day off of one side alone
    occurs."""

    lines: list[Line]
    ruler: Markup
    drawing: Markup
    first: date
    last: date
    ours_only: bool
    theirs_only: bool


def bars(
    seen: Seen, agreed: Mapping[UUID, date], ours: WorkingCalendar, theirs: WorkingCalendar, *, may_move: bool
) -> Bars:
    """`agreed`: the days as they were when the journey opened or its plan was signed, by id. With `may_move`, bars of
    open tasks without a promise carry what dragging needs (timeline.js)."""
    today = ours.day_of(seen.now)
    lines, after = list(_lines(seen)), later(seen) if may_move else {}
    first, last = _reach(seen, lines, today)
    days = (last - first).days + 1
    scale = _Scale(first, last, min(max(WIDTH / days, NARROWEST), WIDEST), ours)
    height = ROW * len(lines)
    out = [_days_off(scale, ours, theirs, height), _weeks(scale, height)]
    for number, line in enumerate(lines):
        top = ROW * number
        if line.stage:
            out.append(_stage(line.stage, scale, top, today, agreed.get(line.stage.view.id)))
        elif line.task:
            drawn = _task(line.task, scale, top, agreed.get(line.task.line.id), today)
            out.append(movable(line.task, drawn, after.get(line.task.line.key, [])) if may_move else drawn)
        elif line.milestone:
            out.append(_milestone(line.milestone, scale, top))
    out.append(_today(scale, today, 0, height))
    label = f"Bars from {date_words(first)} to {date_words(last)}; the table beside holds the same dates"
    drawing = Markup(
        '<svg class="bars-drawing" {} data-day="{}" data-off="{}" role="group" aria-label="{}">{}</svg>'
    ).format(
        _size(scale, height),
        scale.day,
        days_off(first, last, ours, theirs) if may_move else "",
        label,
        Markup("").join(out),
    )
    ruler = Markup('<svg class="bars-drawing bars-ruler" {} aria-hidden="true">{}</svg>').format(
        _size(scale, HEAD), _ruler(scale, today)
    )
    off = [(ours.works_on(day), theirs.works_on(day)) for day in scale.each()]
    return Bars(lines, ruler, drawing, first, last, (False, True) in off, (True, False) in off)


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date
    day: float
    calendar: WorkingCalendar

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


def _lines(seen: Seen) -> Iterator[Line]:
    """Each stage with its tasks; a milestone stands after the stage whose proof asks for it, the others at the end."""
    left = list(seen.view.milestones)
    for stage in seen.stages:
        yield Line("stage", stage=stage)
        yield from (Line("task", task=task) for task in stage.tasks if task.line.state != "withdrawn")
        for row in [row for row in left if stage.view.key in seen.stages_of(row.key)]:
            left.remove(row)
            yield Line("milestone", milestone=row)
    yield from (Line("milestone", milestone=row) for row in left)


def _reach(seen: Seen, lines: Iterable[Line], today: date) -> tuple[date, date]:
    days = [today, timezone.localtime(seen.view.signed_at or seen.view.started_at).date()]
    for line in lines:
        row = line.task.line if line.task else line.stage.view if line.stage else line.milestone
        days += [day for day in (getattr(row, "due_on", None),) if day]
        for name in ("opened_at", "done_at", "entered_at", "closed_at", "met_at"):
            if moment := getattr(row, name, None):
                days.append(timezone.localtime(moment).date())
    first = min(days) - timedelta(days=2)
    return first, min(max(days) + timedelta(days=5), first + timedelta(days=LONGEST))


def _days_off(scale: _Scale, ours: WorkingCalendar, theirs: WorkingCalendar, height: int) -> Markup:
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


def _size(scale: _Scale, height: int) -> Markup:
    return Markup('width="{0}rem" height="{1}rem" viewBox="0 0 {2} {3}"').format(
        f"{scale.width / 16:.3f}", f"{height / 16:.4f}", f"{scale.width:.1f}", height
    )


def _mondays(scale: _Scale) -> Iterator[date]:
    """As many as fit with their names."""
    step = next(step for step in (7, 14, 28, 56, 112) if step * scale.day >= 48)
    monday = scale.first + timedelta(days=(7 - scale.first.weekday()) % 7)
    while monday <= scale.last:
        yield monday
        monday += timedelta(days=step)


def _weeks(scale: _Scale, height: int, top: int = 0) -> Markup:
    lines = (
        Markup('<path class="week" d="M{0} {1}V{2}"/>').format(f"{scale.left(day):.1f}", top, height)
        for day in _mondays(scale)
    )
    return Markup("").join(lines)


def _today(scale: _Scale, today: date, top: int, height: int) -> Markup:
    return Markup('<path class="today" d="M{} {}V{}"/>').format(f"{scale.middle(today):.1f}", top, height)


def _ruler(scale: _Scale, today: date) -> Markup:
    """The axis with the names of the Mondays, and today's word: it stays in sight while the rows are scrolled."""
    out, at_today = [_weeks(scale, HEAD, HEAD - 14)], scale.middle(today)
    for monday in _mondays(scale):
        at = scale.left(monday)
        if not -46 < at - at_today < 22:
            out.append(Markup('<text x="{}" y="{}">{}</text>').format(f"{at + 3:.1f}", HEAD - 20, short_date(monday)))
    out.append(
        Markup('<text class="now" x="{}" y="{}" text-anchor="middle">today</text>').format(f"{at_today:.1f}", HEAD - 20)
    )
    out.append(_today(scale, today, HEAD - 14, HEAD))
    out.append(Markup('<path class="axis" d="M0 {0}H{1}"/>').format(HEAD - 0.5, f"{scale.width:.1f}"))
    return Markup("").join(out)


def _stage(stage: StageSeen, scale: _Scale, top: int, today: date, agreed: date | None) -> Markup:
    begin, closed, due = scale.on(stage.view.entered_at), scale.on(stage.view.closed_at), stage.view.due_on
    out = [Markup('<path class="group" d="M0 {0}H{1}"/>').format(top + ROW - 0.5, f"{scale.width:.1f}")]
    if begin:
        end = closed or max(today, begin)
        out.append(_rect("stage" + (" proven" if closed else ""), scale.left(begin), scale.right(end), top + 14, 6))
        if not closed and due and due > end:
            out.append(_rect("stage ahead", scale.right(end), scale.right(due), top + 14, 6))
    if due and not closed:
        late = " late" if due < today and begin else ""
        out.append(_post(stage.view.promise, late, scale.right(due), top))
    if agreed and due and agreed != due:
        until = scale.right(agreed)
        left = min(scale.left(begin or agreed), until - scale.day)
        out.append(_rect("first-plan", left, until, top + 24, 3))
    return Markup("").join(out)


def _post(promised: bool, late: str, at: float, top: int) -> Markup:
    """A promised date is a post of ink, a planned one a thin line."""
    css = ("post" if promised else "due") + late
    return Markup('<path class="{}" d="M{} {}v22"/>').format(css, f"{at:.1f}", top + 6)


def _task(task: TaskSeen, scale: _Scale, top: int, first_plan: date | None, today: date) -> Markup:
    line = task.line
    if line.state == "skipped":
        return Markup("")
    done = scale.on(line.held_at or line.done_at)
    end = done or line.due_on or scale.on(line.starts_at)
    begin = scale.on(line.opened_at)
    side = {"ours": "us", "theirs": "them"}.get(line.side, "both")
    out = []
    if end is None:
        return Markup('<text class="none" x="{}" y="{}">no date</text>').format(
            f"{scale.right(today) + 4:.1f}", top + 21
        )
    start = min(begin or end - timedelta(days=2), end)
    left, right = scale.left(start), scale.right(end)
    css = f"bar {side}" + (" done" if done else " waiting" if line.state == "waiting" else "")
    if line.deferred_at and not done:
        css += " deferred"
    out.append(_rect(css, left, right, top + 10, 14))
    if begin and not done:
        until = scale.right(min(today, end))
        if until > left:
            out.append(_rect(f"bar {side} spent", left, until, top + 10, 14))
    if task.late and not done:
        out.append(_rect("bar overdue", right, max(scale.right(today), right + 2), top + 10, 14))
        right = max(scale.right(today), right + 2)
    if line.promise:
        out.append(_post(True, " late" if task.late else "", scale.right(line.due_on or end), top))
    if first_plan and line.due_on and first_plan != line.due_on:
        # What is done counts by the day it was done, whatever its date had become.
        moved = ((done or line.due_on) - first_plan).days
        until = scale.right(first_plan)
        out.append(_rect("first-plan", min(left, until - scale.day), until, top + 26, 3))
        if moved:
            out.append(
                Markup('<text class="moved" x="{}" y="{}">{:+d} d</text>').format(f"{right + 4:.1f}", top + 21, moved)
            )
    words = f"{line.title}: {short_date(start)} to {short_date(end)}{', done' if done else ''}"
    return Markup('<a href="{}"><title>{}</title>{}</a>').format(task.path, words, Markup("").join(out))


def _rect(css: str, left: float, right: float, top: float, tall: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        css, f"{left:.1f}", top, f"{max(right - left, 2):.1f}", tall
    )


def _milestone(row: MilestoneView, scale: _Scale, top: int) -> Markup:
    """A diamond where it was reached or is due; a line from the day it was due to the day it came."""
    met, due = scale.on(row.met_at), row.due_on
    out = []
    if row.first_value:
        out.append(_rect("value-row", 0, scale.width, top, ROW))
    at = met or due
    if at is None:
        return Markup("").join(out)
    if met and due and met != due:
        left, right = sorted((scale.middle(met), scale.middle(due)))
        out.append(Markup('<path class="slip" d="M{} {}H{}"/>').format(f"{left:.1f}", top + 17, f"{right:.1f}"))
    if due:
        out.append(_post(False, "", scale.middle(due), top))
    x = scale.middle(at)
    css = "diamond met" if met else "diamond"
    out.append(
        Markup('<path class="{}" d="M{} {}l7 7-7 7-7-7z"><title>{}</title></path>').format(
            css, f"{x:.1f}", top + 10, f"{row.title}: {short_date(at)}"
        )
    )
    return Markup("").join(out)
