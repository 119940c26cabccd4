"""A day set by hand that lies before what the step comes after: it stands, and the page says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.utils import timezone

from onward.interfaces.ui.words import short_date, today
from onward.journeys import queries as journeys
from onward.journeys.queries import TaskLine
from onward.kernel.actor import Actor
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.parts import Link


def early_words(actor: Actor, journey_id: UUID, task: TaskLine, on: date) -> str:
    """Like " It comes 2 days after “Sign off”, which is open (earliest 3 Dec)."; "" where that day can be kept."""
    found = max(_before(actor, journey_id, task), key=lambda one: one[0], default=None)
    if found is None or on >= found[0]:
        return ""
    earliest, link, before = found
    stands = f"was done on {short_date(before.done_at)}" if before.done_at else "is open"
    lag = f"{link.lag.words} " if link.lag else ""
    return f" It comes {lag}after “{before.title}”, which {stands} (earliest {short_date(earliest)})."


def _before(actor: Actor, journey_id: UUID, task: TaskLine) -> Iterator[tuple[date, Link, TaskLine]]:
    """What it comes after, each with the earliest day that it allows as things stand."""
    view = journeys.journey_view(actor, journey_id)
    spec = next((one for one in playbooks.version(view.version_id).tasks if one.id == task.key), None)
    lines = {line.key: line for line in view.tasks}
    ours, _ = journeys.calendars_of(view.account_id)
    for link in spec.after if spec else ():
        before = lines.get(link.id)
        if before is None or link.link != "finish_to_start" or before.state in ("skipped", "withdrawn"):
            continue
        expected = view.expected.get(f"task.{link.id}")
        over = timezone.localtime(before.done_at).date() if before.done_at else None
        free = over or max(expected.on if expected else before.due_on or today(), today())
        is_days = link.lag is not None and link.lag.unit != "h"
        yield (ours.shift(free, link.lag) if link.lag and is_days else free), link, before
