"""Insights: "how long until our customers get value, and which stage holds us up?", with its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from markupsafe import Markup

from onward.foundation.clock import now
from onward.insights import queries
from onward.insights.decisions import ENOUGH, StageFigures, Stand, Survival, by_segment
from onward.insights.queries.conditions import SEGMENTS
from onward.insights.queries.records import WHAT, records
from onward.interfaces.console.held import holds_us_up, of_stage
from onward.interfaces.console.shell import staff
from onward.interfaces.ui import words
from onward.interfaces.ui.charts import Bar, Curve, funnel_chart, survival_chart
from onward.kernel.refusals import invalid
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.planned import SHEET

MOST_POINTS = 300
PLURALS = {
    "signed": "journeys that were signed",
    "reached": "journeys that reached first value",
    "not_yet": "journeys that have not reached first value",
    "unsigned": "journeys without a signature",
    "entered": "journeys that entered {}",
    "closed": "journeys that closed {}",
    "in_it": "journeys that have not closed {} yet",
    "left": "journeys that left in {}",
    "stand": "open journeys that stand in {}",
    "kept": "journeys that were completed by their target day",
    "missed": "journeys that were not completed by their target day",
    "early": "journeys completed before their target day, which is still to come",
    "ahead": "journeys under way whose target day is still to come",
    "gone": "journeys that were cancelled before their target day",
}


@dataclass(frozen=True, slots=True)
class View:
    """What the page is narrowed to: a segment, a playbook."""

    segment: str
    playbook: str
    split: bool

    def records(self, what: str, **more: str) -> str:
        """The address of the journeys behind a figure."""
        given = {"what": what, "in": self.segment, "on": self.playbook, **more}
        return f"/insights/records?{urlencode({key: value for key, value in given.items() if value})}"

    def stand(self, one: Stand) -> str:
        """The address of the journeys that stand in a stage now."""
        return self.records("stand", stage=one.stage)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table beside the curve. `key` is the segment, "" for all."""

    key: str
    name: str
    found: Survival
    href_reached: str
    href_not_yet: str

    def by(self, days: float) -> str:
        """The share that had got there by then; where nobody has been followed for so long, or the last step of the
        curve rests on one or two, that is said."""
        if days > self.found.followed_days:
            return "not known yet"
        last = next((point for point in reversed(self.found.curve) if point.days <= days), None)
        if last is not None and last.at_risk < ENOUGH:
            return "too few to tell"
        return f"{100 * (1 - self.found.waiting(days)):.0f} %"


def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    actor, moment = staff(request), now()
    titles = {book.id: book.title for book in playbooks.current_versions().values()} | {SHEET: "plans from a sheet"}
    seen = queries.playbooks_seen(actor)
    view = _asked(request, seen)
    found = queries.ttfv(
        actor,
        per="journey",
        by="segment" if view.split else "",
        as_of=moment,
        segment=view.segment,
        playbook=view.playbook,
    )
    rows = _rows(view, found)
    figures = queries.stages(actor, as_of=moment, playbook=view.playbook, segment=view.segment)
    of = queries.Filters(segment=view.segment, playbook=view.playbook)
    stands = queries.stands(actor, of, now=moment)
    plans = [(key, titles.get(key, key), [one for one in figures if one.playbook == key]) for key in seen]
    plans = [plan for plan in plans if plan[2]]
    context = {
        "view": view,
        "rows": rows,
        "everyone": found.everyone,
        "unsigned": found.unsigned,
        "curve": survival_chart([_curve(row) for row in (rows[1:] or rows)]) if found.everyone.n else None,
        "plans": [(key, title, stages, _funnel(view, key, stages)) for key, title, stages in plans],
        "stands": sorted(stands, key=lambda one: one.rank),
        "lede": _lede(view, found.everyone, stands),
        "choices": _choices(seen, titles),
        "keeping": by_segment(
            queries.keeping(actor, as_of=moment, segment=view.segment, playbook=view.playbook),
        ),
    }
    return render(request, "console/insights.html", context)


