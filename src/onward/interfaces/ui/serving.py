"""Hand over what people uploaded. Nothing of it ever runs or is drawn as a page of ours."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from onward.conversation.queries import FileView
from onward.identity.queries import Picture
from onward.kernel.refusals import not_found


def served(view: FileView, content: bytes, name: str) -> HttpResponse:
    """The file under its own name: an image that was verified may be shown, all else is saved."""
    if name != view.name:
        raise not_found("file", view.ref)
    response = HttpResponse(content, content_type=view.media_type if view.is_image else "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(not view.is_image, view.name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    return response


def pictured(found: Picture | None, version: str, *, is_public: bool) -> HttpResponse:
    """A picture that stands beside a name. `version` is what its address says: what is named so never changes."""
    if found is None:
        return HttpResponse(status=404, content_type="text/plain; charset=utf-8")
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_public else "same-origin"
    response["Content-Disposition"] = "inline"
    seen_by = "public" if is_public else "private"
    kept = f"max-age=31536000, {seen_by}, immutable" if version == found.version else f"max-age=300, {seen_by}"
    response["Cache-Control"] = kept
    return response
