"""A journey and its playbook: what a new version would change here, taking it over, taking that back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from onward.identity.decisions import may
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.console.versions.history import who
from onward.interfaces.ui.words import plural
from onward.journeys import actions, queries
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, invalid
from onward.playbooks import queries as playbooks

ANSWERED_HERE = {"invalid", "conflict", "stale"}


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The preview; POST takes over what is ticked (`take`, a name each)."""
    actor, journey_id = staff(request), parse_id("jny", ref)
    refusal = None
    if request.method == "POST":
        try:
            return _taken(request, actor, journey_id, ref)
        except Refusal as caught:
            if caught.code not in ANSWERED_HERE:
                raise
            refusal = caught
    view = queries.journey_view(actor, journey_id)
    merge = queries.merge_view(actor, journey_id, _version(request, actor, view.playbook))
    by_state = {state: [line for line in merge.lines if line.state == state] for state in STATES}
    shown = {
        "view": view,
        "path": f"/journeys/{ref}",
        "merge": merge,
        "lines": by_state,
        "standing": queries.standing(actor, journey_id),
        "numbers": [(row.number, f"version {row.number}") for row in playbooks.history(actor, view.playbook)],
        "chosen": request.POST.getlist("take") if refusal and refusal.code != "stale" else None,
        "may_merge": may(actor, "merge", "journey"),
        "refusal": refusal,
        "who": who(actor),
    }
    return render(request, "console/journey/playbook.html", shown, status=refusal.status if refusal else 200)


STATES = ("conflict", "takes", "listed", "stays")


def _version(request: HttpRequest, actor: Actor, key: str) -> UUID | None:
    given = request.GET.get("version", "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 6:
        raise invalid(f"There is no version “{given[:20]}”.", mend="Versions are numbers.")
    return playbooks.version_row(actor, key, int(given)).id


def _taken(request: HttpRequest, actor: Actor, journey_id: UUID, ref: str) -> HttpResponse:
    version_id = parse_id("pbv", request.POST.get("version", ""))
    taken = actions.merge_version(
        actor=actor,
        journey_id=journey_id,
        version_id=version_id,
        wanted=request.POST.getlist("take"),
        seen=parse_id("pbv", request.POST.get("seen", "")),
    )
    number = playbooks.published(version_id).number
    words = f"The plan follows version {number}: {plural(taken, 'change')} taken over."
    say(request, words, Undo(f"/journeys/{ref}/playbook/undo", {"follows": request.POST["version"]}))
    return redirect(f"/journeys/{ref}/plan")


@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the last merge back."""
    follows = parse_id("pbv", request.POST.get("follows", ""))
    actions.undo_merge(actor=staff(request), journey_id=parse_id("jny", ref), follows=follows)
    say(request, "Taken back. The plan is what it was.")
    return redirect(f"/journeys/{ref}/plan")
