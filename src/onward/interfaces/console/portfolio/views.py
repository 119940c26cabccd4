"""Saved views: kept, shared, renamed, moved, taken away and brought back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from onward.insights import actions
from onward.insights import queries as insights
from onward.interfaces.console.portfolio.asked import of_words
from onward.interfaces.console.shell import Undo, say, staff
from onward.kernel.ids import format_id, parse_id


def _address(view: insights.ViewRow) -> str:
    return f"/journeys?{view.query}{'&' if view.query else ''}view={view.ref}"


@require_http_methods(["GET", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """A POST keeps the list of these words; there is no page of views but the list itself."""
    actor = staff(request)
    if request.method == "GET":
        return redirect("/journeys")
    kept = of_words(request.POST.get("query", ""), actor).kept
    shared = request.POST.get("shared") == "1"
    made = actions.save_view(actor=actor, name=request.POST.get("name", ""), query=kept, is_shared=shared)
    view = insights.view(actor, made)
    say(request, f"“{view.name}” is kept, {'for everybody' if shared else 'for you'}.")
    return redirect(_address(view))


@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, ref: str) -> HttpResponse:
    """An address to send: the list that the view keeps. A POST renames it, shares it, or keeps other words."""
    actor, view_id = staff(request), parse_id("viw", ref)
    if request.method == "GET":
        return redirect(_address(insights.view(actor, view_id)))
    given = request.POST
    actions.change_view(
        actor=actor,
        view_id=view_id,
        name=given.get("name"),
        query=of_words(given["query"], actor).kept if "query" in given else None,
        is_shared=given["shared"] == "1" if "shared" in given else None,
    )
    found = insights.view(actor, view_id)
    say(request, f"“{found.name}” is kept{' for everybody' if found.is_shared else ''}.")
    return redirect(_address(found))


@require_POST
def place(request: HttpRequest, ref: str) -> HttpResponse:
    """Move it one place."""
    actor, view_id = staff(request), parse_id("viw", ref)
    actions.move_view(actor=actor, view_id=view_id, by=-1 if request.POST.get("by") == "-1" else 1)
    return redirect(_address(insights.view(actor, view_id)))


@require_POST
def removal(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it away; the toast brings it back."""
    actor, view_id = staff(request), parse_id("viw", ref)
    name = actions.remove_view(actor=actor, view_id=view_id)
    say(request, f"The view “{name}” is deleted.", Undo(f"/journeys/views/{format_id('viw', view_id)}/restoration", {}))
    return redirect("/journeys")


@require_POST
def restoration(request: HttpRequest, ref: str) -> HttpResponse:
    """Bring it back."""
    actor, view_id = staff(request), parse_id("viw", ref)
    actions.restore_view(actor=actor, view_id=view_id)
    return redirect(_address(insights.view(actor, view_id)))
