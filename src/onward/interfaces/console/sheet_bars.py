"""A plan from a sheet, drawn: a bar a row, by the days that the sheet says or leaves to be counted."""

from __future__ import annotations

from datetime import date, timedelta

from markupsafe import Markup

from onward.interfaces.console.simulation_bars import NARROWEST, ROW, WIDEST, WIDTH, Drawn, Scale, ruler, week
from onward.playbooks.decisions.planned import SheetPlan, reckoned


def drawn_sheet(plan: SheetPlan, *, counted: bool) -> Drawn | None:
    """The stages and rows as bars; None for a plan without any day. `counted`: the axis names days from day zero."""
    spans = reckoned(plan)
    if not spans:
        return None
    first = min(start for start, _ in spans.values()) - timedelta(days=1)
    last = (max(end for _, end in spans.values()) - first).days + 3
    scale = Scale(first, last, min(max(WIDTH / last, NARROWEST), WIDEST))
    height = ROW * (len(plan.stages) + len(plan.tasks))
    marks = [(day, _named(plan, first, day, words, counted=counted)) for day, words in scale.marks()]
    out = [week(scale, day, 0, height) for day, _ in marks]
    top = 0
    for stage in plan.stages:
        mine = [spans[task.id] for task in stage.tasks if task.id in spans]
        out.append(Markup('<path class="group" d="M0 {0}H{1}"/>').format(top + ROW - 0.5, f"{scale.width:.1f}"))
        if mine:
            out.append(_rect(scale, "stage", min(a for a, _ in mine), max(b for _, b in mine), top + 14, 6))
        for task in stage.tasks:
            top += ROW
            if task.id in spans:
                side = "us" if plan.role(task.role).side == "ours" else "them"
                done = " done" if task.state.word == "done" else " deferred" if task.state.word == "skipped" else ""
                out.append(_rect(scale, f"bar {side}{done}", *spans[task.id], top + 10, 14))
            else:
                out.append(Markup('<text class="none" x="4" y="{}">no date</text>').format(top + 21))
        top += ROW
    label = "A bar a row, by the days of the sheet; the table beside holds the same"
    drawing = Markup('<svg class="bars-drawing" {} role="img" aria-label="{}">{}</svg>').format(
        scale.size(height), label, Markup("").join(out)
    )
    return Drawn(ruler(scale, marks), drawing)


def _named(plan: SheetPlan, first: date, day: int, words: str, *, counted: bool) -> str:
    return f"day {(first - plan.zero).days + day}" if counted else words


def _rect(scale: Scale, css: str, since: date, until: date, top: int, tall: int) -> Markup:
    """A bar from the morning of one day to the evening of another."""
    return scale.rect(css, since, until + timedelta(days=1), top, tall)
