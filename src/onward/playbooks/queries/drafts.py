"""Drafts as pages show them, with what lies beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.playbooks import models
from onward.playbooks.queries.shelf import Shelf, read_shelf


@dataclass(frozen=True)
class Remark:
    """What somebody said of a draft. `kind`: asked (for a review), said, agreed; `edition`: of which save."""

    by: str
    at: datetime
    kind: str
    text: str
    edition: int


@dataclass(frozen=True)
class DraftRow:
    """A playbook being written. `base` is the number of the version that it began from, `current` of the one that is
    current now; None where there is none. `can_undo`: a text before the last save is kept."""

    key: str
    text: str
    file: str
    edition: int
    base: int | None
    base_text: str
    current: int | None
    modules: Mapping[str, str]
    texts: Mapping[str, str]
    begun_by: str
    begun_at: datetime
    saved_by: str
    saved_at: datetime
    can_undo: bool
    remarks: tuple[Remark, ...] = ()

    @property
    def title(self) -> str:
        """The title that its text says, also while the rest of it cannot be read."""
        found = re.search(r"^title: *(.+?) *$", self.text, re.MULTILINE)
        return found[1].strip("'\"") if found else self.key.replace("_", " ").capitalize()

    @property
    def is_behind(self) -> bool:
        """Whether a version came out since it was begun."""
        return self.current is not None and self.current != self.base

    @property
    def waits_for_review(self) -> bool:
        return next((one.kind == "asked" for one in reversed(self.remarks) if one.kind != "said"), False)


def draft(actor: Actor, key: str) -> DraftRow | None:
    """The draft of a playbook, if there is one."""
    require(actor, "see", "playbook")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key):
        return None
    row = models.Draft.objects.filter(key=key).select_related("base").first()
    if row is None:
        return None
    current = models.Playbook.objects.filter(key=key).values_list("current__number", flat=True).first()
    return _row(row, current)


def drafts(actor: Actor) -> dict[str, DraftRow]:
    """Every draft by its playbook's key, the last saved first."""
    require(actor, "see", "playbook")
    current = dict(models.Playbook.objects.values_list("key", "current__number"))
    rows = models.Draft.objects.select_related("base").order_by("-saved_at")
    return {row.key: _row(row, current.get(row.key)) for row in rows}


def beside(modules: Mapping[str, str], texts: Mapping[str, str]) -> Shelf:
    """What lies beside a draft: its own modules, parents and texts, else the shipped ones."""
    shelf = read_shelf(settings.PLAYBOOKS_DIR)
    return Shelf({}, {**shelf.beside, **modules}, {**shelf.texts, **texts})


def _row(row: models.Draft, current: int | None) -> DraftRow:
    return DraftRow(
        row.key,
        row.text,
        row.file,
        row.edition,
        row.base.number if row.base else None,
        row.base.text if row.base else "",
        current,
        row.modules,
        row.texts,
        row.begun_by,
        row.begun_at,
        row.saved_by,
        row.saved_at,
        bool(row.before),
        tuple(_remark(one) for one in row.remarks),
    )


def _remark(one: Mapping[str, Any]) -> Remark:
    return Remark(one["by"], datetime.fromisoformat(one["at"]), one["kind"], one["text"], one["edition"])
