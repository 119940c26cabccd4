"""What each row says, cell by cell, and what is wrong with it on its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from onward.accounts.decisions.sheets.dates import Settled, read_date, settle_dates
from onward.accounts.decisions.sheets.mapping import DATES, IGNORE, NUMBERS, Plan
from onward.accounts.decisions.sheets.sniffing import Sheet
from onward.kernel.refusals import invalid

LONGEST = {
    "name": 200,
    "industry": 120,
    "region": 120,
    "country": 120,
    "stage": 120,
    "language": 35,
    "zone": 64,
    "closed_days": 4000,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`level` "error": the row stays out; "warning": it goes in. `code` groups the same problem of many rows."""

    row: int
    column: str
    level: str
    code: str
    value: str
    message: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`values` by field (text, Decimal, int or date; None: the cell is empty); `fields` are further columns."""

    number: int
    values: dict[str, Any]
    fields: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def stays_out(self) -> bool:
        """Whether an error keeps the row out."""
        return any(problem.level == "error" for problem in self.problems)

    def with_problems(self, found: Sequence[Problem], **values: Any) -> Row:
        """The row with further findings."""
        return Row(self.number, {**self.values, **values}, self.fields, (*self.problems, *found))


def settled_columns(plan: Plan, sheet: Sheet) -> dict[str, Settled]:
    """How each date column reads: as a person chose, else as the column settles it."""
    out = {}
    for column, name in plan.columns.items():
        if name in DATES:
            chosen = plan.dates.get(column)
            out[column] = Settled(chosen) if chosen else settle_dates(sheet.column(column))
    return out


def read_rows(plan: Plan, sheet: Sheet) -> list[Row]:
    """All rows. Refusal "invalid" while a date column is not settled: guessing would move every deadline."""
    settled = settled_columns(plan, sheet)
    for column, how in settled.items():
        refuse_two_ways(column, how)
    decimals = {
        column: plan.decimal or _decimal(sheet.column(column))
        for column, name in plan.columns.items()
        if name in NUMBERS
    }
    return [_row(plan, sheet, settled, decimals, number, cells) for number, cells in sheet.rows]


def refuse_two_ways(column: str, how: Settled, mend: str = "") -> None:
    """Refusal "invalid" for a column whose dates a person has to settle."""
    if not how.format and how.choices:
        left, right = how.choices
        raise invalid(
            f"The dates in {column} can be read in two ways: {how.example} is "
            f"{read_date(how.example, left)} as {left} and {read_date(how.example, right)} as {right}.",
            mend=mend or f"Choose one: dates: {{{column}: {left}}} or dates: {{{column}: {right}}}.",
            column=column,
            choices=list(how.choices),
        )


def _row(
    plan: Plan,
    sheet: Sheet,
    settled: Mapping[str, Settled],
    decimals: Mapping[str, str],
    number: int,
    cells: Sequence[str],
) -> Row:
    values: dict[str, Any] = {}
    fields: dict[str, str] = {}
    problems: list[Problem] = []
    if any(cell.strip() for cell in cells[len(sheet.header) :]):
        problems.append(too_wide(number, cells, sheet))
    for at, column in enumerate(sheet.header):
        name, text = plan.columns[column], cells[at].strip() if at < len(cells) else ""
        if name == IGNORE:
            continue
        if name.startswith("fields."):
            if text:
                fields[name.removeprefix("fields.")] = text[:2000]
            continue
        value: Any = text or None
        problem = None
        if text and name in DATES:
            value, problem = _date(number, column, text, settled[column])
        elif text and name in NUMBERS:
            value, problem = _number(number, column, text, decimals[column], whole=name == "seats")
        elif len(text) > LONGEST.get(name, 200):
            problem = Problem(number, column, "error", "too_long", text[:80], f"{column} is too long.", "Shorten it.")
        elif "\0" in text or (text and not text.isprintable()):
            value = " ".join("".join(char if char.isprintable() else " " for char in text).split()) or None
        values[name] = value
        if problem:
            problems.append(problem)
    return Row(number, values, fields, tuple(problems))


def too_wide(number: int, cells: Sequence[str], sheet: Sheet) -> Problem:
    """A row with more cells than the header has columns."""
    return Problem(
        number,
        "",
        "error",
        "too_many_cells",
        cells[len(sheet.header)][:80],
        f"The row has {len(cells)} cells, the header {len(sheet.header)}.",
        "Put cells that hold the separator into quotes.",
    )


def _date(number: int, column: str, text: str, how: Settled) -> tuple[date | None, Problem | None]:
    day = read_date(text, how.format) if how.format else None
    if day is not None and 1900 <= day.year <= 2200:
        return day, None
    expected = f" as {how.format}" if how.format else ""
    return None, Problem(
        number,
        column,
        "error",
        "impossible_date",
        text[:80],
        f"{text[:40]} is no date{expected}.",
        "Correct the date, or choose another format for the column.",
    )


def _decimal(values: Sequence[str]) -> str:
    """What separates decimals in a column. With both signs the last one does; a comma before exactly three digits
    groups thousands, unless some value of the column says otherwise."""
    for text in values:
        digits = re.sub(r"[^\d.,]", "", text)
        if "." in digits and "," in digits:
            return "." if digits.rfind(".") > digits.rfind(",") else ","
    if any(re.search(r",\d{1,2}$|,\d{4,}$", text) for text in values):
        return ","
    if any(text.count(".") > 1 for text in values):
        return ","
    return "."


def _number(
    number: int, column: str, text: str, decimal: str, *, whole: bool
) -> tuple[Decimal | int | None, Problem | None]:
    bare = re.sub(r"[\s\u00a0\u202f'’]|^[^\d(.,+-]+|[^\d).,]+$", "", text)
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()").replace("," if decimal == "." else ".", "").replace(decimal, ".")
    try:
        if not re.fullmatch(r"[+-]?\d*\.?\d*", bare):
            raise InvalidOperation
        value = Decimal(bare) * (-1 if negative else 1)
        if abs(value) >= Decimal(10) ** 13 or (whole and (value % 1 or value < 0 or value > 2_000_000_000)):
            raise InvalidOperation
    except InvalidOperation:
        what = "whole number" if whole else "number"
        return None, Problem(
            number, column, "error", "not_a_number", text[:80], f"{text[:40]} is no {what}.", "Correct the cell."
        )
    return (int(value) if whole else value.quantize(Decimal("0.01"))), None
