"""The vendor's color and logo, as a sheet that every page of this door links."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onward.foundation.postgres.door import as_owner
from onward.identity import queries
from onward.identity.decisions.accent import accent_of
from onward.interfaces.ui.serving import pictured

HEIGHT = 28


@require_safe
@as_owner()
def sheet(request: HttpRequest) -> HttpResponse:
    """Empty while no color is set, or none that could be made readable, and no logo."""
    organization = queries.organization()
    found = accent_of(organization.accent)
    css = (found.css() if found else "") + _logo(organization.settings.get("logo"))
    answer = HttpResponse(css, content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "max-age=300"
    return answer


@require_safe
@as_owner()
def logo(request: HttpRequest) -> HttpResponse:
    """The picture itself, for whoever asks: it stands in mails. It is never drawn as a page of ours."""
    return pictured(queries.logo(), request.GET.get("v", ""), is_public=True)


def _logo(shown: dict[str, Any] | None) -> str:
    """The picture in the place of the two halves; its measures are known, so that nothing shifts when it comes."""
    if not shown:
        return ""
    width = round(HEIGHT * shown["width"] / shown["height"])
    return (
        ".portal .brand > svg, .door .brand > svg { display: none; }\n"
        f'.portal .brand::before, .door .brand::before {{ content: ""; flex: none; width: {width}px; '
        f"max-width: 40vw; height: {HEIGHT}px; "
        f'background: url("/portal/logo?v={shown["version"]}") left center / contain no-repeat; }}\n'
    )
