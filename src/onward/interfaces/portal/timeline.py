"""The plan as bars over time, drawn by the server: both sides' halves, today, the goals. On a phone the list stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from markupsafe import Markup

from onward.interfaces.portal.steps import stands
from onward.interfaces.ui.aims import Aim
from onward.interfaces.ui.words import date_words, short_date, today
from onward.journeys.queries import JourneyView, StageView, TaskLine

NAMES, WIDTH, ROW, HEAD, STAGE = 300, 1080, 30, 34, 34
MOST_WEEKS, NAME_ROWS = 14, 4


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return NAMES + (WIDTH - NAMES - 20) * min(max((day - self.first).days / span, 0), 1)


def drawn(
    view: JourneyView, aims: list[Aim], first: Mapping[UUID, date], waits: Callable[[TaskLine], str], tasks: str
) -> Markup:
    """The days as one SVG, and below it the stages with their dated tasks and what is aimed for. `first`: the
    days of tasks before they moved; `waits`: what one waits for; `tasks` is where a task's page is."""
    spans = {task.id: span for task in view.tasks if (span := _span(view, task))}
    rows = [
        (stage, [task for task in view.tasks if task.stage == stage.key and task.id in spans]) for stage in view.stages
    ]
    days = [day for span in spans.values() for day in span] + [aim.day for aim in aims] + [today()]
    scale = _Scale(min(days) - timedelta(days=2), max(days) + timedelta(days=5))
    height = sum(STAGE + ROW * len(lines) for _, lines in rows) + 30 + 20 * NAME_ROWS
    out = [
        Markup('<svg class="chart portal-line" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            WIDTH,
            height,
            f"The plan from {date_words(scale.first)} to {date_words(scale.last)}; the list has each step",
        )
    ]
    weeks = _weeks(scale)
    out += [Markup('<path class="grid" d="M{:.1f} 0V{}"/>').format(scale.x(day), height) for day in weeks]
    top = 0
    for stage, lines in rows:
        out.append(_stage(view, stage, scale, top))
        top += STAGE
        for task in lines:
            was = first.get(task.id) or (task.due_on if stands(view, task) else None)
            out.append(_bar(task, spans[task.id], scale, top, was, waits(task), tasks))
            top += ROW
    out += _aims(aims, scale, top)
    out.append(Markup('<path class="today" d="M{:.1f} 0V{}"/>').format(scale.x(today()), top + 30))
    return _ruler(scale, weeks) + Markup("").join(out) + Markup("</svg>")


def _span(view: JourneyView, task: TaskLine) -> tuple[date, date] | None:
    """From when it could begin until it is done or due, as things stand; None for what has no date at all."""
    if task.state in {"skipped", "withdrawn"}:
        return None
    later = stands(view, task)
    end = _day(task.held_at or task.done_at) or _day(task.starts_at) or (later.on if later else task.due_on)
    if end is None:
        return None
    begin = _day(task.opened_at) or end - timedelta(days=2)
    return (min(begin, end), end)


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def _weeks(scale: _Scale) -> list[date]:
    """A day a week (or two, four...)."""
    span = (scale.last - scale.first).days
    step = next(step for step in (7, 14, 28, 56, 112, 3650) if span / step <= MOST_WEEKS)
    day = scale.first + timedelta(days=(7 - scale.first.weekday()) % 7)
    days = []
    while day < scale.last:
        days.append(day)
        day += timedelta(days=step)
    return days


def _ruler(scale: _Scale, weeks: list[date]) -> Markup:
    """The days, named where there is room and not where "today" stands: they stay in sight while the rows scroll."""
    out = [Markup('<svg class="chart portal-line ruler" viewBox="0 0 {} {}" aria-hidden="true">').format(WIDTH, HEAD)]
    now, taken = scale.x(today()), 0.0
    for day in weeks:
        at, words = scale.x(day), short_date(day)
        out.append(Markup('<path class="grid" d="M{0:.1f} {1}V{2}"/>').format(at, HEAD - 6, HEAD))
        half = 4 * len(words)
        if at - half > taken and abs(at - now) > half + 26:
            out.append(Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(at, HEAD - 12, words))
            taken = at + half + 8
    out.append(Markup('<path class="today" d="M{:.1f} {}V{}"/>').format(now, HEAD - 8, HEAD))
    word = Markup('<text class="today-word" x="{:.1f}" y="{}" text-anchor="middle">today</text></svg>')
    return Markup("").join(out) + word.format(now, HEAD - 12)


