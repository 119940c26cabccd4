"""Which column of a plan's sheet is which: guessed from its words, a person or a MAP file has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from onward.accounts.decisions.sheets import (
    DATE_FORMATS,
    Settled,
    Sheet,
    guessed,
    read_sheet,
    separator_of,
    settle_dates,
)
from onward.accounts.decisions.sheets.rows import refuse_two_ways
from onward.kernel.clock import is_plausible
from onward.kernel.refusals import invalid
from onward.playbooks.decisions.planned.cells import dates_in

MOST_BYTES = 1_000_000
MOST_ROWS = 500
IGNORE = ""

#: Fields with the header words (small letters, digits) that are taken for them, in English and German.
FIELDS: dict[str, tuple[str, ...]] = {
    "number": ("wbs", "number", "no", "nr", "id", "taskid", "psp", "pspcode", "nummer", "outlinenumber", "lfdnr"),
    "stage": ("stage", "phase", "section", "workstream", "group", "bereich", "abschnitt", "etappe"),
    "task": (
        "task", "taskname", "activity", "action", "actionitem", "item", "name", "title", "what", "todo", "step",
        "aufgabe", "vorgang", "vorgangsname", "aktivitat", "titel", "was", "schritt",
    ),
    "description": (
        "description", "notes", "note", "details", "comment", "comments", "help", "beschreibung", "notiz", "notizen",
        "bemerkung", "kommentar", "hinweis",
    ),
    "owner": (
        "owner", "assignee", "assignedto", "responsible", "who", "resource", "resources", "resourcenames", "lead",
        "verantwortlich", "verantwortlicher", "zustandig", "wer", "ressourcennamen", "bearbeiter",
    ),
    "start": ("start", "startdate", "begin", "begins", "from", "plannedstart", "beginn", "anfang", "von", "startdatum"),
    "due": (
        "due", "duedate", "end", "enddate", "finish", "finishdate", "deadline", "until", "to", "targetdate",
        "ende", "fallig", "falligam", "falligkeit", "termin", "bis", "frist", "enddatum",
    ),
    "duration": ("duration", "length", "days", "takes", "estimate", "dauer", "tage"),
    "after": (
        "dependson", "predecessors", "predecessor", "dependencies", "dependency", "after", "blockedby", "waitsfor",
        "vorganger", "abhangigvon", "abhangigkeit", "nach",
    ),
    "status": (
        "status", "state", "progress", "complete", "percentcomplete", "done", "stand", "fortschritt", "erledigt",
    ),
    "done_on": (
        "doneon", "completedon", "completed", "datecompleted", "completiondate", "actualfinish", "finishedon",
        "closedon", "erledigtam", "abgeschlossenam",
    ),
}  # fmt: skip

#: The columns that are written, in their order, with what heads them.
COLUMNS = {
    "stage": "Stage",
    "task": "Task",
    "description": "Description",
    "owner": "Owner",
    "start": "Start",
    "due": "Due",
    "duration": "Duration",
    "after": "Depends on",
    "status": "Status",
}
MAP_KEYS = {
    "columns": f'COLUMN: FIELD for each column to read otherwise than guessed, "" to leave it out; fields are '
    f"{', '.join(FIELDS)}",
    "dates": f"the format of all dates; one of {', '.join(DATE_FORMATS)}",
    "encoding": "such as utf-8, utf-16 or cp1252; detected when left out",
    "separator": "one of , ; tab |; detected when left out",
    "sides": "OWNER: ours or theirs, for owners whose side is guessed wrongly",
    "zero": "the day (2026-03-02) from which the days of a playbook count; the first of the sheet when left out",
}
SIDES = ("ours", "theirs")


@dataclass(frozen=True)
class How:
    """How a sheet is read. `columns`: column to field or ""; `dates`: their format, "" where the sheet has none;
    `sides`: an owner's word to a side; `zero`: day zero, where somebody said which."""

    columns: dict[str, str]
    dates: str = ""
    sides: dict[str, str] = field(default_factory=dict)
    zero: date | None = None

    def column_of(self, name: str) -> str:
        """The column that a field is read from, or ""."""
        return next((column for column, mapped in self.columns.items() if mapped == name), "")


