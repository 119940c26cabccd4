"""What is drawn in one row of the bars: a stage, a step, a milestone or a day agreed. No queries here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from onward.automation.queries.deciding import Goal
from onward.interfaces.console.journey.axis import ROW, Scale
from onward.interfaces.console.journey.deciding import decides, slips
from onward.interfaces.console.journey.seen import StageSeen, TaskSeen
from onward.interfaces.ui.words import short_date
from onward.journeys.decisions.forecast import Expected
from onward.journeys.queries import MilestoneView, TaskLine

#: Beside a bar, in px.
MOVED_WORDS = 34


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a step's bar, both drawn; `done` where it is over."""

    start: date
    end: date
    done: date | None

    @classmethod
    def of(cls, line: TaskLine, scale: Scale, stands: Expected | None) -> Span | None:
        """None without a date, and for what was left out; `stands`: the day that it can be kept by, drawn instead of
        the one agreed."""
        done = scale.on(line.held_at or line.done_at)
        end = done or (stands.on if stands else line.due_on) or scale.on(line.starts_at)
        if line.state == "skipped" or end is None:
            return None
        return cls(min(scale.on(line.opened_at) or end - timedelta(days=2), end), end, done)


def stage(row: StageSeen, scale: Scale, top: int, today: date, agreed: date | None) -> Markup:
    begin, closed, due = scale.on(row.view.entered_at), scale.on(row.view.closed_at), row.view.due_on
    out = [Markup('<path class="group" d="M0 {0}H{1}"/>').format(top + ROW - 0.5, f"{scale.width:.1f}")]
    if begin:
        end = closed or max(today, begin)
        out.append(_rect("stage" + (" proven" if closed else ""), scale.left(begin), scale.right(end), top + 14, 6))
        if not closed and due and due > end:
            out.append(_rect("stage ahead", scale.right(end), scale.right(due), top + 14, 6))
    if due and not closed:
        late = " late" if due < today and begin else ""
        out.append(_post(row.view.promise, late, scale.right(due), top))
    if agreed and due and agreed != due:
        until = scale.right(agreed)
        left = min(scale.left(begin or agreed), until - scale.day)
        out.append(_rect("first-plan", left, until, top + 24, 3))
    return Markup("").join(out)


def _post(promised: bool, late: str, at: float, top: int) -> Markup:
    """A promised date is a post of ink, a planned one a thin line."""
    css = ("post" if promised else "due") + late
    return Markup('<path class="{}" d="M{} {}v22"/>').format(css, f"{at:.1f}", top + 6)


def kept(scale: Scale, kept: Expected, top: int) -> Markup:
    """From the day agreed, or today where that has gone by, to the day that it can be kept by."""
    left, right = scale.right(kept.agreed or kept.on), scale.right(kept.on)
    return Markup('<path class="kept" d="M{} {}H{}m0 -5v10"><title>{} at the earliest</title></path>').format(
        f"{left:.1f}", top + 17, f"{right:.1f}", short_date(kept.on)
    )


def dateless(scale: Scale, top: int, today: date) -> Markup:
    """A step without a date."""
    return Markup('<text class="none" x="{}" y="{}">no date</text>').format(f"{scale.right(today) + 4:.1f}", top + 21)


def task(
    row: TaskSeen,
    span: Span,
    scale: Scale,
    top: int,
    first_plan: date | None,
    today: date,
    goal: Goal | None,
    told: str,
) -> Markup:
    """`told`: what it waits for and what waits for it, in words; with `goal`, how it bears on its day."""
    line, begin = row.line, scale.on(row.line.opened_at)
    start, end, done = span.start, span.end, span.done
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
    if row.late and not done:
        out.append(_rect("bar overdue", right, max(scale.right(today), right + 2), top + 10, 14))
        right = max(scale.right(today), right + 2)
    if line.promise:
        out.append(_post(True, " late" if row.late else "", scale.right(line.due_on or end), top))
    if first_plan and line.due_on and first_plan != line.due_on:
        # What is done counts by the day it was done, whatever its date had become.
        moved = ((done or line.due_on) - first_plan).days
        until = scale.right(first_plan)
        out.append(_rect("first-plan", min(left, until - scale.day), until, top + 26, 3))
        # Earlier than first planned is no good news of what is late.
        if moved > 0 or (moved and not row.late):
            after = MOVED_WORDS
            out.append(
                Markup('<text class="moved{}" x="{}" y="{}">{:+d} d</text>').format(
                    "" if moved > 0 else " early", f"{right + 4:.1f}", top + 21, moved
                )
            )
    words = f"{line.title}: {short_date(start)} to {short_date(end)}{', done' if done else ''}"
    if goal and not done and (one := goal.slack.get(line.key)):
        out.append(decides(goal, line.key, scale, left, right, top, after))
        words += f", {slips(goal, one, is_late=bool(row.late))}"
    words += f"; {told}" if told else ""
    return Markup('<a href="{}"><title>{}</title>{}</a>').format(row.path, words, Markup("").join(out))


def _rect(css: str, left: float, right: float, top: float, tall: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        css, f"{left:.1f}", top, f"{max(right - left, 2):.1f}", tall
    )


def milestone(row: MilestoneView, scale: Scale, top: int, kept: Expected | None) -> Markup:
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
    drawn = _diamond(row.title, met, scale, top, " met") if met else day(row.title, at, kept, scale, top)
    return Markup("").join([*out, drawn])


def day(title: str, agreed: date, kept: Expected | None, scale: Scale, top: int) -> Markup:
    """A diamond at the day that the row tells; where that is a later one than agreed, a broken one at the agreed."""
    if kept is None:
        return _diamond(title, agreed, scale, top)
    return _diamond(f"{title}, as agreed", agreed, scale, top, " was") + _diamond(title, kept.on, scale, top)


def _diamond(title: str, at: date, scale: Scale, top: int, css: str = "") -> Markup:
    return Markup('<path class="diamond{}" d="M{} {}l7 7-7 7-7-7z"><title>{}</title></path>').format(
        css, f"{scale.middle(at):.1f}", top + 10, f"{title}: {short_date(at)}"
    )
