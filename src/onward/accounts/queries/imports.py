"""Imports as rows: what a file would do before it does it, how far a run is, and what was wrong with it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.accounts.decisions.sheets import (
    Known,
    Match,
    Plan,
    Problem,
    Row,
    Sheet,
    judge_rows,
    make_plan,
    read_rows,
    read_sheet,
)
from onward.accounts.decisions.sheets.judging import plain
from onward.accounts.decisions.sheets.mapping import separator_of
from onward.accounts.decisions.sheets.rows import settled_columns
from onward.accounts.models import Account, ImportProblem, ImportRun, Product
from onward.identity.decisions import require
from onward.identity.queries import user_keys
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal, not_found


@dataclass(frozen=True, slots=True)
class ImportRow:
    """`read` = opened + changed + unchanged + errors once it is finished. `warnings` counts findings, of any row."""

    id: UUID
    ref: str
    kind: str
    file_name: str
    state: str
    problem: str
    mapping: dict[str, Any]
    journeys: str
    as_of: str | None
    read: int
    done: int
    opened: int
    changed: int
    unchanged: int
    warnings: int
    errors: int
    announced: int
    made_by_id: UUID | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def counts(self) -> dict[str, int]:
        """The figures that scripts rely on."""
        names = ("read", "opened", "changed", "unchanged", "warnings", "errors")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """A column: the field it goes to, some of its values, and for dates how it reads (or the choices)."""

    name: str
    field: str
    samples: tuple[str, ...]
    date_format: str = ""
    date_choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a confirmed import would meet. `refusal` says what must be chosen before; then there are no problems."""

    row: ImportRow
    encoding: str
    separator: str
    columns: tuple[ColumnPreview, ...]
    goes_in: int
    stays_out: int
    groups: tuple[tuple[str, str, str, int, int], ...]
    problems: tuple[Problem, ...]
    refusal: Refusal | None = None


def import_run(actor: Actor, import_id: UUID) -> ImportRow:
    """One import; Refusal "not_found"."""
    return _row(_run(actor, import_id))


def imports(actor: Actor, limit: int = 50) -> list[ImportRow]:
    """The latest imports first."""
    require(actor, "see", "import")
    return [_row(row) for row in ImportRun.objects.defer("content").order_by("-created_at")[:limit]]


def import_problems(actor: Actor, import_id: UUID, *, limit: int = 500) -> list[Problem]:
    """What was wrong, by row; errors and warnings."""
    _run(actor, import_id)
    rows = ImportProblem.objects.filter(run_id=import_id).order_by("row", "id")[:limit]
    return [Problem(row.row, row.column, row.level, row.code, row.value, row.message, row.mend) for row in rows]


def problem_groups(actor: Actor, import_id: UUID) -> list[tuple[str, str, str, int, int]]:
    """Problems of a kind together: (level, what, mend, how many, first row)."""
    return _groups(import_problems(actor, import_id, limit=1_000_000))


def problems_csv(problems: list[Problem] | tuple[Problem, ...]) -> str:
    """All problems as CSV, to be mended in a spreadsheet. Cells that a spreadsheet would run are made plain text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["row", "column", "level", "problem", "value", "mend"])
    for each in problems:
        cells = [each.column, each.level, each.message, each.value, each.mend]
        writer.writerow([each.row, *(f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells)])
    return out.getvalue()


def import_preview(actor: Actor, import_id: UUID) -> Preview:
    """Read the kept file as it is mapped now, without writing anything."""
    run = _run(actor, import_id)
    sheet = sheet_of(run)
    plan = make_plan(run.kind, sheet, run.mapping)
    settled = settled_columns(plan, sheet)
    columns = tuple(
        ColumnPreview(
            name,
            plan.columns[name],
            _samples(sheet, name),
            settled[name].format if name in settled else "",
            settled[name].choices if name in settled else (),
        )
        for name in sheet.header
    )
    rows: list[Row] = []
    refusal = None
    try:
        rows = judge_rows(plan, read_rows(plan, sheet), known(run.kind))
    except Refusal as caught:
        refusal = caught
    problems = [problem for row in rows for problem in row.problems]
    out = sum(row.stays_out for row in rows)
    return Preview(
        _row(run),
        sheet.encoding,
        sheet.separator,
        columns,
        len(rows) - out,
        out,
        tuple(_groups(problems)),
        tuple(problems),
        refusal,
    )


def judged(run: ImportRun) -> list[Row]:
    """All rows of a run as they are judged now."""
    sheet = sheet_of(run)
    plan: Plan = make_plan(run.kind, sheet, run.mapping)
    return judge_rows(plan, read_rows(plan, sheet), known(run.kind))


def sheet_of(run: ImportRun) -> Sheet:
    """The kept file, read as it is mapped."""
    if run.content is None:
        raise not_found("file", run.file_name)
    encoding, separator = str(run.mapping.get("encoding") or ""), separator_of(run.mapping)
    return read_sheet(bytes(run.content), encoding=encoding, separator=separator)


def known(kind: str) -> Known:
    """What rows of this kind may name."""
    by_external, by_name = user_keys()
    users = Match(by_external, by_name, tuple(by_name))
    if kind != "deals":
        return Known(users=users)
    accounts = [*Account.objects.values_list("id", "name", "external_id")]
    products = [*Product.objects.values_list("id", "name", "external_id")]
    return Known(_match(accounts), _match(products), users)


def _match(rows: list[tuple[UUID, str, str | None]]) -> Match:
    by_name: dict[str, UUID | None] = {}
    for one, name, _ in rows:
        low = plain(name)
        by_name[low] = None if low in by_name else one
    return Match({external: one for one, _, external in rows if external}, by_name, tuple(row[1] for row in rows))


def _groups(problems: list[Problem]) -> list[tuple[str, str, str, int, int]]:
    counted: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], int] = {}
    for each in problems:
        key = (each.level, each.message, each.mend)
        counted[key] += 1
        first.setdefault(key, each.row)
    ordered = sorted(counted.items(), key=lambda item: (item[0][0], -item[1]))
    return [(*key, number, first[key]) for key, number in ordered]


def _samples(sheet: Sheet, name: str) -> tuple[str, ...]:
    filled = dict.fromkeys(cell[:60] for cell in sheet.column(name)[:400] if cell)
    return tuple(list(filled)[:3])


def _run(actor: Actor, import_id: UUID) -> ImportRun:
    require(actor, "see", "import")
    row = ImportRun.objects.filter(id=import_id).first()
    if row is None:
        raise not_found("import", format_id("imp", import_id))
    return row


def _row(row: ImportRun) -> ImportRow:
    return ImportRow(
        row.id,
        format_id("imp", row.id),
        row.kind,
        row.file_name,
        row.state,
        row.problem,
        dict(row.mapping),
        row.options.get("journeys", "deal"),
        row.options.get("as_of"),
        row.total,
        row.done,
        row.opened,
        row.changed,
        row.unchanged,
        row.warnings,
        row.errors,
        row.announced,
        row.made_by_id,
        row.created_at,
        row.finished_at,
    )
