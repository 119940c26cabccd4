"""How a file of rows is read: its text, its columns, its dates, and what each row says. Pure."""

from onward.accounts.decisions.sheets.dates import DATE_FORMATS, Settled, read_date, settle_dates
from onward.accounts.decisions.sheets.judging import Known, Match, judge_rows
from onward.accounts.decisions.sheets.mapping import (
    FIELDS,
    IGNORE,
    KINDS,
    MAP_KEYS,
    Plan,
    guess_columns,
    guessed,
    make_plan,
    plain_word,
    separator_of,
)
from onward.accounts.decisions.sheets.rows import Problem, Row, read_rows
from onward.accounts.decisions.sheets.sniffing import MAX_BYTES, Sheet, read_sheet, read_text

__all__ = [
    "DATE_FORMATS",
    "FIELDS",
    "IGNORE",
    "KINDS",
    "MAP_KEYS",
    "MAX_BYTES",
    "Known",
    "Match",
    "Plan",
    "Problem",
    "Row",
    "Settled",
    "Sheet",
    "guess_columns",
    "guessed",
    "judge_rows",
    "make_plan",
    "plain_word",
    "read_date",
    "read_rows",
    "read_sheet",
    "read_text",
    "separator_of",
    "settle_dates",
]
