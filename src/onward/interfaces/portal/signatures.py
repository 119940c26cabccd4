"""Who has said their part of a step and who has still to: of both sides, each by their company and name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from onward.foundation.ledger import Recorded
from onward.journeys.queries import TaskView

SAID = {"journey.task.reported", "journey.task.completed"}
REOPENED = "journey.task.reopened"
# The facts that tell it.
TOLD = frozenset({*SAID, REOPENED})


@dataclass(frozen=True)
class Signature:
    """`who` signs for `company`; `at` is when they did (None: not yet). `is_mine`: the reader's own."""

    company: str
    who: str
    is_mine: bool
    at: datetime | None = None


def signatures_of(
    seen: TaskView, facts: Iterable[Recorded], names: Mapping[str, str], me: str, vendor: str
) -> list[Signature]:
    """What was said since the step was last opened, as the facts tell it; then whose word is missing."""
    said: list[Recorded] = []
    for fact in sorted(_of_task(seen, facts), key=lambda fact: fact.seq):
        said = [] if fact.name == REOPENED else [*said, fact]
    out = []
    for fact in said:
        company = seen.account_name if fact.actor.startswith("contact:") else vendor
        out.append(Signature(company, names.get(fact.actor, company), fact.actor == me, fact.recorded_at))
    for role in seen.still_to_say:
        ref = role.person.ref if role.person else ""
        company = seen.account_name if role.side == "theirs" else vendor
        out.append(Signature(company, role.person.name if role.person else role.title, ref == me))
    return out


def sayers(seen: TaskView, facts: Iterable[Recorded]) -> set[str]:
    """Whose names are needed for it."""
    return {fact.actor for fact in _of_task(seen, facts)}


def _of_task(seen: TaskView, facts: Iterable[Recorded]) -> list[Recorded]:
    ref = str(seen.line.id)
    return [fact for fact in facts if fact.name in TOLD and str(fact.data.get("task_id")) == ref]
