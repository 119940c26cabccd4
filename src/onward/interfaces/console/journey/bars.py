"""The plan over time: bars of both sides row by row, moved dates, milestones and days off. No queries here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from markupsafe import Markup

from onward.automation.queries.deciding import Goal
from onward.interfaces.console.journey import ties
from onward.interfaces.console.journey.axis import HEAD, ROW, Scale, now_line, ruler, shade, size, weeks
from onward.interfaces.console.journey.deciding import decides, slips
from onward.interfaces.console.journey.dragging import days_off, later, movable
from onward.interfaces.console.journey.seen import Seen, StageSeen, TaskSeen
from onward.interfaces.console.journey.ties import Place, ties_of
from onward.interfaces.ui.words import date_words, short_date
from onward.journeys.decisions.forecast import Expected
from onward.journeys.queries import AgreedDay, MilestoneView, StageView, TaskLine
from onward.kernel.clock import WorkingCalendar

#: In days.
LONGEST = 370
#: Beside a bar, in px.
MOVED_WORDS = 34


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table beside the bars. `kind` stage | task | milestone | answer (a day agreed in a form)."""

    kind: str
    stage: StageSeen | None = None
    task: TaskSeen | None = None
    milestone: MilestoneView | None = None
    agreed: AgreedDay | None = None

    def kept(self, seen: Seen) -> Expected | None:
        """The day that it can be kept by, where that is later than the one agreed, and not only because it is late."""
        row = self.row
        found = seen.view.later(f"{self.kind}.{row.key}") if row else None
        return found if found and not found.is_late_itself else None

    @property
    def row(self) -> TaskLine | StageView | MilestoneView | AgreedDay | None:
        """What it is a row of."""
        return self.task.line if self.task else self.stage.view if self.stage else self.milestone or self.agreed


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
    seen: Seen,
    agreed: Mapping[UUID, date],
    ours: WorkingCalendar,
    theirs: WorkingCalendar,
    *,
    may_move: bool,
    goal: Goal | None = None,
) -> Bars:
    """`agreed`: the days as they were when the journey opened or its plan was signed, by id. With `may_move`, bars of
    open tasks without a promise carry what dragging needs (timeline.js). `goal`: what decides its
    day is marked."""
    today = ours.day_of(seen.now)
    lines, after = list(_lines(seen)), later(seen) if may_move else {}
    first, last = _reach(seen, lines, today, goal)
    scale = Scale.of(first, last, ours)
    height = ROW * len(lines)
    out = [shade(scale, ours, theirs, height), weeks(scale, height)]
    # Beside what decides a day bars stand where they can be kept; in the plan a line leads there.
    stands = {line.task.line.id: kept for line in lines if goal and line.task and (kept := line.kept(seen))}
    places = dict(_places(lines, scale, today, stands))
    links = ties_of({one.id: one.after for stage in seen.book.stages for one in stage.tasks})
    for number, line in enumerate(lines):
        top = ROW * number
        if line.stage:
            out.append(_stage(line.stage, scale, top, today, agreed.get(line.stage.view.id)))
        elif line.task:
            key = line.task.line.key
            told = ties.said(key, links.get(key, ()), {key: place.title for key, place in places.items()})
            row = line.task.line.id
            bar = _task(line.task, scale, top, agreed.get(row), today, goal, told, stands.get(row))
            bar += ties.drawn(key, links.get(key, ()), places, told, scale.width) if bar else ""
            out.append(movable(line.task, bar, after.get(key, [])) if may_move else bar)
        elif line.milestone:
            out.append(_milestone(line.milestone, scale, top, line.kept(seen)))
        elif line.agreed:
            out.append(_day(line.agreed.what, line.agreed.due_on, line.kept(seen), scale, top))
        if goal is None and (kept := line.kept(seen)):
            out.append(_kept(scale, kept, top))
    out.append(now_line(scale, today, 0, height))
    label = f"Bars from {date_words(first)} to {date_words(last)}; the table beside holds the same dates"
    drawing = Markup(
        '<svg class="bars-drawing" {} data-day="{}" data-off="{}" role="group" aria-label="{}">{}</svg>'
    ).format(
        size(scale, height),
        scale.day,
        days_off(first, last, ours, theirs) if may_move else "",
        label,
        Markup("").join(out),
    )
    head = Markup('<svg class="bars-drawing bars-ruler" {} aria-hidden="true">{}</svg>').format(
        size(scale, HEAD), ruler(scale, today)
    )
    off = [(ours.works_on(day), theirs.works_on(day)) for day in scale.each()]
    return Bars(lines, head, drawing, first, last, (False, True) in off, (True, False) in off)


def _lines(seen: Seen) -> Iterator[Line]:
    """Each stage with its tasks; a milestone stands after the stage whose proof asks for it, the others at the end. A
    day agreed goes ahead of the milestone that it goes ahead of."""
    left = seen.marked
    for stage in seen.stages:
        yield Line("stage", stage=stage)
        yield from (Line("task", task=task) for task in stage.tasks if task.line.state != "withdrawn")
        for row in [
            row for row in left if isinstance(row, MilestoneView) and stage.view.key in seen.stages_of(row.key)
        ]:
            until = begin = left.index(row)
            while begin and isinstance(left[begin - 1], AgreedDay):
                begin -= 1
            yield from map(_mark, left[begin : until + 1])
            del left[begin : until + 1]
    yield from map(_mark, left)


