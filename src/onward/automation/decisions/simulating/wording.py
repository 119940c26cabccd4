"""What a simulation says in a sentence, and the warnings that several together allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from onward.automation.decisions.simulating.result import Reached, Simulation, Stood
from onward.automation.decisions.simulating.telling import day

SIDES = {"ours": "us", "theirs": "them", "both": "both sides", "": "time alone"}


def sentence(simulation: Simulation) -> str:
    """When first value comes (completion, where a playbook names no first value), and where it stands still."""
    reached = simulation.first_value or simulation.complete
    name = "first value" if simulation.first_value else "completion"
    who = simulation.persona.title
    if reached.day is None:
        came = f"{who} does not reach {name} within {simulation.days} days"
        if reached.target_day is not None:
            came += f" (the target is day {reached.target_day})"
    else:
        came = f"{who} reaches {name} on day {reached.day}{against(reached)}"
    stood = simulation.stands_still_on
    return f"{came}. {stood_words(stood)}" if stood else f"{came}, and never stands still for a week."


def against(reached: Reached) -> str:
    """`, 3 days late`: against its target, with a comma before it; "" without one."""
    late = reached.days_late
    if late is None:
        return ""
    if late == 0:
        return ", on the day of its target"
    days = f"{abs(late)} {'day' if abs(late) == 1 else 'days'}"
    return f", {days} late" if late > 0 else f", {days} before its target"


def stood_words(stood: Stood) -> str:
    """`It stands still for 12 days, from Mon 2 March, on them: Connect your systems.`"""
    what = f": {', '.join(stood.waits_for)}" if stood.waits_for else ""
    return f"It stands still for {stood.days} days from {day(stood.since)}, on {SIDES[stood.side]}{what}."


def warnings(simulations: Sequence[Simulation]) -> Iterator[tuple[str, str]]:
    """(name of the check, what is wrong with it): checks that hold at the opening, or that nobody ever meets."""
    by_name = [{one.name: one for one in simulation.checks} for simulation in simulations]
    for name, first in by_name[0].items() if by_name else ():
        found = [known[name] for known in by_name]
        if all(one.held_at_opening for one in found):
            yield name, f"“{first.title}” holds from the start for every simulated customer: it proves nothing"
        elif any(one.was_judged for one in found) and not any(one.was_met for one in found):
            yield name, f"“{first.title}” is met by no simulated customer ({_days(simulations)})"


def _days(simulations: Iterable[Simulation]) -> str:
    return f"{max(simulation.days for simulation in simulations)} days"
