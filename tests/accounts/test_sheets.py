"""How files are read: tables for what people send, and properties for what nobody thought of."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onward.accounts.decisions.sheets import (
    DATE_FORMATS,
    Known,
    Match,
    Row,
    guess_columns,
    judge_rows,
    make_plan,
    read_date,
    read_rows,
    read_sheet,
    settle_dates,
)
from onward.accounts.decisions.sheets.mapping import separator_of
from onward.kernel.refusals import Refusal

ACME = uuid4()
KNOWN = Known(
    Match({"crm-1": ACME}, {"acme": ACME, "twin": None}, ("Acme", "Twin")),
    Match({}, {"gtx pro": uuid4()}, ("GTX Pro",)),
    Match({}, {"mara lindqvist": uuid4()}, ("mara lindqvist",)),
)


def rows_of(kind: str, text: str, **mapping: Any) -> list[Row]:
    sheet = read_sheet(text.encode())
    plan = make_plan(kind, sheet, mapping)
    return judge_rows(plan, read_rows(plan, sheet), KNOWN)


def codes(rows: list[Row]) -> list[tuple[int, str, str, str]]:
    return [(problem.row, problem.column, problem.level, problem.code) for row in rows for problem in row.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("packed", [False, True])
def test_encoding_and_separator_are_detected(encoding: str, separator: str, packed: bool) -> None:
    table = [["Name", "Città", "Sum"], ["Müller & Söhne", "Zürich", "1"], ["Ñandú", "São Paulo", "2"]]
    text = "\r\n".join(separator.join(cells) for cells in table)
    data = text.encode(encoding)
    sheet = read_sheet(gzip.compress(data, mtime=0) if packed else data)
    assert sheet.separator == separator
    assert sheet.header == tuple(table[0])
    assert [list(cells) for _, cells in sheet.rows] == table[1:]


def test_what_a_header_may_look_like() -> None:
    sheet = read_sheet(b"\n name ,name,, ,\na,b,c\n,,,\nd\n")
    assert sheet.header == ("name", "name (2)")
    assert sheet.rows == ((3, ("a", "b", "c")), (5, ("d",)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n\n , ,\n", "empty"),
        (b"PK\x03\x04\0\0\0 sheet.xml", "not a CSV"),
        (b"\x1f\x8b\x08garbage", "damaged"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "ends too early"),
        (b'a,b\n"' + b"x" * 200_000 + b'",2\n', "cannot be read as CSV"),
        (gzip.compress(b"a" * (65 * 2**20)), "over 64 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        read_sheet(data)


@pytest.mark.parametrize(
    ("values", "settled", "choices"),
    [
        (["3/4/2017", "12/31/2016"], "M/D/YYYY", ()),
        (["3/4/2017", "31/12/2016"], "D/M/YYYY", ()),
        (["3/4/2017", "5/6/2017"], "", ("M/D/YYYY", "D/M/YYYY")),
        (["3/3/2017", "5/5/2017"], "M/D/YYYY", ()),
        (["13/1/2017", "1/13/2017"], "", ("M/D/YYYY", "D/M/YYYY")),
        (["12/31/2016", "2/30/2017", "13/45/2017"], "M/D/YYYY", ()),
        (["2017-03-04", "2017-04-03"], "YYYY-MM-DD", ()),
        (["2017-03-04T10:00:00Z", "2017-04-03 11:30"], "YYYY-MM-DD", ()),
        (["4.3.2017"], "", ("M.D.YYYY", "D.M.YYYY")),
        (["31.3.2017", "4.3.2017"], "D.M.YYYY", ()),
        (["4 Mar 2017", "5 April 2017"], "D Mon YYYY", ()),
        (["March 4, 2017"], "Mon D, YYYY", ()),
        (["20170304"], "YYYYMMDD", ()),
        (["4.3.26", "31.3.26"], "D.M.YY", ()),
        (["3/4/26"], "", ("M/D/YY", "D/M/YY")),
        (["soon", "later"], "", ()),
        (["", " "], "YYYY-MM-DD", ()),
    ],
)
def test_dates_are_settled_by_the_whole_column(values: list[str], settled: str, choices: tuple[str, ...]) -> None:
    found = settle_dates(values)
    assert (found.format, found.choices) == (settled, choices)


@given(st.lists(st.dates(date(1990, 1, 1), date(2100, 1, 1)), min_size=1), st.sampled_from(DATE_FORMATS))
def test_a_column_of_true_dates_is_read_as_it_was_written_or_asked_about(days: list[date], layout: str) -> None:
    if layout.endswith(("/YY", ".YY")):
        days = [day.replace(year=2000 + day.year % 100, day=min(day.day, 28)) for day in days]
    values = [written(day, layout) for day in days]
    found = settle_dates(values)
    if found.format:
        assert [read_date(value, found.format) for value in values] == days
    else:
        assert layout in found.choices


@given(st.lists(st.text(max_size=12), max_size=8))
def test_no_text_breaks_the_settling_of_dates(values: list[str]) -> None:
    found = settle_dates(values)
    assert not found.format or found.format in DATE_FORMATS


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    try:
        sheet = read_sheet(data)
        rows_of_any = read_rows(make_plan("users", sheet, {"columns": {sheet.header[0]: "name"}}), sheet)
    except Refusal:
        return
    assert len(rows_of_any) == len(sheet.rows)


cell = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.lists(st.tuples(cell, cell, cell), max_size=12))
def test_each_row_is_read_or_stays_out_with_a_reason(table: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("id", "account", "stage"), *table])
    rows = rows_of("deals", out.getvalue(), separator=",")
    assert len(rows) == sum(any(text.strip() for text in cells) for cells in table)
    for row in rows:
        assert row.stays_out or row.values["account_id"] == ACME
        assert all(problem.message and problem.row == row.number for problem in row.problems)
    kept = [row.values["external_id"] for row in rows if not row.stays_out]
    assert len(kept) == len(set(kept))


def written(day: date, layout: str) -> str:
    if "Mon" in layout:
        return layout.replace("D", str(day.day), 1).replace("Mon", f"{day:%b}").replace("YYYY", str(day.year))
    if layout.startswith("YYYY"):
        return layout.replace("YYYY", f"{day.year}").replace("MM", f"{day:%m}").replace("DD", f"{day:%d}")
    year = layout.replace("YYYY", str(day.year)).replace("YY", f"{day:%y}")
    return year.replace("M", str(day.month)).replace("D", str(day.day))


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (["1054", "1,054", "1,054.50", "$ 99"], ["1054", "1054", "1054.50", "99"]),
        (["1.054,50", "1.054", "€7"], ["1054.50", "1054", "7"]),
        (["7,5", "1000"], ["7.5", "1000"]),
        (["1 054,50", "2'000,00"], ["1054.50", "2000"]),
        (["1.234.567"], ["1234567"]),
        (["(500)", "-3"], ["-500", "-3"]),
    ],
)
def test_amounts_are_settled_by_the_whole_column(cells: list[str], amounts: list[str]) -> None:
    text = "id;account;stage;amount\n" + "".join(f"{at};acme;Open;{cell}\n" for at, cell in enumerate(cells))
    assert [row.values["amount"] for row in rows_of("deals", text)] == [Decimal(amount) for amount in amounts]


def test_deals_are_judged_row_by_row() -> None:
    text = """id,account,stage,product,owner,amount,engage_date,close_date