def _mark(row: MilestoneView | AgreedDay) -> Line:
    return Line("answer", agreed=row) if isinstance(row, AgreedDay) else Line("milestone", milestone=row)


def _reach(seen: Seen, lines: Iterable[Line], today: date, goal: Goal | None) -> tuple[date, date]:
    days = [
        today,
        *(one.latest for one in (goal.slack.values() if goal else ())),
        timezone.localtime(seen.view.signed_at or seen.view.started_at).date(),
    ]
    for line in lines:
        row = line.row
        days += [day for day in (getattr(row, "due_on", None),) if day]
        days += [kept.on] if (kept := line.kept(seen)) else []
        for name in ("opened_at", "done_at", "entered_at", "closed_at", "met_at"):
            if moment := getattr(row, name, None):
                days.append(timezone.localtime(moment).date())
    first = min(days) - timedelta(days=2)
    return first, min(max(days) + timedelta(days=5), first + timedelta(days=LONGEST))


def _stage(stage: StageSeen, scale: Scale, top: int, today: date, agreed: date | None) -> Markup:
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


def _kept(scale: Scale, kept: Expected, top: int) -> Markup:
    """From the day agreed, or today where that has gone by, to the day that it can be kept by."""
    left, right = scale.right(kept.agreed or kept.on), scale.right(kept.on)
    return Markup('<path class="kept" d="M{} {}H{}m0 -5v10"><title>{} at the earliest</title></path>').format(
        f"{left:.1f}", top + 17, f"{right:.1f}", short_date(kept.on)
    )


def _span(line: TaskLine, scale: Scale, stands: Expected | None) -> tuple[date, date, date | None] | None:
    """(its first day, its last, the day it was done); None without a date."""
    done = scale.on(line.held_at or line.done_at)
    end = done or (stands.on if stands else line.due_on) or scale.on(line.starts_at)
    if line.state == "skipped" or end is None:
        return None
    return min(scale.on(line.opened_at) or end - timedelta(days=2), end), end, done


def _places(
    lines: Iterable[Line], scale: Scale, today: date, stands: Mapping[UUID, Expected]
) -> Iterator[tuple[str, Place]]:
    for number, line in enumerate(lines):
        if line.task and (span := _span(line.task.line, scale, stands.get(line.task.line.id))):
            start, end, done = span
            right = scale.right(max(end, today) if line.task.late and not done else end)
            yield line.task.line.key, Place(line.task.line.title, scale.left(start), right, ROW * number + ROW / 2)


def _task(
    task: TaskSeen,
    scale: Scale,
    top: int,
    first_plan: date | None,
    today: date,
    goal: Goal | None,
    told: str,
    stands: Expected | None,
) -> Markup:
    line = task.line
    if line.state == "skipped":
        return Markup("")
    span = _span(line, scale, stands)
    if span is None:
        return Markup('<text class="none" x="{}" y="{}">no date</text>').format(
            f"{scale.right(today) + 4:.1f}", top + 21
        )
    (start, end, done), begin = span, scale.on(line.opened_at)
    side = {"ours": "us", "theirs": "them"}.get(line.side, "both")
    out, after = [], 0
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
        # Earlier than first planned is no good news of what is late.
        if moved > 0 or (moved and not task.late):
            after = MOVED_WORDS
            out.append(
                Markup('<text class="moved{}" x="{}" y="{}">{:+d} d</text>').format(
                    "" if moved > 0 else " early", f"{right + 4:.1f}", top + 21, moved
                )
            )
    words = f"{line.title}: {short_date(start)} to {short_date(end)}{', done' if done else ''}"
    if goal and not done and (one := goal.slack.get(line.key)):
        out.append(decides(goal, line.key, scale, left, right, top, after))
        words += f", {slips(goal, one)}"
    words += f"; {told}" if told else ""
    return Markup('<a href="{}"><title>{}</title>{}</a>').format(task.path, words, Markup("").join(out))


def _rect(css: str, left: float, right: float, top: float, tall: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        css, f"{left:.1f}", top, f"{max(right - left, 2):.1f}", tall
    )


def _milestone(row: MilestoneView, scale: Scale, top: int, kept: Expected | None) -> Markup:
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
    drawn = _diamond(row.title, met, scale, top, " met") if met else _day(row.title, at, kept, scale, top)
    return Markup("").join([*out, drawn])


def _day(title: str, agreed: date, kept: Expected | None, scale: Scale, top: int) -> Markup:
    """A diamond at the day that the row tells; where that is a later one than agreed, a broken one at the agreed."""
    if kept is None:
        return _diamond(title, agreed, scale, top)
    return _diamond(f"{title}, as agreed", agreed, scale, top, " was") + _diamond(title, kept.on, scale, top)


def _diamond(title: str, at: date, scale: Scale, top: int, css: str = "") -> Markup:
    return Markup('<path class="diamond{}" d="M{} {}l7 7-7 7-7-7z"><title>{}</title></path>').format(
        css, f"{scale.middle(at):.1f}", top + 10, f"{title}: {short_date(at)}"
    )
