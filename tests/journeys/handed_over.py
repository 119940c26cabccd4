"""The small playbook with a handoff from sales in front: its stage closes once sales has handed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from onward.foundation import clock
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.playbooks.decisions.definition import Playbook, Stage, Task
from onward.playbooks.decisions.parts import Check, Field, Form
from onward.playbooks.models import Version
from tests.world import SMALL, Cast, publish, yes

SECRET = "their last project failed"
VALUES = {"why": "One report on Mondays", "problems": "Four spreadsheets", "in_confidence": SECRET}
HANDED = replace(
    SMALL,
    id="handed",
    forms=(
        *SMALL.forms,
        Form(
            "handoff",
            "Handoff from sales",
            (
                Field("why", "Why did they buy?", "long_text", required=True, prefill="deal.field.reason", shared=True),
                Field("problems", "Which problems?", "long_text", required=True),
                Field("promises", "What was promised?", "long_text", shared=True),
                Field("in_confidence", "In confidence", "long_text", internal=True),
            ),
        ),
    ),
    stages=(
        Stage(
            "before",
            "Before the kickoff",
            "csm",
            tasks=(Task("handoff", "Hand over from sales", "form", "before", "csm", form="handoff"),),
            exit=(
                Check("handed", "Sales has handed over", when=yes("form.handoff.complete", "form.handoff.complete")),
            ),
        ),
        replace(SMALL.stages[0], after=("before",)),
        *SMALL.stages[1:],
    ),
)


def opened(world: Cast, account: UUID | None = None, book: Playbook = HANDED) -> UUID:
    """A journey that begins with the handoff; nothing is handed over yet."""
    known = Version.objects.filter(playbook=book.id).first()
    version = known.id if known else publish(book)
    return journeys.open_journey(
        actor=world.mara, account_id=account or world.acme, version_id=version, signed_at=clock.now()
    )


def hand_over(world: Cast, journey: UUID, **more: Any) -> None:
    """Sales fills the form in: what is wrong with them is told in confidence."""
    task = next(task for task in queries.journey_view(world.mara, journey).tasks if task.key == "handoff")
    journeys.answer_form(actor=world.mara, task_id=task.id, values={**VALUES, **more})
