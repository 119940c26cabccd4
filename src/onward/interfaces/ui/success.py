"""The success plan as both doors show it: where each objective is, what waits for whom, and every version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

from onward.journeys.decisions.success import Course, Stated, target_words
from onward.journeys.queries import JourneyView, TaskLine
from onward.journeys.queries.success import ObjectiveNow, SuccessPlan, VersionView, success_plan
from onward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Card:
    """An objective for reading: its course in words, and the tasks that serve it. `written`: not in the plan."""

    stated: Stated
    tasks: tuple[TaskLine, ...]
    now: ObjectiveNow | None = None

    @property
    def course(self) -> Course | None:
        return self.now.course if self.now else None

    @property
    def target(self) -> str:
        return target_words(self.stated)

    @property
    def is_met(self) -> bool:
        return bool(self.now and self.now.met_at)

    @property
    def percent(self) -> int:
        return round(100 * (self.course.done or 0)) if self.course else 0

    @property
    def percent_due(self) -> int:
        return round(100 * self.course.due) if self.course else 0

    @property
    def where(self) -> str:
        """Where it is: "4 of 10 people", or "7 days, from 12 to 2"."""
        stated, unit = self.stated, f" {self.stated.unit}" if self.stated.unit else ""
        if self.now is None or self.now.reading is None or stated.target is None:
            return f"not measured yet: {self.target}"
        if not stated.start:
            return f"{_number(self.now.reading)} of {_number(stated.target)}{unit}"
        return f"{_number(self.now.reading)}{unit}, from {_number(stated.start)} to {_number(stated.target)}"

    @property
    def pace(self) -> str:
        """What an even pace would have it at by now, where it is behind that."""
        if self.course is None or self.course.done is None or not self.course.due:
            return ""
        return f"behind: {_number(self.even)} would be on pace" if self.course.is_behind else "on pace"

    @property
    def even(self) -> float:
        """What an even pace asks for by today; of what is counted in whole ones (people, reports) a whole one."""
        due, first, target = self.course.value_due if self.course else 0.0, self.stated.start or 0.0, self.stated.target
        if target is None or self.stated.unit == "%" or first % 1 or target % 1:
            return due
        return ceil(due) if target >= first else floor(due)


@dataclass(frozen=True, slots=True)
class Shown:
    """The plan for one reader. `cards` is what stands, or what was proposed first; `loose` what is written down and in
    no plan. `may_sign`: they may act for their side; `signs` is their side, theirs or ours."""

    plan: SuccessPlan
    cards: tuple[Card, ...]
    loose: tuple[Card, ...]
    may_sign: bool
    signs: str

    @property
    def waiting(self) -> VersionView | None:
        return self.plan.waiting

    @property
    def may_answer(self) -> bool:
        return self.may_sign and self.waiting is not None and self.waiting.side != self.signs

    @property
    def may_withdraw(self) -> bool:
        return self.may_sign and self.waiting is not None and self.waiting.side == self.signs

    @property
    def may_propose(self) -> bool:
        return self.may_sign and self.waiting is None

    @property
    def fingerprint(self) -> str:
        """The first of the hash of the answer that stands, in fours."""
        text = self.plan.agreed.said_hash if self.plan.agreed else ""
        return " ".join(text[at : at + 4] for at in range(0, 16, 4))

    @property
    def measured_at(self) -> datetime | None:
        return max((card.now.read_at for card in self.cards if card.now and card.now.read_at), default=None)


def shown(actor: Actor, view: JourneyView, *, may_sign: bool) -> Shown:
    """The plan of a journey that its reader has before them; a contact signs who has a part in it."""
    plan = success_plan(actor, view.id)
    signs = "theirs" if actor.is_contact else "ours"
    may_sign = may_sign and (not actor.is_contact or f"contact:{actor.id}" in plan.signers)
    first = plan.waiting if plan.agreed is None else None
    cards = [card(view, one.stated, one) for one in plan.objectives if one.in_plan]
    if first:
        cards = [card(view, one) for one in first.said.objectives]
    inside = {one.stated.ref for one in cards}
    loose = [card(view, one.stated, one) for one in plan.objectives if one.ref not in inside]
    return Shown(plan, tuple(cards), tuple(loose), may_sign and view.state != "cancelled", signs)


def card(view: JourneyView, stated: Stated, now: ObjectiveNow | None = None) -> Card:
    keys = {key for key, _ in stated.tasks}
    newest = {task.key: task for task in view.tasks if task.key in keys}
    return Card(stated, tuple(newest.values()), now)


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")