1,Acme,Won,GTXPro,Mara Lindqvist,100,1/13/2017,2/20/2017
2,,Engaging,GTX Pro,Nobody,,2/1/2017,
3,Twin,Lost,,,,2/1/2017,
4,crm-1,Won,,,5,2/1/2017,
5,acme,Prospecting,,,,,
6,Acme,Won,,,ten,2/1/2017,2/30/2017
1,Acme,Won,,,,2/1/2017,2/20/2017
7,Acme,Open,,,,2/1/2017,,extra
"""
    rows = rows_of("deals", text)
    assert codes(rows) == [
        (2, "product", "warning", "unknown_product"),
        (3, "account", "error", "no_account"),
        (3, "owner", "warning", "unknown_owner"),
        (4, "account", "error", "unknown_account"),
        (5, "close_date", "error", "won_without_date"),
        (6, "engage_date", "warning", "no_open_date"),
        (7, "amount", "error", "not_a_number"),
        (7, "close_date", "error", "impossible_date"),
        (8, "id", "error", "twice"),
        (9, "", "error", "too_many_cells"),
    ]
    assert rows[0].problems[0].mend.startswith("Did you mean GTX Pro?")
    assert [row.values["state"] for row in rows] == ["won", "open", "lost", "won", "open", "won", "won", "open"]


def test_own_revenue_is_not_arr_unless_mapped() -> None:
    header = ("account", "sector", "revenue", "employees", "office_location")
    assert guess_columns("accounts", header) == {
        "account": "name", "sector": "industry", "revenue": "fields.revenue", "employees": "fields.employees",
        "office_location": "country",
    }  # fmt: skip
    row = rows_of("accounts", "account,revenue,note\nAcme,12,x\n", columns={"revenue": "arr", "note": "ignore"})[0]
    assert (row.values["arr"], row.fields) == (Decimal(12), {})


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"colums": {}}, "Did you mean columns?"),
        ({"columns": {"nam": "name"}}, "Did you mean name?"),
        ({"columns": {"name": "industri"}}, "Did you mean industry?"),
        ({"columns": {"name": "ignore"}}, "Say which: columns are name"),
        ({"columns": ["name"]}, "COLUMN: FIELD"),
        ({"dates": "DD-MM"}, "Formats are"),
        ({"dates": {"when": "M/D/YYYY"}}, "Its columns are"),
        ({"decimal": ";"}, "decimal is one of"),
        ({"currency": "dollars"}, "three letters"),
        ({"won": [1]}, "list of stage names"),
    ],
)
def test_a_wrong_map_is_refused_with_the_nearest_right_word(mapping: dict[str, Any], words: str) -> None:
    sheet = read_sheet(b"name,city\nAcme,Rome\n")
    with pytest.raises(Refusal) as caught:
        make_plan("accounts", sheet, mapping)
    assert words in str(caught.value)


def test_ambiguous_dates_are_refused_until_chosen() -> None:
    text = "id,account,stage,close date\n1,Acme,Won,3/4/2017\n"
    with pytest.raises(Refusal) as caught:
        rows_of("deals", text)
    assert caught.value.details["choices"] == ["M/D/YYYY", "D/M/YYYY"]
    chosen = rows_of("deals", text, dates={"close date": "D/M/YYYY"})
    assert chosen[0].values["closed_on"] == date(2017, 4, 3)
    assert rows_of("deals", text, dates="M/D/YYYY")[0].values["closed_on"] == date(2017, 3, 4)


def test_separators_by_name() -> None:
    assert [separator_of({"separator": text}) for text in ("tab", "comma", ";", "")] == ["\t", ",", ";", ""]


def test_a_match_needs_one_bearer() -> None:
    assert KNOWN.accounts.find(" ACME ") == KNOWN.accounts.find("crm-1") == ACME
    assert KNOWN.accounts.find("Twin") is None
    assert KNOWN.accounts.is_shared("Twin")
    assert isinstance(KNOWN.accounts.find("acme"), UUID)
