"""Activation: who has reached proven use, person by person, and what that makes of the account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from onward.automation.ports import Usage
from onward.playbooks.decisions.definition import Activation, Playbook
from onward.playbooks.decisions.judge import judge, verdict


def names_of(activation: Activation) -> list[str]:
    """The metrics that an activation's checks read."""
    return sorted({name for check in activation.checks for name in check.names})


def activations_read(book: Playbook, names: Iterable[str]) -> list[Activation]:
    """The activations that these metric names ask for."""
    keys = {name.split(".")[1] for name in names if name.startswith("activation.")}
    return [activation for activation in book.activations if activation.id in keys]


def activation_readings(
    wanted: Iterable[Activation],
    usage: Usage,
    readings: Mapping[str, Any],
    until: datetime | None = None,
) -> dict[str, float | bool]:
    """`activation.A.{users,share,met}`: a person counts once all checks are met within their own window.

    Left out, so unknown, while no source delivers for the account. A share of nobody is left out too.
    """
    found: dict[str, float | bool] = {}
    for activation in wanted:
        if activation.of == "account":
            states = {judge(check, readings).state for check in activation.checks}
            if "unknown" not in states or "not_met" in states:
                found[f"activation.{activation.id}.met"] = states == {"met"}
            continue
        people = usage.persons(names_of(activation), activation.within.exact if activation.within else None, until)
        if not people and readings.get("usage.connected") is not True:
            continue
        done = sum(is_activated(activation, person) for person in people.values())
        key = f"activation.{activation.id}"
        found[f"{key}.users"] = float(done)
        if people:
            found[f"{key}.share"] = done / len(people)
        met = verdict(activation.account_when, found) if activation.account_when else None
        found[f"{key}.met"] = met.state == "met" if met else done >= 1
    return found


def is_activated(activation: Activation, person: Mapping[str, Any]) -> bool:
    """Whether one person's metrics meet every check."""
    known = {name: value for name, value in person.items() if not isinstance(value, datetime)}
    return all(judge(check, known).is_met for check in activation.checks)