def _stage(view: JourneyView, stage: StageView, scale: _Scale, top: int) -> Markup:
    entered, closed, later = _day(stage.entered_at), _day(stage.closed_at), view.later(f"stage.{stage.key}")
    band = Markup("")
    if entered:
        left, right = scale.x(entered), scale.x(closed or (later.on if later else stage.due_on) or today())
        band = Markup('<rect class="stage-band{}" x="{:.1f}" y="{}" width="{:.1f}" height="6"/>').format(
            " closed" if closed else "", left, top + 18, max(right - left, 3)
        )
    return Markup('<text class="strong" x="0" y="{}">{}</text>').format(top + 24, _cut(stage.title, 36)) + band


def _bar(
    task: TaskLine, span: tuple[date, date], scale: _Scale, top: int, was: date | None, waits: str, tasks: str
) -> Markup:
    left, right = scale.x(span[0]), scale.x(span[1])
    who = {"ours": "us", "theirs": "them"}.get(task.side, "both")
    state = "done" if task.state == "done" else "late" if task.is_late else task.state
    half = _half(who, 6, top + 15)
    shape = Markup('<rect class="task-bar {} {}" x="{:.1f}" y="{}" width="{:.1f}" height="14" rx="2"/>').format(
        who, state, left, top + 8, max(right - left, 6)
    )
    ends = f"{'done' if task.state == 'done' else 'due'} {date_words(span[1])}"
    told = [task.title, ends, _was(was, "first due" if task.state == "done" else "was"), waits]
    words = Markup("<title>{}</title>").format(", ".join(filter(None, told)))
    return Markup('<a href="{}/{}?from=timeline">{}{}<text x="22" y="{}">{}</text>{}{}</a>').format(
        tasks, task.ref, words, half, top + 19, _cut(task.title, 40), shape, _old(was, right, scale, top + 15)
    )


def _was(day: date | None, words: str = "was") -> str:
    return f"{words} {date_words(day)}" if day else ""


def _old(day: date | None, now: float, scale: _Scale, middle: int) -> Markup:
    """A post where it stood before, and a dotted line from there to where it stands now."""
    if day is None:
        return Markup("")
    at = scale.x(day)
    return Markup('<path class="was" d="M{0:.1f} {1}v14M{0:.1f} {2}H{3:.1f}"/>').format(at, middle - 7, middle, now)


def _half(who: str, x: int, y: int) -> Markup:
    left = Markup('<path class="half-us" d="M{0} {1}a6 6 0 0 0 0 12z"/>').format(x + 6, y - 6)
    right = Markup('<path class="half-them" d="M{0} {1}a6 6 0 0 1 0 12z"/>').format(
        x + (8 if who == "both" else 0), y - 6
    )
    return left if who == "us" else right if who == "them" else left + right


def _aims(aims: list[Aim], scale: _Scale, top: int) -> list[Markup]:
    """What is aimed for on one line, the names with their days on the first of the rows below that has room."""
    out = [Markup('<text class="strong" x="0" y="{}">What we aim for</text>').format(top + 24)]
    taken = [0.0] * NAME_ROWS
    for aim in aims:
        at, name = scale.x(aim.day), f"{_cut(aim.title, 26)}, {short_date(aim.day)}"
        told = [aim.title, date_words(aim.day), _was(aim.was)]
        words = Markup("<title>{}</title>").format(", ".join(filter(None, told)))
        out.append(_old(aim.was, at, scale, top + 19))
        css = "goal met" if aim.is_met else "goal"
        out.append(Markup('<path class="{}" d="M{:.1f} {}l7 7-7 7-7-7z">{}</path>').format(css, at, top + 12, words))
        half = 4 * len(name)
        middle = min(max(at, NAMES + half), WIDTH - half)
        free = next((number for number, ends in enumerate(taken) if middle - half > ends), None)
        if free is not None:
            taken[free] = middle + half + 12
            out.append(
                Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    middle, top + 46 + 20 * free, name
                )
            )
    return out


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
