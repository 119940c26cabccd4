"""Who else looks at a journey or task: their avatars, fetched when the stream says that they changed."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from onward.identity import queries as identity
from onward.identity.decisions import require
from onward.interfaces.live.hub import HUB
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import not_found

_PAGE = re.compile(r"(?:jny|tsk)_[0-9a-z]{26}")


@require_GET
def people(request: HttpRequest, ref: str) -> HttpResponse:
    """The others, for a colleague who may see journeys."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor) or not actor.is_staff or not _PAGE.fullmatch(ref):
        raise not_found("page")
    require(actor, "see", "journey")
    others = [parse_id("usr", one) for one in HUB.people_at(ref) if one != actor.id]
    return render(request, "ui/presence.html", {"names": list(identity.user_names(others).values())})


urlpatterns = [path("presence/<str:ref>", people, name="presence")]
