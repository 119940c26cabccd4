"""A simulation as lines for a person and as a document for programs."""

from __future__ import annotations

import argparse
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from onward.accounts.decisions import COMPLEXITIES, SEGMENTS
from onward.automation.decisions.simulating import PERSONAS, Account, Simulation, simulate, words_of
from onward.automation.decisions.simulating.wording import against, sentence, stood_words, warnings
from onward.interfaces.cli.answers import Answer
from onward.kernel.refusals import invalid
from onward.playbooks.decisions.definition import Playbook

LONGEST, A_YEAR = 730, 365
SIDES = {"ours": "us", "theirs": "them", "both": "both", "": ""}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What a simulation may be told of the customer."""
    parser.add_argument("--persona", choices=[*PERSONAS], default="good", help="how quick the customer is (good)")
    parser.add_argument("--days", type=int, default=90, metavar="N", help="how long to live it (90)")
    parser.add_argument("--start", metavar="DATE", help="the day of the signature, like 2026-01-05 (today)")
    parser.add_argument("--segment", choices=[*SEGMENTS], help="the segment (mid_market)")
    parser.add_argument("--complexity", choices=[*COMPLEXITIES], help="the complexity (standard)")
    parser.add_argument("--arr", metavar="USD", help="the yearly value of the contract")
    parser.add_argument("--seats", type=int, metavar="N", help="how many seats they bought (10)")


def lived(book: Playbook, arguments: argparse.Namespace, today: date) -> Simulation:
    """The simulation that was asked for."""
    if not 1 <= arguments.days <= LONGEST:
        raise invalid(f"{arguments.days} days cannot be lived.", mend=f"Choose 1 to {LONGEST}.")
    account = Account(
        segment=arguments.segment or "mid_market",
        complexity=arguments.complexity or "standard",
        arr=_amount(arguments.arr),
        seats=_seats(arguments.seats),
    )
    return simulate(book, PERSONAS[arguments.persona], _day(arguments.start, today), arguments.days, account)


def answer(simulation: Simulation) -> Answer:
    """The document, and the words: the answer first, then the stages, then the days."""
    return Answer(document(simulation), "\n".join(_lines(simulation)))


def notes(book: Playbook, start: date) -> list[str]:
    """The warnings of a year lived by every persona."""
    simulations = [simulate(book, persona, start, A_YEAR) for persona in PERSONAS.values()]
    return [f"{name}: warning: {words}" for name, words in warnings(simulations)]


def document(simulation: Simulation) -> dict[str, Any]:
    """Everything but the steps of the clock behind it."""
    first, complete = simulation.first_value, simulation.complete
    return {
        "playbook": simulation.playbook,
        "persona": simulation.persona.id,
        "assumes": words_of(simulation.persona),
        "start": simulation.start,
        "days": simulation.days,
        "answer": sentence(simulation),
        "first_value": {"day": first.day, "target_day": first.target_day} if first else None,
        "complete": {"day": complete.day, "target_day": complete.target_day},
        "state": simulation.state,
        "pace": simulation.pace,
        "pace_reason": simulation.pace_reason,
        "stages": [
            {
                "stage": one.key,
                "entered": one.entered_on,
                "closed": one.closed_on,
                "due": one.due_on,
                "days": one.days,
                "missing": list(one.missing),
            }
            for one in simulation.stages
        ],
        "stood_still": [
            {"from": one.since, "until": one.until, "days": one.days, "on": one.side, "waits_for": list(one.waits_for)}
            for one in simulation.stood
        ],
        "checks": [
            {"check": one.name, "held_at_opening": one.held_at_opening, "judged": one.was_judged, "met": one.was_met}
            for one in simulation.checks
        ],
        "entries": [
            {"on": one.on, "day": one.day, "kind": one.kind, "what": one.name, "words": one.words, "side": one.side,
             "more": one.more}
            for one in simulation.entries
        ],
    }  # fmt: skip


def _lines(simulation: Simulation) -> list[str]:
    lines = [sentence(simulation), "", "What is assumed", *(f"  {line}" for line in words_of(simulation.persona))]
    lines += ["", "Stages"]
    for stage in simulation.stages:
        if stage.days is None:
            took = "is not reached"
        elif stage.closed_on:
            took = f"{stage.days} {'day' if stage.days == 1 else 'days'}, closes {stage.closed_on}"
        else:
            took = f"still open after {stage.days} days: {', '.join(stage.missing) or 'its tasks'}"
        lines.append(f"  {stage.title}: {took}")
    if simulation.complete.day is not None:
        lines.append(f"  Complete on day {simulation.complete.day}{against(simulation.complete)}")
    if simulation.stood:
        lines += ["", "Where it stands still", *(f"  {stood_words(one)}" for one in simulation.stood)]
    lines += ["", "Day by day"]
    for on, entries in groupby(simulation.entries, key=lambda entry: entry.on):
        listed = list(entries)
        lines.append(f"  Day {listed[0].day}, {on:%a %-d %b %Y}")
        for one in listed:
            more = f" ({one.more})" if one.more else ""
            lines.append(f"    {SIDES[one.side]:<5}{one.words}{more}")
    return lines


def _amount(text: str | None) -> float | None:
    try:
        return float(Decimal(text)) if text is not None else None
    except InvalidOperation:
        raise invalid(f"“{text}” is no amount.", mend="Write a number like 24000.") from None


def _seats(seats: int | None) -> int:
    if seats is not None and not 1 <= seats <= 10_000:
        raise invalid(f"{seats} seats cannot be simulated.", mend="Choose 1 to 10000.")
    return seats or 10


def _day(text: str | None, today: date) -> date:
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        raise invalid(f"“{text}” is no day.", mend="Write it like 2026-01-05.") from None
