"""Versions as they run, kept in this process; rows for lists and pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from onward.foundation.postgres import tuples
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.expressions import Value
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found
from onward.playbooks import models
from onward.playbooks.decisions.choosing import Candidate, Choice, choose
from onward.playbooks.decisions.definition import Playbook, from_json
from onward.playbooks.queries.shelf import Shelf


@dataclass(frozen=True)
class PlaybookRow:
    """A line of the list of playbooks."""

    key: str
    title: str
    version_id: UUID
    number: int
    rank: int
    stages: int
    intents: int
    published_by: str
    published_at: datetime
    warnings: int


@dataclass(frozen=True)
class VersionRow:
    """One version with what its author wrote."""

    id: UUID
    key: str
    number: int
    title: str
    address: str
    is_current: bool
    file: str
    text: str
    modules: dict[str, str]
    texts: dict[str, str]
    problems: list[dict[str, Any]]
    published_by: str
    published_at: datetime

    @property
    def ref(self) -> str:
        return format_id("pbv", self.id)


@lru_cache(maxsize=256)
def version(version_id: UUID) -> Playbook:
    """A version as it runs. It never changes, so one process reads it once. Refuses an unknown id (not_found)."""
    row = models.Version.objects.filter(id=version_id).values_list("address", "resolved").first()
    if row is None:
        raise not_found("playbook version", format_id("pbv", version_id))
    return _meant(*row)


@lru_cache(maxsize=256)
def _meant(address: str, resolved: str) -> Playbook:
    return from_json(resolved)


@dataclass(frozen=True, slots=True)
class Effort:
    """What a playbook says of the time that a task takes: `hours` of effort and `minutes` of a meeting, 0 for none."""

    hours: float
    minutes: int


def efforts(version_ids: Iterable[UUID]) -> dict[tuple[UUID, str], Effort]:
    """How long each task of these versions takes, in one statement however many they are; tasks of which they say
    nothing are left out."""
    rows = tuples(_EFFORTS, {"ids": list(version_ids)})
    return {(version, task): Effort(hours, minutes) for version, task, hours, minutes in rows}


_EFFORTS = """
select v.id, t ->> 'id', coalesce((t ->> 'effort_hours')::float, 0), coalesce((t ->> 'minutes')::int, 0)
from playbooks_version v, jsonb_path_query(v.resolved::jsonb, '$.stages[*].tasks[*]') t
where v.id = any(%(ids)s) and (t ? 'effort_hours' or t ? 'minutes')
"""


def current_versions() -> dict[UUID, Playbook]:
    """The current version of every playbook, highest rank first."""
    ids = models.Playbook.objects.values_list("current_id", flat=True)
    found = [(version_id, version(version_id)) for version_id in ids]
    return dict(sorted(found, key=lambda item: (-item[1].choose_rank, item[1].id)))


def current_id(key: str) -> UUID:
    """The current version of one playbook by its id in the file. Refuses an unknown one (not_found)."""
    found = _current(key)
    if found is None:
        raise not_found("playbook", _shown(key))
    return found


def may_begin_before_the_signature() -> bool:
    """Whether any current playbook opens on a deal that is not won yet."""
    return any(book.opens_when and book.opens_when.text != "deal.won" for book in current_versions().values())


def fitting(readings: Mapping[str, Value | None]) -> Choice:
    """The playbook that fits an account, by its `account.*` and `deal.*` readings; or why a person has to choose."""
    return choose(
        (
            Candidate(version_id, book.id, book.title, book.choose_rank, book.choose_when, book.opens_when)
            for version_id, book in current_versions().items()
        ),
        readings,
    )


def playbook_rows(actor: Actor) -> list[PlaybookRow]:
    """Every playbook with its current version, highest rank first."""
    require(actor, "see", "playbook")
    found = []
    for row in models.Playbook.objects.select_related("current"):
        current, book = row.current, version(row.current_id)
        found.append(
            PlaybookRow(
                row.key,
                book.title,
                current.id,
                current.number,
                book.choose_rank,
                len(book.stages),
                len(book.intents),
                current.published_by,
                current.published_at,
                len(current.problems),
            )
        )
    return sorted(found, key=lambda one: (-one.rank, one.key))


def version_row(actor: Actor, key: str, number: int | None = None) -> VersionRow:
    """One version (the current one without a number). Refuses an unknown one (not_found)."""
    require(actor, "see", "playbook")
    current = _current(key)
    wanted = {"number": number} if number is not None else {"id": current}
    row = models.Version.objects.filter(playbook=key, **wanted).first() if current else None
    if row is None:
        raise not_found("playbook", _shown(key) if number is None else f"{_shown(key)} version {number}")
    return _row(row, current)


@dataclass(frozen=True)
class Number:
    """Which version of which playbook."""

    id: UUID
    key: str
    number: int
    title: str

    @property
    def ref(self) -> str:
        return format_id("pbv", self.id)


def published(version_id: UUID) -> Number:
    """A published version by its id. Refuses an unknown one, and a journey's own plan (not_found)."""
    found = published_numbers([version_id]).get(version_id)
    if found is None:
        raise not_found("playbook version", format_id("pbv", version_id))
    return found


def published_numbers(version_ids: Iterable[UUID]) -> dict[UUID, Number]:
    """Published versions by their ids; others are left out."""
    rows = models.Version.objects.filter(id__in=list(version_ids)).exclude(playbook__startswith=models.PLANS)
    return {row[0]: Number(*row) for row in rows.values_list("id", "playbook", "number", "title")}


def history(actor: Actor, key: str) -> list[VersionRow]:
    """Every version of a playbook, the newest first."""
    require(actor, "see", "playbook")
    current = _current(key)
    if current is None:
        return []
    return [_row(row, current) for row in models.Version.objects.filter(playbook=key).order_by("-number")]


def above(text: str) -> Shelf:
    """The current text of the playbook that a variant's text follows, with all that lay beside it; else nothing."""
    found = re.search(r"^extends: *([a-z][a-z0-9_]*)", text, re.MULTILINE)
    current = _current(found[1]) if found else None
    row = models.Version.objects.filter(id=current).first() if current else None
    return Shelf({}, {**row.modules, row.playbook: row.text}, row.texts) if row else Shelf()


def past(key: str) -> list[Playbook]:
    """Every published version of a playbook as it runs, the oldest first."""
    rows = models.Version.objects.filter(playbook=key).order_by("number").values_list("address", "resolved")
    return [_meant(*row) for row in rows]


def _current(key: str) -> UUID | None:
    # A key from an address may hold what no database takes.
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key):
        return None
    return models.Playbook.objects.filter(key=key).values_list("current_id", flat=True).first()


def _shown(key: str) -> str:
    return "".join(character for character in key[:60] if character.isprintable())


def _row(row: models.Version, current: UUID | None) -> VersionRow:
    return VersionRow(
        row.id,
        row.playbook,
        row.number,
        row.title,
        row.address,
        row.id == current,
        row.file,
        row.text,
        row.modules,
        row.texts,
        row.problems,
        row.published_by,
        row.published_at,
    )
