"""A simulation drawn: a bar a stage over its days, what it promised, and where nothing moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from onward.automation.decisions.simulating import Reached, Simulation, StageTook
from onward.interfaces.ui.words import short_date

#: In px at the usual size: rows stand beside those of a table of the same height.
HEAD, ROW = 44, 34
WIDTH, NARROWEST, WIDEST, NAME = 610, 3.0, 18.0, 56


@dataclass(frozen=True)
class Drawn:
    """`ruler` above `drawing`; the table beside has a row for each stage, first value (if any) and completion."""

    ruler: Markup
    drawing: Markup


def drawn(simulation: Simulation) -> Drawn:
    """The stages as bars, from the signature to the end of the simulation."""
    reached = [*([simulation.first_value] if simulation.first_value else []), simulation.complete]
    ends = [one.target_day for one in reached if one.target_day is not None]
    last = max([min(simulation.days, _end(simulation)), *(day for day in ends if day <= simulation.days)]) + 3
    scale = Scale(simulation.start, last, min(max(WIDTH / last, NARROWEST), WIDEST))
    height = ROW * (len(simulation.stages) + len(reached))
    out = [scale.rect("off", one.since, one.until, 0, height) for one in simulation.stood]
    out += [week(scale, day, 0, height) for day, _ in scale.marks()]
    for number, stage in enumerate(simulation.stages):
        out.append(_stage(scale, stage, ROW * number, simulation))
    for number, one in enumerate(reached, len(simulation.stages)):
        out.append(_reached(scale, one, ROW * number, first=one is simulation.first_value))
    label = "A bar a stage, by days since the signature; the table beside holds the same"
    drawing = Markup('<svg class="bars-drawing" {} role="img" aria-label="{}">{}</svg>').format(
        scale.size(height), label, Markup("").join(out)
    )
    return Drawn(ruler(scale, list(scale.marks())), drawing)


def ruler(scale: Scale, marks: Sequence[tuple[int, str]]) -> Markup:
    """The axis with its days' names, that stays in sight above the rows."""
    names = [
        Markup('<text x="{}" y="{}">{}</text>').format(f"{scale.at(day) + 3:.1f}", HEAD - 20, words)
        for day, words in marks
    ]
    lines = [week(scale, day, HEAD - 14, HEAD) for day, _ in marks]
    axis = Markup('<path class="axis" d="M0 {0}H{1}"/>').format(HEAD - 0.5, f"{scale.width:.1f}")
    return Markup('<svg class="bars-drawing bars-ruler" {} aria-hidden="true">{}</svg>').format(
        scale.size(HEAD), Markup("").join([*lines, *names, axis])
    )


def _end(simulation: Simulation) -> int:
    """The last day on which there is something to draw."""
    return simulation.complete.day if simulation.complete.day is not None else simulation.days


@dataclass(frozen=True)
class Scale:
    """Days from `start` to px: `day` wide, up to the day `last`."""

    start: date
    last: int
    day: float

    @property
    def width(self) -> float:
        return self.day * self.last + NAME

    def at(self, day: int) -> float:
        return self.day * min(max(day, 0), self.last)

    def on(self, day: date) -> float:
        return self.at((day - self.start).days)

    def marks(self) -> Iterator[tuple[int, str]]:
        """The days with a name: as many weeks apart as leave room for them."""
        step = next(step for step in (7, 14, 28, 56, 112, 364) if step * self.day >= NAME)
        for day in range(0, self.last + 1, step):
            yield day, short_date(self.start + timedelta(days=day))

    def size(self, height: int) -> Markup:
        return Markup('width="{0}rem" height="{1}rem" viewBox="0 0 {2} {3}"').format(
            f"{self.width / 16:.3f}", f"{height / 16:.4f}", f"{self.width:.1f}", height
        )

    def rect(self, css: str, since: date, until: date, top: int, tall: int) -> Markup:
        left, right = self.on(since), self.on(until)
        return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
            css, f"{left:.1f}", top, f"{max(right - left, 3):.1f}", tall
        )


def week(scale: Scale, day: int, top: int, bottom: int) -> Markup:
    return Markup('<path class="week" d="M{} {}V{}"/>').format(f"{scale.at(day):.1f}", top, bottom)


def _stage(scale: Scale, stage: StageTook, top: int, simulation: Simulation) -> Markup:
    out = [Markup('<path class="group" d="M0 {0}H{1}"/>').format(top + ROW - 0.5, f"{scale.width:.1f}")]
    if stage.entered_on is not None:
        end = stage.closed_on or simulation.start + timedelta(days=simulation.days)
        kept = min(end, max(stage.due_on, stage.entered_on)) if stage.due_on else end
        out.append(scale.rect("stage proven" if stage.closed_on else "stage", stage.entered_on, kept, top + 13, 8))
        if kept < end:
            out.append(scale.rect("bar overdue", kept, end, top + 13, 8))
    if stage.due_on is not None and (stage.due_on - simulation.start).days <= scale.last:
        out.append(Markup('<path class="due" d="M{} {}v22"/>').format(f"{scale.on(stage.due_on):.1f}", top + 6))
    return Markup("").join(out)


def _reached(scale: Scale, one: Reached, top: int, *, first: bool) -> Markup:
    out = []
    if first:
        out.append(Markup('<rect class="value-row" x="0" y="{}" width="{}" height="{}"/>').format(
            top, f"{scale.width:.1f}", ROW
        ))  # fmt: skip
    if one.target_day is not None and one.target_day <= scale.last:
        out.append(Markup('<path class="post" d="M{} {}v22"/>').format(f"{scale.at(one.target_day):.1f}", top + 6))
    if one.day is not None:
        out.append(
            Markup('<path class="diamond met" d="M{} {}l7 7-7 7-7-7z"/>').format(f"{scale.at(one.day):.1f}", top + 10)
        )
    return Markup("").join(out)
