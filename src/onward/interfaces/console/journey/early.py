"""A day set by hand that lies before what the step comes after: it stands, and the page says so."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from onward.automation.queries.moving import held_back
from onward.interfaces.ui.words import short_date
from onward.journeys import queries as journeys
from onward.journeys.decisions.forecast import STARTS
from onward.journeys.queries import TaskLine
from onward.kernel.actor import Actor
from onward.playbooks import queries as playbooks


def early_words(actor: Actor, journey_id: UUID, task: TaskLine, on: date) -> str:
    """Like " It comes 2 days after “Sign off”, which is open (earliest 3 Dec)."; "" where that day can be kept."""
    found = held_back(actor, journey_id, f"task.{task.key}", on)
    if found is not None and found.by == STARTS:
        return f" It does not begin before {short_date(found.earliest)}."
    view = journeys.journey_view(actor, journey_id)
    before = next((line for line in view.tasks if found and found.by == f"task.{line.key}"), None)
    if found is None or before is None:
        return ""
    spec = next((one for one in playbooks.version(view.version_id).tasks if one.id == task.key), None)
    link = next((one for one in spec.after if one.id == before.key), None) if spec else None
    opening = f"comes {link.lag.words} after" if link and link.lag else "comes after"
    if link and link.link != "finish_to_start":
        opening = "waits for"
    stands = f"was done on {short_date(before.done_at)}" if before.done_at else "is open"
    return f" It {opening} “{before.title}”, which {stands} (earliest {short_date(found.earliest)})."
