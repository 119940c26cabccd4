"""The plan over time: bars of both sides row by row, moved dates, milestones and days off. No queries here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from markupsafe import Markup

from onward.automation.queries.deciding import Goal
from onward.interfaces.console.journey import marks, ties
from onward.interfaces.console.journey.axis import HEAD, ROW, Scale, now_line, ruler, shade, size, weeks
from onward.interfaces.console.journey.dragging import days_off, later, movable
from onward.interfaces.console.journey.marks import Span
from onward.interfaces.console.journey.seen import Seen, StageSeen, TaskSeen
from onward.interfaces.console.journey.ties import Place, ties_of
from onward.interfaces.ui.words import date_words
from onward.journeys.decisions.forecast import Expected
from onward.journeys.queries import AgreedDay, MilestoneView, StageView, TaskLine
from onward.kernel.clock import WorkingCalendar

#: In days.
LONGEST = 370


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
    spans = {
        line.task.line.id: span
        for line in lines
        if line.task and (span := Span.of(line.task.line, scale, line.kept(seen) if goal else None))
    }
    places = dict(_places(lines, spans, scale, today))
    titles = {key: place.title for key, place in places.items()}
    links = ties_of({one.id: one.after for stage in seen.book.stages for one in stage.tasks})
    for number, line in enumerate(lines):
        top = ROW * number
        if line.stage:
            out.append(marks.stage(line.stage, scale, top, today, agreed.get(line.stage.view.id)))
        elif line.task:
            key = line.task.line.key
            told = ties.said(key, links.get(key, ()), titles)
            if span := spans.get(line.task.line.id):
                bar = marks.task(line.task, span, scale, top, agreed.get(line.task.line.id), today, goal, told)
                bar += ties.drawn(key, links.get(key, ()), places, told, scale.width)
            else:
                bar = marks.dateless(scale, top, today) if line.task.line.state != "skipped" else Markup("")
            out.append(movable(line.task, bar, after.get(key, [])) if may_move else bar)
        elif line.milestone:
            out.append(marks.milestone(line.milestone, scale, top, line.kept(seen)))
        elif line.agreed:
            out.append(marks.day(line.agreed.what, line.agreed.due_on, line.kept(seen), scale, top))
        if goal is None and (kept := line.kept(seen)):
            out.append(marks.kept(scale, kept, top))
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


def _places(
    lines: Iterable[Line], spans: Mapping[UUID, Span], scale: Scale, today: date
) -> Iterator[tuple[str, Place]]:
    for number, line in enumerate(lines):
        if line.task and (span := spans.get(line.task.line.id)):
            right = scale.right(max(span.end, today) if line.task.late and not span.done else span.end)
            yield line.task.line.key, Place(line.task.line.title, scale.left(span.start), right, ROW * number + ROW / 2)
