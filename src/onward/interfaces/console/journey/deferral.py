"""Put off what first value does not need: looked at first, done in one go, undone whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from onward.foundation.clock import now
from onward.identity.decisions import require
from onward.interfaces.console.journey.seen import Seen
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui.words import plural
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.kernel.ids import format_id, parse_id
from onward.playbooks import queries as playbooks


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """What would be put off and what has to stay; posted, it is done. Without `task` all that may be is meant."""
    if request.method == "POST":
        return _change(request, ref)
    actor, journey_id = staff(request), parse_id("jny", ref)
    require(actor, "change", "journey")
    view = journeys.journey_view(actor, journey_id)
    seen = Seen(view, playbooks.version(view.version_id), now())
    rows = journeys.deferral(actor, journey_id)
    context = {
        "view": view,
        "seen": seen,
        "value": view.first_value,
        "may": [seen.task(row.line) for row in rows if not row.why_not and not row.line.deferred_at],
        "off": [seen.task(row.line) for row in rows if row.line.deferred_at],
        "stays": [(seen.task(row.line), row.why_not) for row in rows if row.why_not],
    }
    return render(request, "console/journey/deferral.html", context)


def _change(request: HttpRequest, ref: str) -> HttpResponse:
    deferred = request.POST.get("deferred", "1") == "1"
    chosen = [parse_id("tsk", one) for one in request.POST.getlist("task")]
    chosen += [parse_id("tsk", one) for one in request.POST.get("tasks", "").split()]
    moved = actions.defer_tasks(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        # Who takes every tick away has chosen nothing, not everything.
        task_ids=chosen if chosen or "chosen" in request.POST else None,
        deferred=deferred,
    )
    words = "put off until after first value" if deferred else "back in the plan"
    fields = {"deferred": "0" if deferred else "1", "tasks": " ".join(format_id("tsk", one) for one in moved)}
    undo = Undo(f"/journeys/{ref}/deferral", fields) if moved else None
    say(request, f"{plural(len(moved), 'task')} {words}." if moved else "Nothing was changed.", undo)
    return redirect(f"/journeys/{ref}/plan")
