"""What holds us up, in the same words on every page that says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from onward.insights.decisions import ENOUGH, Stand, held_up
from onward.interfaces.ui.words import days, joined, plural


def holds_us_up(stands: Sequence[Stand], href: Callable[[Stand], str]) -> Markup:
    """A sentence, "" where nobody is under way. Its figures are those of the stage's line on the page; `href` gives
    the journeys behind them."""
    if not any(one.timed for one in stands):
        return Markup("")
    found = held_up(stands)
    if found.too_few:
        return Markup("Too few to tell which stage holds us up: none has {} open journeys in it.").format(ENOUGH)
    slow = found.stage
    if slow is None:
        promised = any(one.promised is not None for one in stands)
        # One or two that stand for long in a stage are on its line: the sentence must not deny them.
        few = f" with {ENOUGH} open journeys in it" if any((one.beyond or 0) > 0 for one in stands) else ""
        words = f"No stage{few} takes longer than was promised." if promised else "No stage holds us up yet."
        return Markup('<span class="then">{}</span>').format(words)
    by = f" by {days(slow.beyond)}" if slow.beyond else ""
    stay = _stay(slow, href, "longer than in any other")
    return Markup("{}{} holds us up{}: {}").format(slow.title, _of_books(slow, stands), by, stay)


def of_stage(stands: Sequence[Stand], stage: str, href: Callable[[Stand], str]) -> Markup:
    """The same sentence about one stage, whether it is the one that holds us up or not; "" where nobody is in it."""
    found = next((one for one in stands if one.stage == stage and one.timed), None)
    if found is None:
        return Markup("")
    if held_up(stands).stage == found:
        return holds_us_up(stands, href)
    by = f", {days(found.beyond)} beyond" if found.beyond and found.beyond > 0 else ""
    stay = _stay(found, href, "nothing was promised for it")
    return Markup("{}{}{}: {}").format(found.title, _of_books(found, stands), by, stay)


def _of_books(one: Stand, stands: Sequence[Stand]) -> str:
    """Of which playbook the stage is, where the figures are those of several."""
    several = len({book for each in stands for book in each.books}) > 1
    return f" in {joined([f'“{book}”' for book in one.books])}" if several else ""


def _stay(one: Stand, href: Callable[[Stand], str], unpromised: str) -> Markup:
    link = Markup('<a href="{}">{}</a>').format(href(one), plural(one.timed, "open journey"))
    which = "" if one.timed == 1 else "the later one " if one.timed == 2 else "the one in the middle "
    said = Markup("{} {} in it, {}for {}").format(
        link, "stands" if one.timed == 1 else "stand", which, days(one.stayed or 0)
    )
    if one.promised is None or one.beyond is None:
        return Markup("{}, {}.").format(said, unpromised)
    return Markup("{}, promised in {}.").format(said, days(one.promised))
