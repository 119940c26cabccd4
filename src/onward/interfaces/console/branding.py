"""The organization's logo and color as customers see them: tried before they are saved."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from onward.identity import actions, queries
from onward.identity.decisions.accent import accent_of
from onward.identity.decisions.pictures import LOGO
from onward.interfaces.console.shell import say, staff
from onward.kernel.refusals import invalid


def accent_words(color: str) -> str:
    """What becomes of the color that is asked for."""
    if not color:
        return "Like #284fae. Without one, ours is used."
    if not re.fullmatch(r"#[0-9a-f]{6}", color):
        return "Write it like #284fae: six digits after the sign."
    found = accent_of(color)
    if found is None:
        return "It cannot be made readable as text, so ours is used."
    if found.was_turned:
        return "It came too near to the color of your customers' side, so its hue is turned a little."
    return "It is darkened or lightened where text needs it."


@require_GET
def preview(request: HttpRequest) -> HttpResponse:
    """A part of the page: how the portal looks with this color, light and dark."""
    staff(request)
    color = request.GET.get("accent", "").strip().lower()[:20]
    shown = {"row": queries.organization(), "color": color, "words": accent_words(color)}
    return render(request, "console/_accent.html", shown)


@require_GET
def preview_sheet(request: HttpRequest) -> HttpResponse:
    """The two tokens that the color replaces, for the preview alone."""
    staff(request)
    found = accent_of(request.GET.get("accent", "").strip().lower())
    css = found.css().replace(":root", ".accent-preview") if found else ""
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@require_POST
def logo(request: HttpRequest) -> HttpResponse:
    """Take a picture, or give the two halves their place back."""
    actor = staff(request)
    if request.POST.get("remove"):
        actions.change_logo(actor=actor, content=b"")
        say(request, "The logo is gone; your name stands alone.")
        return HttpResponseRedirect("/settings/organization")
    given = request.FILES.get("logo")
    if given is None:
        raise invalid("No picture was chosen.", mend="Choose a PNG or JPEG file.", field="logo")
    actions.change_logo(actor=actor, content=given.read(LOGO.largest + 1))
    say(request, "Your customers see this logo from now on.")
    return HttpResponseRedirect("/settings/organization#logo")
