"""Published versions, read; resolved playbooks are kept in this process by id (they never change)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found
from onward.playbooks.decisions.definition import Playbook, from_json
from onward.playbooks.decisions.judge import verdict
from onward.playbooks.models import Version


@lru_cache(maxsize=256)
def version(version_id: UUID) -> Playbook:
    """The resolved playbook of a version; Refusal "not_found"."""
    row = Version.objects.filter(id=version_id).values_list("resolved", flat=True).first()
    if row is None:
        raise not_found("playbook version", format_id("pbv", version_id))
    return from_json(row)


def current_versions() -> dict[UUID, Playbook]:
    """The newest version of each playbook that is not retired, highest rank first."""
    newest = Version.objects.filter(retired_at=None).order_by("playbook", "-number").distinct("playbook")
    found = [(row_id, version(row_id)) for row_id in newest.values_list("id", flat=True)]
    return dict(sorted(found, key=lambda item: (-item[1].choose_rank, item[1].id)))


@dataclass(frozen=True, slots=True)
class Choice:
    """The fitting version of highest rank; without one, why a person has to choose."""

    version_id: UUID | None
    why: str = ""


def fitting(readings: Mapping[str, Any]) -> Choice:
    """Which playbook fits an account and its deal. A tie, or a condition that is unknown, asks a person."""
    fits: list[tuple[UUID, Playbook]] = []
    for version_id, book in current_versions().items():
        if book.choose_when is None:
            continue
        if fits and book.choose_rank < fits[0][1].choose_rank:
            break
        found = verdict(book.choose_when, readings)
        if found.state == "unknown":
            return Choice(None, f"{book.title} may fit: {', '.join(found.missing)} is not known.")
        if found.state == "met":
            fits.append((version_id, book))
    if not fits:
        return Choice(None, "No playbook fits this account.")
    if len(fits) > 1:
        return Choice(None, f"{' and '.join(book.title for _, book in fits)} fit equally well.")
    return Choice(fits[0][0])
