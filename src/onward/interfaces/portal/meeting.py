"""A meeting as a file for one's own calendar: the same event as the invitation, so that it is not there twice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onward.engagement.decisions import Attendee, Event, itip
from onward.engagement.queries import people, portal_link
from onward.foundation import clock, mailer
from onward.interfaces.portal.who import Visitor, contacts_only
from onward.journeys import queries
from onward.kernel.ids import parse_id
from onward.kernel.refusals import not_found

HOUR = 60


@require_safe
@contacts_only
def download(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """The meeting of a task, once its time is chosen."""
    seen = queries.task_view(visitor.actor, parse_id("tsk", task))
    line = seen.line
    if line.kind != "meeting" or line.starts_at is None:
        raise not_found("meeting", task)
    view = queries.journey_view(visitor.actor, seen.journey_id)
    owner = view.owner.ref if view.owner else ""
    found = people([owner] if owner else [])
    organizer = found.get(owner)
    event = Event(
        uid=f"{line.ref}@{mailer.host()}",
        sequence=0,
        starts_at=line.starts_at,
        minutes=seen.minutes or HOUR,
        title=line.title,
        description="\n".join(seen.agenda),
        url=portal_link(line.id),
        organizer=Attendee(organizer.name if organizer else visitor.vendor, organizer.mail if organizer else ""),
        attendees=(),
    )
    text = itip(event, method="PUBLISH", now=clock.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return response
