"""The sentence that answers: one judgement and at most four figures, each a link to its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup

from onward.insights import queries as insights
from onward.insights.decisions import Stand
from onward.interfaces.console.held import holds_us_up
from onward.interfaces.console.portfolio.asked import View
from onward.interfaces.console.portfolio.sentence import CONDITIONS, is_narrowed
from onward.interfaces.ui.words import days, days_over, plural


def lede(figures: insights.Lede, view: View, waits: int, fitting: int | None = None) -> Markup:
    """One judgement and at most four figures, each a link to its rows; before it how many fit what was chosen."""

    def link(words: str, **changes: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(view.href(**changes), words)

    if not figures.open:
        sentence = Markup("No journey is under way.")
    else:
        parts = []
        if figures.first_value_late:
            verb = "is" if figures.first_value_late == 1 else "are"
            parts.append(link(f"{figures.first_value_late:,} {verb} late for first value", value="late"))
        if figures.behind and not figures.first_value_late:
            parts.append(link(f"{figures.behind:,} {'is' if figures.behind == 1 else 'are'} behind", pace="behind"))
        if figures.stalled:
            has = "has" if figures.stalled == 1 else "have"
            parts.append(link(f"{figures.stalled:,} {has} stalled", pace="stalled"))
        week = figures.first_value_this_week
        if week:
            due = link(f"{week:,} should reach first value", value="this_week")
            parts.append(Markup("{} this week").format(due))
        verb = "is" if figures.open == 1 else "are"
        head = Markup("{} {} under way").format(link(plural(figures.open, "journey")), verb)
        if not parts:
            sentence = head + Markup(', <span class="then">none late and none stalled.</span>')
        else:
            tail = Markup(", and ").join([Markup(", ").join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
            sentence = head + Markup(". ") + tail + Markup(".")
    then = []
    if figures.asked:
        waiting = "A customer waits" if figures.asked == 1 else "Customers wait"
        where = link(plural(figures.asked, "journey"), asked="1")
        then.append(Markup("{} for an answer in {}.").format(waiting, where))
    if waits:
        needs = f"{plural(waits, 'deal')} need{'s' if waits == 1 else ''} a playbook"
        then.append(Markup('<a href="/journeys/waiting">{}</a>.').format(needs))
    if then:
        sentence += Markup(' <span class="then">{}</span>').format(Markup(" ").join(then))
    if fitting is not None:
        verb = "fits" if fitting == 1 else "fit"
        return Markup('{} {} what you chose. <span class="then">{}</span>').format(
            plural(fitting, "journey"), verb, sentence
        )
    return sentence


def of_board(columns: Sequence[insights.Column], view: View) -> Markup:
    """In which stage most stand, where there is one, and which one holds us up."""
    stands = [one.stand for one in columns]
    total = sum(one.count for one in stands)
    if not total:
        return _none(view)

    fullest, *more = sorted(stands, key=lambda one: -one.count)
    if more and more[0].count == fullest.count:
        said = Markup("{} in {}.").format(plural(total, "journey"), plural(len(stands), "stage"))
        return said + " " + _holding(stands, view)
    link = Markup('<a href="{}">{} of {}</a>').format(
        _rows(view, fullest), f"{fullest.count:,}", plural(total, "journey")
    )
    said = Markup("{} {} in {}.").format(link, "stands" if fullest.count == 1 else "stand", fullest.title)
    return said + " " + _holding(stands, view)


def _holding(stands: Sequence[Stand], view: View) -> Markup:
    return holds_us_up(stands, lambda one: _evidence(view, one.stage) or _rows(view, one))


def _rows(view: View, one: Stand) -> str:
    return view.href(stage=one.stage, **{"as": ""})


def _evidence(view: View, stage: str) -> str:
    """The journeys behind the figures of the sentence with the days that make it; "" where the list is narrowed by more
    than those pages are."""
    if any(view.query.get(key) for key in ("q", *CONDITIONS) if key not in {"in", "on"}):
        return ""
    given = {"what": "stand", "in": view.filters.segment, "on": view.filters.playbook, "stage": stage}
    return f"/insights/records?{urlencode({key: value for key, value in given.items() if value})}"


def of_timeline(rows: Sequence[insights.PortfolioLine], view: View, now: datetime) -> Markup:
    """How many of those shown are late for first value, by how much, and where most of them are; then those that had
    it and are late to complete."""
    if not rows:
        return _none(view)
    late = [row for row in rows if row.first_value_is_late(now)]
    at_the_end = sum(late_days(row, now) > 0 for row in rows if row.first_value_met_at)
    then = f" Late to complete: {at_the_end:,}." if at_the_end else ""
    if not late:
        return Markup("None of {} shown is late for first value.{}").format(plural(len(rows), "journey"), then)
    shown = Markup('<a href="{}">{} of {}</a> shown').format(
        view.href(value="late"), f"{len(late):,}", plural(len(rows), "journey")
    )
    said = Markup("{} {} late for first value, by {} in all.").format(
        shown, "is" if len(late) == 1 else "are", days(sum(late_days(row, now) for row in late))
    )
    (stage, n), *more = Counter((row.stage, row.stage_title) for row in late).most_common(2)
    # Where each is in another stage, naming one of them says nothing.
    if n > 1 and stage[0] and not (more and more[0][1] == n):
        these = Markup('<a href="{}">{} of the {}</a>').format(view.href(stage=stage[0], value="late"), n, len(late))
        said += Markup(" {} {} in {} now.").format(these, "is" if n == 1 else "are", stage[1])
    return said + then


def late_days(row: insights.PortfolioLine, now: datetime) -> int:
    """Days by which an open journey is past the date of first value or, after it, of completion; a begun one counts."""
    at, on = (
        (row.completion_due_at, row.completion_due_on)
        if row.first_value_met_at
        else (row.first_value_due_at, row.first_value_due_on)
    )
    return max(1, days_over(on)) if row.state == "open" and at and on and at < now else 0


def _none(view: View) -> Markup:
    return Markup("No journey is like that." if is_narrowed(view) else "No journey is under way.")
