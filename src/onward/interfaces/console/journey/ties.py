"""What a step waits for and what waits for it: an arrow from bar to bar for each of the four links, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from onward.interfaces.ui.words import joined
from onward.playbooks.decisions.parts import Link

#: How far an arrow goes on before it turns, its head, and half a row, in px.
OUT, HEAD, HALF = 6, 5, 17
#: Behind the days by which a bar moved.
BESIDE = 44
#: Links of one kind that are told by name; the rest by their number.
TOLD = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bar is drawn: `y` is its middle. `title` names its step."""

    title: str
    left: float
    right: float
    y: float


@dataclass(frozen=True, slots=True)
class Tie:
    """A link of the plan, from the key of what comes first to the key of what rests on it."""

    before: str
    after: str
    link: Link

    @property
    def of_start(self) -> bool:
        return self.link.link.startswith("start_")

    @property
    def to_end(self) -> bool:
        return self.link.link.endswith("_finish")

    @property
    def verb(self) -> str:
        return "end" if self.to_end else "begin"

    def after_what(self, named: str, beginning: str) -> str:
        """Like "2 working days after Connect your systems"; titles are put in later."""
        lag = f"{self.link.lag.words} " if self.link.lag and self.link.lag.amount else ""
        return f"{lag}after {beginning if self.of_start else named}"


def ties_of(links: Mapping[str, Iterable[Link]]) -> dict[str, list[Tie]]:
    """By the key of each of its two steps; `links` are those of a task by its key."""
    found: dict[str, list[Tie]] = {}
    for after, ways in links.items():
        for link in ways:
            for key in (link.id, after):
                found.setdefault(key, []).append(Tie(link.id, after, link))
    return found


def said(key: str, ties: Iterable[Tie], titles: Mapping[str, str]) -> str:
    """In words, after the dates of a bar; "" where nothing is linked to it."""
    waits: dict[tuple[str, str], list[str]] = {}
    holds: dict[tuple[str, str], list[str]] = {}
    for tie in ties:
        if tie.after == key and tie.before in titles:
            waits.setdefault((tie.verb, tie.after_what("{}", "the beginning of {}")), []).append(titles[tie.before])
        elif tie.before == key and tie.after in titles:
            holds.setdefault((tie.verb, tie.after_what("it", "its beginning")), []).append(titles[tie.after])
    return "; ".join(
        [
            *(f"{verb}s {when.format(_some(names))}" for (verb, when), names in waits.items()),
            *(f"{_some(names)} {verb}{'s' * (len(names) == 1)} {when}" for (verb, when), names in holds.items()),
        ]
    )


def _some(names: list[str]) -> str:
    more = len(names) - TOLD
    return joined(names if more <= 1 else [*names[:TOLD], f"{more} more"])


def drawn(key: str, ties: Iterable[Tie], places: Mapping[str, Place], text: str, width: float) -> Markup:
    """The arrows from and to one bar, with the words beside it, where `width` leaves room; shown while the bar is
    pointed at or in focus."""
    arrows = [
        _arrow(tie, places[tie.before], places[tie.after])
        for tie in ties
        if tie.before in places and tie.after in places
    ]
    if not arrows:
        return Markup("")
    at = places[key]
    is_left = at.left > width - at.right
    x, anchor = (at.left - 2 * HALF, "end") if is_left else (at.right + BESIDE, "start")
    words = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
        f"{x:.1f}", f"{at.y + 4:.1f}", anchor, text[:1].upper() + text[1:]
    )
    return Markup('<g class="ties" aria-hidden="true">{}{}</g>').format(Markup("").join(arrows), words)


def _arrow(tie: Tie, one: Place, other: Place) -> Markup:
    """From the end (or the beginning) of one bar to the beginning (or the end) of the other, round both."""
    begin, leaves = (one.left, -1) if tie.of_start else (one.right, 1)
    end, comes = (other.right, -1) if tie.to_end else (other.left, 1)
    turn, before = begin + OUT * leaves, end - (OUT + HEAD) * comes
    if leaves != comes:
        turn = (max if leaves > 0 else min)(turn, before)
        way = f"H{turn:.1f}V{other.y:.1f}"
    elif (before - turn) * leaves >= 0:
        way = f"H{turn:.1f}V{other.y:.1f}"
    else:
        # The other begins too early to be reached straight on: along the edge of its row, and round.
        edge = other.y - HALF if other.y > one.y else other.y + HALF
        way = f"H{turn:.1f}V{edge:.1f}H{before:.1f}V{other.y:.1f}"
    head = f"m{-HEAD * comes} -3.5l{HEAD * comes} 3.5 {-HEAD * comes} 3.5"
    return Markup('<path d="M{} {}{}H{}{}"/>').format(f"{begin:.1f}", f"{one.y:.1f}", way, f"{end:.1f}", head)
