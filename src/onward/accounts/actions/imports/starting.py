"""A run before it runs: the file is kept, its mapping chosen, and somebody says go."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.accounts.decisions.sheets import KINDS, MAX_BYTES, make_plan, read_sheet
from onward.accounts.decisions.sheets.mapping import separator_of
from onward.accounts.models import ImportRun
from onward.foundation.actions import act, action
from onward.identity.decisions import require
from onward.identity.queries import organization
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import conflict, invalid, not_found


@action()
def begin_import(*, actor: Actor, kind: str, file_name: str, content: bytes) -> UUID:
    """Keep a file for a look before it is read in. Refusal "invalid" when it cannot be read at all."""
    require(actor, "begin", "import")
    if kind not in KINDS:
        raise invalid(f"{kind} cannot be imported.", mend=f"Choose one of {', '.join(KINDS)}.", field="kind")
    if len(content) > MAX_BYTES:
        raise invalid(f"This file is over {MAX_BYTES // 2**20} MB.", mend="Pack it as .gz, or split it.")
    sheet = read_sheet(content)
    row = ImportRun.objects.create(
        kind=kind,
        file_name=file_name[:255] or "file.csv",
        content=content if content[:2] == b"\x1f\x8b" else zlib.compress(content, wbits=31),
        options={"journeys": organization().settings.get("journeys", "deal"), "as_of": None},
        total=len(sheet.rows),
        made_by_id=parse_id("usr", actor.id) if actor.is_staff else None,
        created_at=act().now,
    )
    return row.id


@action()
def map_import(
    *,
    actor: Actor,
    import_id: UUID,
    mapping: Mapping[str, Any],
    journeys: str | None = None,
    as_of: datetime | None = None,
) -> None:
    """Choose how the file is read (keys of MAP_KEYS), what opens a journey, and what day pace is judged by. Refusal
    "invalid" when the mapping does not fit the file."""
    require(actor, "change", "import")
    row = waiting(import_id)
    sheet = read_sheet(
        bytes(row.content or b""), encoding=str(mapping.get("encoding") or ""), separator=separator_of(mapping)
    )
    make_plan(row.kind, sheet, mapping)
    if journeys not in {None, "deal", "account"}:
        raise invalid("One journey a deal, or one an account.", mend="Choose deal or account.", field="journeys")
    row.mapping = dict(mapping)
    row.options = {"journeys": journeys or row.options["journeys"], "as_of": as_of.isoformat() if as_of else None}
    row.total = len(sheet.rows)
    row.save(update_fields=["mapping", "options", "total"])


@action()
def confirm_import(*, actor: Actor, import_id: UUID) -> None:
    """Let a worker carry the import out."""
    require(actor, "confirm", "import")
    row = waiting(import_id)
    row.state, row.due_at = "queued", act().now
    row.save(update_fields=["state", "due_at"])


@action()
def discard_import(*, actor: Actor, import_id: UUID) -> None:
    """Throw a file away that has not been read in."""
    require(actor, "discard", "import")
    waiting(import_id).delete()


def waiting(import_id: UUID) -> ImportRun:
    """The run while it waits for its mapping or confirmation. Refusals: "not_found"; "conflict" once confirmed."""
    row = ImportRun.objects.select_for_update().filter(id=import_id).first()
    if row is None:
        raise not_found("import", format_id("imp", import_id))
    if row.state != "preview":
        raise conflict("This import has begun.", mend="Upload the file again to read it another way.")
    return row
