"""`onward insights`: time to first value, funnels, time in stage."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any

from onward.foundation.clock import now
from onward.insights import queries
from onward.insights.decisions import METHODS, StageFigures, Survival
from onward.interfaces.cli.answers import Answer
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import invalid


def register(subparsers: Any) -> None:
    """Add the command."""
    insights = subparsers.add_parser("insights", help="time to first value, funnels, time in stage")
    commands = insights.add_subparsers(required=True)
    ttfv = commands.add_parser("ttfv", help="how long from a beginning to an end, as a Kaplan-Meier estimate")
    ttfv.add_argument("--to", default="first_value", metavar="NAME", help="a milestone's key, or an event's name")
    ttfv.add_argument(
        "--from", dest="start", default=None, metavar="NAME", help="signature, first-event, or an event's name"
    )
    ttfv.add_argument("--per", choices=("account", "user", "journey"), default="account")
    ttfv.add_argument("--by", default="", metavar="FIELD", help="one curve for each value of an account's field")
    ttfv.add_argument("--ci", choices=METHODS, default=METHODS[0], help="the scale of the confidence bounds")
    _as_of(ttfv)
    ttfv.set_defaults(run=run_ttfv)
    funnel = commands.add_parser("funnel", help="how many came how far, from raw events, in order")
    funnel.add_argument("--steps", required=True, metavar="NAME,NAME,...", help="event names, in order")
    funnel.add_argument("--per", choices=("user", "account"), default="user")
    _as_of(funnel)
    funnel.set_defaults(run=run_funnel)
    stages = commands.add_parser("stages", help="who closed each stage, and how long it took")
    _as_of(stages)
    stages.set_defaults(run=run_stages)


def _as_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", metavar="T", default=None, help="as known then: a date, or a moment with its zone")


def run_ttfv(arguments: argparse.Namespace) -> Answer:
    """The estimate; with --by one for each value."""
    start = arguments.start or ("first-event" if arguments.per == "user" else "signature")
    found = queries.time_to(
        SYSTEM,
        to=arguments.to,
        start=start,
        per=arguments.per,
        by=arguments.by,
        as_of=moment(arguments.as_of) or now(),
        ci_method=arguments.ci,
    )
    if found.groups is not None:
        groups = {value: document_of(curve) for value, curve in found.groups.items()}
        text = "\n".join(f"{value}: {_sentence(curve)}" for value, curve in found.groups.items())
        return Answer({"groups": groups}, text)
    return Answer({**document_of(found.everyone), "unsigned": found.unsigned}, _sentence(found.everyone))


def run_funnel(arguments: argparse.Namespace) -> Answer:
    """How many reached each step."""
    steps = queries.funnel(SYSTEM, arguments.steps.split(","), per=arguments.per, as_of=moment(arguments.as_of))
    document = {"steps": [{"name": step.name, "count": step.count} for step in steps], "per": arguments.per}
    return Answer(document, "\n".join(f"{step.count:>9,}  {step.name}" for step in steps))


def run_stages(arguments: argparse.Namespace) -> Answer:
    """The figures of every stage."""
    found = queries.stages(SYSTEM, as_of=moment(arguments.as_of) or now())
    return Answer({"stages": [asdict(figures) for figures in found]}, "\n".join(map(_line, found)) or "No stages yet.")


def document_of(found: Survival) -> dict[str, Any]:
    """The estimate as programs read it. Days are seconds / 86,400; `waiting` is S(t) just after `days`."""
    return {
        "n": found.n,
        "reached": found.reached,
        "median_days": found.median_days,
        "ci": list(found.ci),
        "ci_method": found.ci_method,
        "curve": [asdict(point) for point in found.curve],
    }


def moment(text: str | None) -> datetime | None:
    """A moment with its zone; without one UTC; a bare date means its end."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"“{text[:40]}” is no moment.", mend="Write it as 2026-03-13 or 2026-03-13T09:00:00Z.") from None
    if len(text) == 10:
        read = datetime.combine(read.date(), time.max)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _sentence(found: Survival) -> str:
    if found.median_days is None:
        return f"{found.reached:,} of {found.n:,} got there; half have not, so there is no median yet."
    low, high = (f"{bound:g}" if bound is not None else "not reached" for bound in found.ci)
    return (
        f"Half got there by day {found.median_days:.2f}. 95 % confidence: {low} to {high} ({found.ci_method}). "
        f"{found.reached:,} of {found.n:,} got there."
    )


def _line(figures: StageFigures) -> str:
    median = "not reached" if figures.median_days is None else f"{figures.median_days:.1f} d"
    p90 = "not reached" if figures.p90_days is None else f"{figures.p90_days:.1f} d"
    return (
        f"{figures.playbook} {figures.rank} {figures.title}: {figures.entered} entered, {figures.closed} closed, "
        f"{figures.in_it} in it, {figures.left} left; median {median}, p90 {p90}"
    )
