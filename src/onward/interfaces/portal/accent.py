"""The vendor's color, as a sheet that every page of this door links."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onward.foundation.postgres.door import as_owner
from onward.identity import queries
from onward.identity.decisions.accent import accent_of


@require_safe
@as_owner()
def sheet(request: HttpRequest) -> HttpResponse:
    """Empty while no color is set, or none that could be made readable."""
    found = accent_of(queries.organization().accent)
    answer = HttpResponse(found.css() if found else "", content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "max-age=300"
    return answer