def open_sheet(content: bytes, given: Mapping[str, Any]) -> Sheet:
    """The cells of a plan's sheet. Refusal "invalid" for what is no CSV, is too large, or has no row but its header."""
    if len(content) > MOST_BYTES:
        raise invalid("This sheet is over 1 MB.", mend="A plan has a row a task: leave the other sheets out.")
    sheet = read_sheet(content, encoding=str(given.get("encoding") or ""), separator=separator_of(given))
    if not sheet.rows:
        raise invalid(
            "This sheet has no row below its header.", mend="Its first row names the columns, then a row a task."
        )
    if len(sheet.rows) > MOST_ROWS:
        raise invalid(
            f"This sheet has {len(sheet.rows):,} rows; a plan has at most {MOST_ROWS}.",
            mend="Leave out what is no task, or split it into several plans.",
        )
    return sheet


def make_how(sheet: Sheet, given: Mapping[str, Any]) -> How:
    """How to read it: guesses, overruled by what is given (the keys of MAP_KEYS). Refusal "invalid" for a key, column,
    field, format or side that does not exist, without a column of tasks, or while its dates can be read in two ways."""
    for key in given:
        if key not in MAP_KEYS:
            raise invalid(f"A map has no key {str(key)[:40]}.", mend=f"Its keys are {', '.join(MAP_KEYS)}.")
    columns = _columns(sheet, given.get("columns") or {})
    if "task" not in columns.values():
        raise invalid(
            "No column is the task.", mend=f"Say which: columns are {', '.join(sheet.header[:30])}.", field="task"
        )
    return How(columns, _layout(sheet, columns, str(given.get("dates") or "")), _sides(given), _zero(given))


def settled(sheet: Sheet, columns: Mapping[str, str]) -> Settled:
    """How the dates of all columns read; one sheet has one order of day and month."""
    names = [column for column, name in columns.items() if name in ("start", "due", "done_on", "status")]
    return settle_dates([found for column in names for cell in sheet.column(column) for found in dates_in(cell)])


def _columns(sheet: Sheet, wanted: Any) -> dict[str, str]:
    if not isinstance(wanted, Mapping):
        raise invalid("columns maps each column to a field.", mend="Write COLUMN: FIELD, one a line.")
    columns = guessed(FIELDS, sheet.header)
    for column, name in wanted.items():
        if column not in columns:
            raise invalid(
                f"The sheet has no column {str(column)[:60]}.", mend=f"It has {', '.join(sheet.header[:30])}."
            )
        if name and str(name) not in FIELDS:
            raise invalid(f"A plan has no field {str(name)[:60]}.", mend=f"Fields are {', '.join(FIELDS)}.")
        if name:
            columns = {key: IGNORE if value == name else value for key, value in columns.items()}
        columns[str(column)] = str(name or IGNORE)
    return columns


def _layout(sheet: Sheet, columns: Mapping[str, str], chosen: str) -> str:
    if chosen:
        if chosen not in DATE_FORMATS:
            raise invalid(f"There is no date format {chosen[:40]}.", mend=f"Formats are {', '.join(DATE_FORMATS)}.")
        return chosen
    found = settled(sheet, columns)
    if not found.format:
        refuse_two_ways("the sheet", found, f"Say how dates are written: {' or '.join(found.choices)}.")
    return found.format


def _sides(given: Mapping[str, Any]) -> dict[str, str]:
    sides = given.get("sides") or {}
    if not isinstance(sides, Mapping) or any(side not in SIDES for side in sides.values()):
        raise invalid("sides maps an owner to ours or theirs.", mend="Write OWNER: theirs, one a line.")
    return {str(owner): str(side) for owner, side in sides.items()}


def _zero(given: Mapping[str, Any]) -> date | None:
    text = str(given.get("zero") or "")
    try:
        day = date.fromisoformat(text) if text else None
        if day and not is_plausible(day):
            raise ValueError
    except ValueError:
        raise invalid(f"{text[:40]} is not a day.", mend="Write it as 2026-03-13.", field="zero") from None
    return day
