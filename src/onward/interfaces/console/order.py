"""Why a journey stands where it stands among those that need help, and the whole rule, in words."""

from __future__ import annotations

from markupsafe import Markup

from onward.foundation.clock import now
from onward.insights.decisions import money
from onward.insights.decisions.urgency import ASKED, BEHIND, LATE, MONEY, MONEY_DAYS, OURS_LATE, THEIRS_LATE
from onward.insights.queries import PortfolioLine
from onward.interfaces.ui.words import days, days_over, plural, short_money

RULE = f"""
First come journeys that are late for first value or stalled; then those that are behind, and those on track. Paused
ones come last.

Within each, whatever has gone on for longest: days late or stalled, else the earliest open date.

It is put forward there as if it had waited for longer: by {LATE} days where first value is late, by {ASKED} days while
a question of the customer has no answer, by {OURS_LATE} days for each late step of ours and {THEIRS_LATE} for each of
theirs; and one that is late, stalled or behind by {MONEY_DAYS} days for each of these sums that its yearly revenue
(ARR) reaches: {", ".join(f"{one:,}" for one in MONEY)}.

My work keeps to the same order: questions of customers first, then what is overdue or due today.
""".strip().split("\n\n")


def why_here(line: PortfolioLine) -> str:
    """What is wrong and what puts it forward; "" when neither."""
    # Its pace says since when, and counts use of the product as a step: the same day on every page.
    since = _lower(line.pace_reason.rstrip(".")) if line.pace == "stalled" and line.first_value_is_late(now()) else ""
    said = ", ".join(part for part in (wrong(line), since) if part)
    return "; ".join(part for part in (said, ", ".join(put_forward(line))) if part)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def wrong(line: PortfolioLine) -> str:
    """What is wrong, "" when nothing is."""
    if line.state != "open" or line.urgency > BEHIND:
        return ""
    if line.first_value_is_late(now()) and line.first_value_due_on:
        return f"First value is {days(max(1, days_over(line.first_value_due_on)))} late"
    return line.pace_reason.rstrip(".")


def put_forward(line: PortfolioLine) -> list[str]:
    """What counts beside the time."""
    if line.state != "open":
        return []
    words = [plural(line.questions, "open question")] if line.questions else []
    if line.overdue_ours:
        words.append(f"{plural(line.overdue_ours, 'late step')} of ours")
    if line.overdue_theirs:
        steps = str(line.overdue_theirs) if line.overdue_ours else plural(line.overdue_theirs, "late step")
        words.append(f"{steps} of theirs")
    if line.urgency <= BEHIND and money(line.arr):
        words.append(short_money(line.arr, line.currency))
    return words


def outside_words(outside: int, needy: int) -> Markup:
    """How many journeys need help, and how many of these are not among those shown; "" when there are none of them."""
    if not outside:
        return Markup("")
    said = Markup(' <span class="then"><a href="/journeys?need=1">{} {} help</a>, {}outside yours.</span>')
    some = "" if needy == 1 else "all of them " if outside == needy else f"{outside:,} of them "
    return said.format(plural(needy, "journey"), "needs" if needy == 1 else "need", some)
