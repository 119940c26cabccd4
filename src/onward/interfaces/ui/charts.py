"""Charts as SVG made on the server. A table of the same figures stands beside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from markupsafe import Markup, escape

LEFT, RIGHT, TOP, BOTTOM = 44, 112, 12, 34


@dataclass(frozen=True, slots=True)
class Curve:
    """A survival curve: `points` are (days, share still waiting, lower, upper), by time; `censored` (days, share)."""

    name: str
    points: Sequence[tuple[float, float, float | None, float | None]]
    censored: Sequence[tuple[float, float]] = ()
    median: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its figure, and where its records are."""

    name: str
    value: float
    href: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """A bar that lies from one figure to another, with both in words."""

    name: str
    least: float
    most: float
    words: str


def survival_chart(curves: Sequence[Curve], *, width: int = 720, height: int = 300, title: str = "") -> Markup:
    """Share of accounts that have got there (1 - S) against days: steps, 95 % bands, ticks for those not there yet."""
    last = max((point[0] for curve in curves for point in curve.points), default=0)
    last = max(last, max((at for curve in curves for at, _ in curve.censored), default=0), 1)
    step = nice_step(last, 6)
    end = step * ceil(last / step)
    across, down = width - LEFT - RIGHT, height - TOP - BOTTOM

    def x(at: float) -> str:
        return f"{LEFT + across * at / end:.1f}"

    def y(waiting: float) -> str:
        return f"{TOP + down * waiting:.1f}"

    out = [_frame(width, height, title or "Share that has got there, by days since the start")]
    for share in (0, 25, 50, 75, 100):
        at = y(1 - share / 100)
        out.append(f'<path class="grid" d="M{LEFT} {at}H{LEFT + across}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{at}" dy="4" text-anchor="end">{share} %</text>')
    below = height - BOTTOM + 16
    out += [
        f'<text x="{x(day)}" y="{below}" text-anchor="middle">{day}</text>'
        for day in range(0, int(end) + 1, max(int(step), 1))
    ]
    out.append(f'<text x="{LEFT + across}" y="{height - 4}" text-anchor="end">days</text>')
    out.append(f'<path class="axis" d="M{LEFT} {TOP + down}H{LEFT + across}"/>')
    names: list[tuple[float, str, str]] = []
    for number, curve in enumerate(curves):
        css = f"c{number}" if number else ""
        out.append(f'<path class="band {css}" d="{_band(curve, x, y)}"/>')
        out.append(f'<path class="curve {css}" d="{_steps(curve, x, y)}"/>')
        ticks = "".join(f"M{x(at)} {float(y(share)) - 4:.1f}v8" for at, share in curve.censored)
        if ticks:
            out.append(f'<path class="censored {css}" d="{ticks}"/>')
        if curve.median is not None:
            out.append(f'<path class="median" d="M{x(curve.median)} {y(0.5)}V{TOP + down}"/>')
        if curve.points:
            until = max([curve.points[-1][0], *(at for at, _ in curve.censored)])
            names.append((float(y(curve.points[-1][1])), curve.name, x(until)))
    # In the order in which the curves end, a line apart, each led to from where its curve ends.
    free = 0.0
    for ends, name, until_x in sorted(names):
        free = max(ends, free)
        out.append(
            f'<path class="lead" d="M{until_x} {ends:.1f}H{LEFT + across - 12}L{LEFT + across + 4} {free:.1f}"/>'
        )
        out.append(f'<text class="strong" x="{LEFT + across + 8}" y="{free:.1f}" dy="4">{escape(name)}</text>')
        free += 18
    return Markup("".join(out) + "</svg>")


def _steps(curve: Curve, x: object, y: object) -> str:
    assert callable(x)
    assert callable(y)
    path = [f"M{x(0)} {y(1)}"]
    for at, share, _, _ in curve.points:
        path.append(f"H{x(at)}V{y(share)}")
    ends = [at for at, _ in curve.censored] + [point[0] for point in curve.points]
    return "".join(path) + (f"H{x(max(ends))}" if ends else "")


def _band(curve: Curve, x: object, y: object) -> str:
    assert callable(x)
    assert callable(y)
    known = [(at, low, high) for at, _, low, high in curve.points if low is not None and high is not None]
    if not known:
        return ""
    upper = f"M{x(0)} {y(1)}" + "".join(f"H{x(at)}V{y(high)}" for at, _, high in known)
    back, lows = [], [1.0, *[low for _, low, _ in known]]
    for number in range(len(known) - 1, -1, -1):
        at, low, _ = known[number]
        back.append(f"L{x(at)} {y(low)}V{y(lows[number])}")
    return upper + "".join(back) + f"H{x(0)}z"


