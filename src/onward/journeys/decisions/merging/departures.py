"""In what a plan is not what its playbook says: adapted to this customer by people, or kept when a version came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from onward.journeys.decisions.state import Run, TaskRow
from onward.playbooks.decisions.comparing import differences, sentence, title_of
from onward.playbooks.decisions.definition import Playbook

Kind = Literal["added", "left_out", "moved", "put_off", "waived", "other"]


@dataclass(frozen=True)
class Departure:
    """One difference in words without their full stop; `thing` is what it is about, `why` what its author wrote."""

    kind: Kind
    thing: str
    words: str
    why: str = ""


def departures(template: Playbook, ours: Playbook, run: Run) -> list[Departure]:
    """What differs from the template: first what people did in this plan, then what its definition says otherwise."""
    found = [*_by_hand(run)]
    known = {one.thing for one in found}
    for one in differences(template, ours):
        name = f"{one.kind}.{one.id}"
        if one.what != "changed" and one.kind in {"task", "stage", "milestone", "check_in"}:
            title = title_of(one.kind, one.id, ours) or title_of(one.kind, one.id, template)
            here = one.what == "added"
            words = f"{title} is not in the playbook" if here else f"{title} is not in this plan"
            found.append(Departure("added" if here else "left_out", name, words))
        elif one.kind in {"task", "stage", "milestone", "check_in", "criterion", "form"} and name not in known:
            found.append(Departure("other", name, sentence(one, template, ours)))
    return found


def _by_hand(run: Run) -> Iterator[Departure]:
    for row in run.tasks:
        name = f"task.{row.key}"
        if row.state == "skipped" and row.how == "skipped":
            yield Departure("left_out", name, f"{row.title} was left out", row.note)
        elif row.deferred_at and not row.is_over:
            yield Departure("put_off", name, f"{row.title} was put off until after first value")
        elif _is_moved(row):
            yield Departure("moved", name, f"{row.title} was moved to {row.due_on:%-d %B}", _reason(row.due_why))
    for stage in run.stages:
        for record in stage.checks:
            if record["state"] == "waived":
                words = f"“{record['title']}” was waived for {stage.title}"
                yield Departure("waived", f"stage.{stage.key}", words, record.get("reason", ""))
    for record in run.journey.checklist:
        if record["state"] == "waived":
            words = f"“{record['title']}” was waived for the completion"
            yield Departure("waived", f"criterion.{record['id']}", words, record.get("reason", ""))


def _is_moved(row: TaskRow) -> bool:
    """A further turn of a repeated task has its date from the one before, not from a person."""
    return row.due_by_hand and row.due_on is not None and not row.due_why.startswith("every ")


def _reason(due_why: str) -> str:
    return due_why.partition(": ")[2]
