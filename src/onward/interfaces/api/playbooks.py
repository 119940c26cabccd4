"""Playbooks, as they are published."""

from __future__ import annotations

import re
from datetime import datetime

from django.http import HttpRequest
from ninja import Path, Router

from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Ref, Told
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found
from onward.playbooks import queries

router = Router()


class Playbook(Told):
    """`version_id` is the current version; journeys that run keep theirs."""

    key: str
    title: str
    version_id: str
    number: int
    rank: int
    stages: int
    published_at: datetime


class Playbooks(Told):
    rows: list[Playbook]
    next: str


class PlaybookText(Told):
    key: str
    title: str
    version_id: str
    number: int
    address: str
    text: str
    published_at: datetime


@router.get("/playbooks", response=Playbooks, operation_id="list_playbooks", summary="List playbooks")
@scoped("playbook:read")
def list_playbooks(request: HttpRequest) -> Playbooks:
    """Every playbook with its current version, highest rank first."""
    rows = [
        Playbook(
            key=row.key,
            title=row.title,
            version_id=format_id("pbv", row.version_id),
            number=row.number,
            rank=row.rank,
            stages=row.stages,
            published_at=row.published_at,
        )
        for row in queries.playbook_rows(actor_of(request))
    ]
    return Playbooks(rows=rows, next="")


@router.get("/playbooks/{key}", response=PlaybookText, operation_id="get_playbook", summary="Get a playbook")
@scoped("playbook:read")
def get_playbook(request: HttpRequest, key: Path[Ref]) -> PlaybookText:
    """The current version of a playbook, as its author wrote it."""
    row = queries.version_row(actor_of(request), known_key(key))
    return PlaybookText(
        key=row.key,
        title=row.title,
        version_id=format_id("pbv", row.id),
        number=row.number,
        address=row.address,
        text=row.text,
        published_at=row.published_at,
    )


def known_key(key: str) -> str:
    """A key as authors may write them; anything else names nothing."""
    if not re.fullmatch(r"[a-z0-9_]{1,60}", key):
        raise not_found("playbook", "")
    return key