def histogram(bars: Sequence[Bar], *, width: int = 720, height: int = 200, title: str = "") -> Markup:
    """Upright bars with their figures above and names below."""
    most = max((bar.value for bar in bars), default=0) or 1
    slot = (width - 8) / max(len(bars), 1)
    down = height - 48
    out = [_frame(width, height, title or "Bars")]
    for number, bar in enumerate(bars):
        tall = down * bar.value / most
        left, middle = 4 + number * slot, 4 + (number + 0.5) * slot
        shape = (
            f'<rect class="bar" x="{left + 2:.1f}" y="{24 + down - tall:.1f}" width="{slot - 4:.1f}" '
            f'height="{tall:.1f}"/>'
            f'<text class="strong" x="{middle:.1f}" y="{18 + down - tall:.1f}" text-anchor="middle">'
            f"{escape(bar.words or f'{bar.value:,g}')}</text>"
            f'<text x="{middle:.1f}" y="{height - 8}" text-anchor="middle">{escape(bar.name)}</text>'
        )
        out.append(_linked(bar.href, shape))
    out.append(f'<path class="axis" d="M4 {24 + down}H{width - 4}"/>')
    return Markup("".join(out) + "</svg>")


def funnel_chart(steps: Sequence[Bar], *, width: int = 720, title: str = "") -> Markup:
    """Lying bars under their names, one a step: who got there filled, who was lost since the step before outlined."""
    row = 46
    most = max((bar.value for bar in steps), default=0) or 1
    across = width - 170
    height = row * len(steps) + 4
    out = [_frame(width, height, title or "Funnel")]
    before: float | None = None
    for number, bar in enumerate(steps):
        top = number * row + 4
        wide = across * bar.value / most
        shape = [
            f'<text x="0" y="{top + 13}">{escape(bar.name)}</text>',
            f'<rect class="bar" x="0" y="{top + 20}" width="{wide:.1f}" height="16"/>',
        ]
        words = bar.words or f"{bar.value:,g}"
        if before is not None:
            lost = across * (before - bar.value) / most
            if lost > 1:
                shape.append(
                    f'<rect class="bar lost" x="{wide + 1:.1f}" y="{top + 20.5}" width="{lost - 1:.1f}" height="15"/>'
                )
            share = f" · {100 * bar.value / before:.0f} % got here" if before else ""
            words += share
        right = across * max(bar.value, before or 0) / most + 8
        shape.append(f'<text class="strong" x="{right:.1f}" y="{top + 33}">{escape(words)}</text>')
        out.append(_linked(bar.href, "".join(shape)))
        before = bar.value
    return Markup("".join(out) + "</svg>")


def range_chart(ranges: Sequence[Range], *, step: float, end: float, width: int = 560, title: str = "") -> Markup:
    """Lying bars from their least to their most over one scale of days, each with its words behind it."""
    row, left = 32, 104
    across = width - left - 116
    foot = row * len(ranges) + 6
    out = [_frame(width, foot + 22, title or "Ranges")]
    for day in range(0, int(end) + 1, int(step)):
        at = left + across * day / end
        out.append(f'<path class="grid" d="M{at:.1f} 0V{foot}"/>')
        out.append(f'<text x="{at:.1f}" y="{foot + 16}" text-anchor="middle">{day}</text>')
    out.append(f'<path class="axis" d="M{left} {foot}H{left + across}"/>')
    for number, one in enumerate(ranges):
        top, start, stop = number * row + 8, left + across * one.least / end, left + across * one.most / end
        out.append(f'<text x="0" y="{top + 13}">{escape(one.name)}</text>')
        out.append(f'<rect class="bar" x="{start:.1f}" y="{top}" width="{stop - start:.1f}" height="18"/>')
        out.append(f'<text class="strong" x="{stop + 8:.1f}" y="{top + 13}">{escape(one.words)}</text>')
    return Markup("".join(out) + "</svg>")


def nice_step(span: float, parts: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts `span` into at most `parts`."""
    raw = max(span / parts, 1)
    power = float(10 ** int(log10(raw)))
    return next((m * power for m in (1, 2, 5, 10) if m * power >= raw), 10 * power)


def _frame(width: int, height: int, title: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="group" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">'
    )


def _linked(href: str, shape: str) -> str:
    return f'<a href="{escape(href)}">{shape}</a>' if href else shape