def behind(request: HttpRequest) -> HttpResponse:
    """The journeys behind a figure."""
    actor, moment = staff(request), now()
    view = _asked(request, queries.playbooks_seen(actor))
    what, stage = request.GET.get("what", ""), _word(request, "stage")
    if what not in WHAT:
        raise invalid("There is no such figure.", mend="Come from the insights page.")
    after = _word(request, "after")
    found = records(actor, what, stage=stage, playbook=view.playbook, segment=view.segment, as_of=moment, after=after)
    is_now, said = what == "stand", Markup("")
    if is_now:
        of = queries.Filters(segment=view.segment, playbook=view.playbook)
        said = of_stage(queries.stands(actor, of, now=moment), stage, view.stand)
    more = {"stage": stage} if stage else {}
    named = found.rows[0].stage_title if found.rows else "the stage"
    context = {
        "title": PLURALS[what].capitalize().format(named),
        "said": said,
        "is_now": is_now,
        "is_targeted": bool(found.rows and found.rows[0].target is not None),
        "as_of": moment,
        "what": what,
        "stage": stage,
        "found": found,
        "view": view,
        "after": view.records(what, after=found.next, **more) if found.next else "",
    }
    return render(request, "console/insights_records.html", context)


def _asked(request: HttpRequest, seen: Sequence[str]) -> View:
    segment, playbook = request.GET.get("in", ""), request.GET.get("on", "")
    if segment not in ("", *SEGMENTS):
        raise invalid("There is no such segment.", mend="Choose one from the list.")
    if playbook not in ("", *seen):
        raise invalid("No journey follows that playbook.", mend="Choose one from the list.")
    return View(segment, playbook, split=not segment)


def _word(request: HttpRequest, name: str) -> str:
    text = request.GET.get(name, "")[:400]
    return "" if "\0" in text else text


def _choices(seen: Sequence[str], titles: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    return {
        "in": [("", "any segment"), *((key, words.segment(key).lower()) for key in SEGMENTS)],
        "on": [("", "any playbook"), *((key, titles.get(key, key)) for key in seen)],
    }


def _rows(view: View, found: queries.Ttfv) -> list[Row]:
    def row(key: str, name: str, one: Survival) -> Row:
        of = {"in": key} if key else {}
        return Row(key, name, one, view.records("reached", **of), view.records("not_yet", **of))

    rows = [row(view.segment, words.segment(view.segment) if view.segment else "All", found.everyone)]
    groups = found.groups or {}
    if len(groups) > 1:
        ordered = sorted(groups, key=lambda key: SEGMENTS.index(key) if key in SEGMENTS else len(SEGMENTS))
        rows += [row(key, words.segment(key), groups[key]) for key in ordered]
    return rows


def _curve(row: Row) -> Curve:
    points = [(point.days, point.waiting, point.lower, point.upper) for point in row.found.curve]
    return Curve(row.name, _thinned(points), _thinned(row.found.censored), row.found.median_days)


def _thinned(points: Sequence[Any]) -> list[Any]:
    """At most a few hundred of them, evenly, the last one always: a screen shows no more."""
    step = max(1, -(-len(points) // MOST_POINTS))
    kept = list(points[::step])
    if points and kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def _funnel(view: View, playbook: str, stages: Sequence[StageFigures]) -> Markup:
    bars = [
        Bar(one.title, one.entered, view.records("entered", stage=one.stage, on=playbook), f"{one.entered:,}")
        for one in stages
    ]
    return funnel_chart(bars, title="How many journeys entered each stage")


def _lede(view: View, everyone: Survival, stands: Sequence[Stand]) -> Markup:
    if not everyone.n:
        return Markup("Nobody has signed yet, so there is nothing to measure.")
    return _reached(view, everyone) + " " + holds_us_up(stands, view.stand)


def _reached(view: View, everyone: Survival) -> Markup:
    """How many got to first value, of the journeys that were signed: an account may have several."""
    n, reached = everyone.n, everyone.reached
    who = f"{words.segment(view.segment)} customers" if view.segment else "our customers"
    of = f" of {who}" if view.segment else ""
    have = "has" if reached == 1 else "have"

    def link(said: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(view.records("reached" if reached else "not_yet"), said)

    if not reached:
        if n == 1:
            return Markup("{}{} has not reached first value yet.").format(link("The one signed journey"), of)
        return Markup("None of {}{} has reached first value yet.").format(link(f"{n:,} signed journeys"), of)
    if everyone.median_days is None:
        some = link(f"{reached:,} of {n:,}")
        return Markup("{} signed journeys{} {} reached first value, fewer than half.").format(some, of, have)
    took = words.days(round(everyone.median_days, 1))
    if n == 1:
        return Markup("{}{} reached first value after {}.").format(link("The one signed journey"), of, took)
    # Half of those followed to the end: not the same as half of those who began.
    return Markup("Half {} reach first value within {}{}; {} {} so far.").format(
        who,
        took,
        ", where those still on their way count up to today" if reached < n else "",
        link(f"{reached:,} of {n:,}" if reached < n else f"all {n:,}"),
        have,
    )
