"""Marks drawn by the server: icons, the half avatars, the journey's line. Shapes say it; the word stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.templatetags.static import static
from markupsafe import Markup

from onward.interfaces.ui.words import initials

SIDES = {"ours": "us", "theirs": "them"}
CELL, STEP, HEIGHT = 12, 14, 10


@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> Markup:
    """A Lucide icon of the sprite. With a label it speaks for itself, without one a word must stand beside it."""
    return _use("vendor/lucide.svg", name, "mark icon", label)


@lru_cache(maxsize=256)
def mark(name: str, css: str, label: str = "") -> Markup:
    """One of our own marks (ui/marks.svg)."""
    return _use("ui/marks.svg", name, f"mark {css}", label)


def _use(sprite: str, name: str, css: str, label: str) -> Markup:
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    paint = (
        Markup(' fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"')
        if sprite.startswith("vendor/")
        else Markup("")
    )
    return Markup('<svg class="{}" {}{}><use href="{}#{}"/></svg>').format(css, spoken, paint, static(sprite), name)


@lru_cache(maxsize=64)
def side(who: str, label: str = "") -> Markup:
    """The half that holds something: us left, them right, both, a third party (ring), nobody (dash).

    Takes the words of the domain too: "ours", "theirs".
    """
    who = SIDES.get(who, who)
    if who == "both":
        spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup(
            '<svg class="mark side both" {} viewBox="0 0 14 12"><path class="both-us" d="M6 0v12A6 6 0 0 1 6 0z"/>'
            '<path class="both-them" d="M8 0v12A6 6 0 0 0 8 0z"/></svg>'
        ).format(spoken)
    return mark(who, f"side {who}", label)


def avatar(name: str | None, who: str = "us", size: str = "", photo: str = "") -> Markup:
    """A person in the half shape of their side: their face where `photo` is its address, else initials; a missing one
    is outlined with "?"."""
    css = " ".join(
        part
        for part in ("avatar", "them" if SIDES.get(who, who) == "them" else "", size, "" if name else "missing")
        if part
    )
    if photo:
        return Markup('<img class="{}" src="{}" alt="" width="40" height="40" loading="lazy">').format(css, photo)
    return Markup('<span class="{}" aria-hidden="true">{}</span>').format(css, initials(name))


def photo_of(user: str, version: str, door: str = "") -> str:
    """The address of a colleague's face, "" where initials stand; `door` is "" for colleagues, "/portal"."""
    return f"{door}/people/{user}/photo?v={version}" if version else ""


def logo() -> Markup:
    """The two halves, the right one a quarter higher."""
    return Markup(
        '<svg viewBox="0 0 20 22" aria-hidden="true" fill="currentColor">'
        '<path class="ours" d="M9 4v16A8 8 0 0 1 9 4z"/><path class="theirs" d="M11 0v16a8 8 0 0 0 0-16z"/></svg>'
    )


@lru_cache(maxsize=4096)
def line_small(total: int, closed: int, proven: int = 0, criteria: int = 0, word: str = "", cells: str = "") -> Markup:
    """The journey in a table cell: `closed` of `total` stages filled, the next one part-filled, the rest a dash.

    `proven` of `criteria` fill the current cell. `word` is spoken; the stage's name stands below in the page. `cells`
    says it stage by stage instead: p and w filled, c current (there may be several), f to come.
    """
    total, closed = max(total, 0), min(max(closed, 0), max(total, 0))
    cells = cells or ("p" * closed + "c" + "f" * total)[:total]
    shapes = []
    if done := "".join(f"M{n * STEP} 0h{CELL}v{HEIGHT}h-{CELL}z" for n in _at(cells, "pw")):
        shapes.append(f'<path d="{done}" fill="currentColor"/>')
    for number, cell in enumerate(_at(cells, "c")):
        left = cell * STEP
        part = round((CELL - 3) * proven / criteria) if criteria and not number else 0
        if part:
            shapes.append(
                f'<rect class="part" x="{left + 1.5}" y="1.5" width="{part}" height="{HEIGHT - 3}" '
                'fill="currentColor"/>'
            )
        shapes.append(
            f'<rect x="{left + 0.75}" y=".75" width="{CELL - 1.5}" height="{HEIGHT - 1.5}" fill="none" '
            'stroke="currentColor" stroke-width="1.5"/>'
        )
    if todo := "".join(f"M{n * STEP} 5h{CELL}" for n in _at(cells, "f")):
        shapes.append(f'<path class="todo" d="{todo}" stroke-width="1.5"/>')
    width = max(total * STEP - (STEP - CELL), CELL)
    spoken = word or f"{len(_at(cells, 'pw'))} of {total} stages closed"
    return Markup(
        '<svg class="line-small" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}</svg>'
    ).format(width, HEIGHT, spoken, Markup("".join(shapes)))


def _at(cells: str, letters: str) -> list[int]:
    return [n for n, letter in enumerate(cells) if letter in letters]


def split_bar(parts: Sequence[tuple[str, float]]) -> Markup:
    """Days by side, in the fixed order us, them, third, nobody; the figures stand below in the page."""
    total = sum(value for _, value in parts)
    if not total:
        return Markup("")
    shapes, at = [], 0.0
    for who, value in parts:
        wide = 100 * value / total
        if wide > 0.5:
            shapes.append(
                Markup('<rect class="{}" x="{}" y="0" width="{}" height="5"/>').format(
                    who, f"{at:.2f}", f"{wide - 0.5:.2f}"
                )
            )
        at += wide
    return Markup(
        '<svg class="chart split-bar" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(shapes))
