"""Files and links of journeys and tasks."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status
from pydantic import AfterValidator, Field, Strict

from onward.conversation import actions, queries
from onward.conversation.queries import FileView
from onward.interfaces.api.conversation import Channel
from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Asked, Ref, Short, Told, storable
from onward.interfaces.ui.serving import served
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import invalid

router = Router()
Url = Annotated[str, Strict(), AfterValidator(storable), Field(max_length=2000)]
Base64 = Annotated[str, Strict(), Field(json_schema_extra={"contentEncoding": "base64"})]


class File(Told):
    """`kind` is "file" or "link"; a link has a `url`. `sha256` is of the content, in hexadecimal."""

    id: str
    journey_id: str
    task_id: str | None
    channel: str
    kind: str
    name: str
    url: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_by_name: str
    created_at: datetime
    removed_at: datetime | None


class Files(Told):
    rows: list[File]
    next: str


class FilesAsked(Asked):
    task_id: Ref | None = None


class NewFile(Asked):
    """Either `content` (base64) with a `name` that has an ending, or a `url` (https or http) with a name for it."""

    channel: Channel
    name: Short = ""
    content: Base64 | None = None
    url: Url | None = None
    task_id: Ref | None = None


@router.get("/journeys/{journey_id}/files", response=Files, operation_id="list_files", summary="List files")
@scoped("file:read")
def list_files(request: HttpRequest, journey_id: Path[Ref], asked: Query[FilesAsked]) -> Files:
    """Files and links of a journey and its tasks, or of one task, the newest first."""
    task_id = parse_id("tsk", asked.task_id) if asked.task_id else None
    rows = queries.files(actor_of(request), parse_id("jny", journey_id), task_id)
    return Files(rows=[_told(row) for row in rows], next="")


@router.post(
    "/journeys/{journey_id}/files", response={201: File}, operation_id="add_file", summary="Add a file or a link"
)
@scoped("file:write")
def add_file(request: HttpRequest, journey_id: Path[Ref], body: NewFile) -> Status[File]:
    """Keep it with the journey or a task. 422 for a file that is empty, too large, unknown, or not what it says."""
    if (body.content is None) == (body.url is None):
        raise invalid("A file has content, a link has a url.", mend="Send one of the two.")
    actor, journey = actor_of(request), parse_id("jny", journey_id)
    task_id = parse_id("tsk", body.task_id) if body.task_id else None
    if body.url is not None:
        made = actions.add_link(
            actor=actor, journey_id=journey, task_id=task_id, channel=body.channel, url=body.url, title=body.name
        )
    else:
        content = _read(body.content or "")
        made = actions.add_file(
            actor=actor, journey_id=journey, task_id=task_id, channel=body.channel, name=body.name, content=content
        )
    return Status(201, _told(queries.file_view(actor, made)))


@router.get("/files/{file_id}", response=File, operation_id="get_file", summary="Get a file's description")
@scoped("file:read")
def get_file(request: HttpRequest, file_id: Path[Ref]) -> File:
    """What is known of a file or link."""
    return _told(queries.file_view(actor_of(request), parse_id("fil", file_id)))


@router.get(
    "/files/{file_id}/content",
    operation_id="get_file_content",
    summary="Get a file",
    openapi_extra={
        "responses": {
            200: {
                "description": "The bytes of the file.",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
@scoped("file:read")
def get_file_content(request: HttpRequest, file_id: Path[Ref]) -> HttpResponse:
    """The bytes, to be saved. 404 for a link and for what was removed."""
    view, content = queries.content_of(actor_of(request), parse_id("fil", file_id))
    return served(view, content, view.name)


@router.delete("/files/{file_id}", response=File, operation_id="remove_file", summary="Remove a file or link")
@scoped("file:write")
def remove_file(request: HttpRequest, file_id: Path[Ref]) -> File:
    """Take it away; people can bring it back for 30 days."""
    actor, one = actor_of(request), parse_id("fil", file_id)
    actions.remove_file(actor=actor, file_id=one)
    return _told(queries.file_view(actor, one))


def _read(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("The content is not base64.", mend="Encode the file's bytes.", field="content") from None


def _told(view: FileView) -> File:
    named = {"id", "journey_id", "task_id"}
    values = {name: getattr(view, name) for name in File.model_fields if name not in named}
    return File(id=view.ref, journey_id=format_id("jny", view.journey_id), task_id=view.task_ref or None, **values)
