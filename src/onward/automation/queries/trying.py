"""An expression that nobody has published yet, judged by a running journey."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from onward.automation.queries.snapshot import outside
from onward.identity.decisions import Thing, require
from onward.journeys import queries as journeys
from onward.journeys.decisions.readings import Readings
from onward.kernel.actor import Actor
from onward.kernel.refusals import not_found
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import CheckVerdict, judge
from onward.playbooks.decisions.parts import Check, Expr


def tried(
    actor: Actor, journey_id: UUID, conditions: dict[str, Check], draft: Playbook | None, now: datetime
) -> dict[str, CheckVerdict]:
    """Each condition's verdict by what is known of the journey now; events and figures are those of the draft where it
    can be read. A name that the journey's own playbook does not have is told in the sentence. Nothing is written.
    Refuses an unknown journey (not_found)."""
    run = journeys.load_run(journey_id)
    if run is None:
        raise not_found("journey")
    require(actor, "see", Thing("journey", run.journey.account_id))
    book = playbooks.version(run.journey.version_id)
    if draft is not None:
        book = replace(book, events=draft.events, figures=draft.figures)
    # The snapshot reads what the playbook's conditions ask for: these are among them for this once.
    book = replace(book, goals=(*book.goals, *conditions.values()))
    readings = Readings(book, run, outside(book, run, now), now)
    return {name: _told(judge(one, readings), book) for name, one in conditions.items()}


def _told(verdict: CheckVerdict, book: Playbook) -> CheckVerdict:
    strange = [name for name in verdict.missing if not _has(book, name)]
    if not strange:
        return verdict
    which = f"Its playbook, “{book.title}”, has no {', '.join(strange)}."
    return replace(verdict, sentence=which)


def _has(book: Playbook, name: str) -> bool:
    """Whether the playbook declares what a name tells of; names without an id are everybody's."""
    kind, _, rest = name.partition(".")
    if kind not in {"task", "stage", "milestone", "form", "check_in", "log"}:
        return True
    try:
        book.find(kind, rest.partition(".")[0])
    except KeyError:
        return False
    return True


def check_of(name: str, expression: Expr) -> Check:
    """A yes-or-no expression as a check."""
    return Check(name, name, when=expression)
