"""Comments and files through the API: what a program says and hands over, and what it may not."""

from __future__ import annotations

import base64
from collections.abc import Callable
from uuid import UUID

from tests.conversation.samples import PDF
from tests.interfaces.api.conftest import Caller
from tests.interfaces.api.test_nouns import journey


def test_a_comment_is_written_changed_and_removed(api: Caller, version: UUID) -> None:
    one = journey(api)
    made = api("POST", f"/journeys/{one}/comments", {"channel": "internal", "text": "Call them."})
    assert made.status_code == 201, made.content
    comment = made.json()
    assert (comment["channel"], comment["author_name"]) == ("internal", "An API key")
    path = f"/comments/{comment['id']}"
    tag = api("GET", path)["ETag"]
    assert api("PATCH", path, {"text": "Write to them."}, If_Match=tag).status_code == 200
    assert api("PATCH", path, {"text": "Neither."}, If_Match=tag).status_code == 412
    rows = api("GET", f"/journeys/{one}/comments?channel=internal").json()["rows"]
    assert [row["text"] for row in rows] == ["Write to them."]
    assert api("GET", f"/journeys/{one}/comments?channel=shared").json()["rows"] == []
    assert api("DELETE", path).json()["removed_at"]
    assert api("POST", f"/journeys/{one}/comments", {"channel": "everybody", "text": "x"}).status_code == 422


def test_a_file_goes_in_and_comes_out(api: Caller, version: UUID) -> None:
    one = journey(api)
    body = {"channel": "shared", "name": "plan.pdf", "content": base64.b64encode(PDF).decode()}
    made = api("POST", f"/journeys/{one}/files", body)
    assert made.status_code == 201, made.content
    file = made.json()
    assert (file["media_type"], file["size"]) == ("application/pdf", len(PDF))
    got = api("GET", f"/files/{file['id']}/content")
    assert got.content == PDF
    assert got["Content-Disposition"].startswith("attachment")
    link = api("POST", f"/journeys/{one}/files", {"channel": "internal", "name": "Folder", "url": "https://x.example/"})
    assert link.status_code == 201
    assert [row["name"] for row in api("GET", f"/journeys/{one}/files").json()["rows"]] == ["Folder", "plan.pdf"]
    for bad in ({"name": "a.pdf", "content": "%"}, {"name": "a.pdf"}, {"url": "javascript:x"}, {**body, "url": "x"}):
        assert api("POST", f"/journeys/{one}/files", {"channel": "shared", **bad}).status_code == 422, bad
    large = {"channel": "shared", "name": "large.txt", "content": base64.b64encode(b"x" * 2_000_000).decode()}
    assert api("POST", f"/journeys/{one}/files", large).status_code == 201
    api("DELETE", f"/files/{file['id']}")
    assert api("GET", f"/files/{file['id']}/content").status_code == 404


def test_each_needs_its_scope(api: Caller, key: Callable[..., Caller], version: UUID) -> None:
    one = journey(api)
    reader, talker = key("journey:read", "file:read"), key("journey:read", "comment:write")
    assert reader("GET", f"/journeys/{one}/files").status_code == 200
    assert reader("GET", f"/journeys/{one}/comments").status_code == 403
    assert talker("GET", f"/journeys/{one}/files").status_code == 403
    assert (
        reader("POST", f"/journeys/{one}/files", {"channel": "shared", "url": "https://x.example"}).status_code == 403
    )
