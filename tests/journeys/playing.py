"""A playbook written in the language, played on a frozen clock: publish its text, open a journey, live its days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import time_machine

from onward.accounts import actions as accounts
from onward.automation import actions as automation
from onward.foundation import ledger
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.queries import JourneyView, TaskLine
from onward.kernel.actor import Actor
from onward.playbooks import actions as playbooks
from tests.world import SIGNED, Cast, cast

#: What every playbook of these tests begins with.
HEAD = """
playbook: told
language: 1
title: Told
accountable: csm
roles:
  ours: {csm: account owner}
  theirs: {champion: asked of csm}
  groups: [admins]
milestones: [{milestone: value, first_value: true, by_hand: csm, when: objectives.met >= 1}]
"""


EXPRESSED = Path(__file__).parents[1] / "stories" / "expressed"


def expressed(name: str) -> tuple[str, dict[str, str]]:
    """A playbook of the folder, with a text for each mail that it names."""
    text = (EXPRESSED / f"{name}.yaml").read_text()
    return text, dict.fromkeys(re.findall(r"texts/\w+\.md", text), "Hello {person.first_name}.")


class Play:
    """One journey on one playbook; `day` moves the clock and lets the worker do what has come due."""

    def __init__(
        self, clock: time_machine.Traveller, text: str, texts: Mapping[str, str] | None = None, *, head: str = HEAD
    ) -> None:
        self.clock = clock
        self.world: Cast = cast()
        published = playbooks.publish(actor=self.world.admin, text=head + text, texts=texts or {})
        self.version = published.version_id

    def open(self, *, signed_at: datetime | None = SIGNED) -> None:
        self.journey: UUID = journeys.open_journey(
            actor=self.world.mara, account_id=self.world.acme, version_id=self.version, signed_at=signed_at
        )

    def sell(self, **deal: Any) -> UUID:
        """A deal that is not won yet."""
        return accounts.open_deal(actor=self.world.mara, account_id=self.world.acme, name="First year", **deal)

    def day(self, number: float) -> None:
        """That many days after the signature, at nine in the morning."""
        self.clock.move_to(SIGNED + timedelta(days=number))
        self.work()

    def work(self) -> None:
        automation.tick()
        while ledger.drain_due():
            pass
        assert ledger.stuck_rows() == []

    def view(self, actor: Actor | None = None) -> JourneyView:
        return queries.journey_view(actor or self.world.mara, self.journey)

    def task(self, key: str) -> TaskLine:
        """The newest turn of a task."""
        return next(task for task in reversed(self.view().tasks) if task.key == key)

    def turns(self, key: str) -> list[str]:
        """The states of every turn of a task, the first one first."""
        return [task.state for task in self.view().tasks if task.key == key]

    def states(self, *keys: str) -> list[str]:
        return [self.task(key).state for key in keys]

    def done(self, key: str, actor: Actor | None = None, **given: Any) -> str:
        return journeys.complete_task(actor=actor or self.world.mara, task_id=self.task(key).id, **given)

    def held(self, key: str, who: Sequence[str] = ()) -> None:
        now = self.clock_now() - timedelta(hours=1)
        came = list(who) or [f"user:{self.world.mara.id}", f"contact:{self.world.dana.id}"]
        journeys.hold_meeting(actor=self.world.mara, task_id=self.task(key).id, held_at=now, attended=came)

    def answer(self, key: str, **values: Any) -> None:
        journeys.answer_form(actor=self.world.mara, task_id=self.task(key).id, values=values)

    def clock_now(self) -> datetime:
        from onward.foundation import clock

        return clock.now()

    def stages(self) -> list[str]:
        return [stage.state for stage in self.view().stages]

    def names(self) -> list[str]:
        return [fact.name for fact in ledger.facts_of(journey=self.journey)]


@contextmanager
def played(text: str, *, opened: bool = True, **given: Any) -> Iterator[Play]:
    """The play, on the morning of the signature."""
    with time_machine.travel(SIGNED, tick=False) as clock:
        play = Play(clock, text, **given)
        if opened:
            play.open()
        yield play
