"""What holds us up, in the same words on every page that says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from onward.insights.decisions import ENOUGH, Stand, held_up
from onward.interfaces.ui.words import days, plural


def holds_us_up(stands: Sequence[Stand], href: Callable[[Stand, str], str]) -> Markup:
    """A sentence, "" where nobody is under way. Its figures are those of the stage's line on the page; `href` gives
    the journeys behind one of them: "stand", "promised" or "beyond"."""
    if not any(one.timed for one in stands):
        return Markup("")
    found = held_up(stands)
    if found.too_few:
        return Markup("Too few to tell which stage holds us up: none has {} open journeys in it.").format(ENOUGH)
    slow = found.stage
    if slow is None:
        promised = any(one.promised is not None for one in stands)
        words = "No stage takes longer than was promised." if promised else "No stage holds us up yet."
        return Markup('<span class="then">{}</span>').format(words)
    return Markup("{} holds us up: {}").format(slow.title, _stay(slow, href, "longer than in any other"))


def of_stage(stands: Sequence[Stand], stage: str, href: Callable[[Stand, str], str]) -> Markup:
    """The same sentence about one stage, whether it is the one that holds us up or not; "" where nobody is in it."""
    found = next((one for one in stands if one.stage == stage and one.timed), None)
    if found is None:
        return Markup("")
    if held_up(stands).stage == found:
        return holds_us_up(stands, href)
    return Markup("{}: {}").format(found.title, _stay(found, href, "nothing was promised for it"))


def _stay(one: Stand, href: Callable[[Stand, str], str], unpromised: str) -> Markup:
    def link(words: str, what: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(href(one, what), words)

    promised = Markup(unpromised)
    if one.promised is not None:
        promised = Markup("promised in {}").format(link(days(one.promised), "promised"))
    if one.beyond is not None and one.beyond > 0:
        most = "it goes" if one.timed == 1 else "half of them go"
        promised += Markup("; {} {}").format(most, link(f"{days(one.beyond)} or more beyond that", "beyond"))
    have = "has" if one.timed == 1 else "have"
    stay = f"{plural(one.timed, 'open journey')} {have} been in it for {days(one.stayed or 0)} at the median"
    return Markup("{}, {}.").format(link(stay, "stand"), promised)
