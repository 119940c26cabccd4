"""What holds us up, in the same words on every page that says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from onward.insights.decisions import ENOUGH, Stand, held_up
from onward.interfaces.ui.words import days, plural


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
        return Markup('<span class="then">No stage takes longer than was promised.</span>')
    promised = (
        Markup("promised in {}").format(slow.promised) if slow.promised is not None else "longer than in any other"
    )
    return Markup('{} holds us up: <a href="{}">{}</a> have been in it for {} at the median, {}.').format(
        slow.title, href(slow), plural(slow.timed, "open journey"), days(slow.stayed or 0), promised
    )
