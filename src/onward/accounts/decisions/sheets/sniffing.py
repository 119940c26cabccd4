"""From bytes to cells: unpacked, decoded, separated. What was detected is told, and may be overruled."""

from __future__ import annotations

import codecs
import csv
import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from onward.kernel.refusals import invalid

MAX_BYTES = 64 * 1024 * 1024
MAX_COLUMNS = 500
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` are (number, cells); the header is row 1, as a spreadsheet counts. Blank rows are left out."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, name: str) -> list[str]:
        """The cells of one column, trimmed."""
        index = self.header.index(name)
        return [cells[index].strip() if index < len(cells) else "" for _, cells in self.rows]


def read_sheet(data: bytes, *, encoding: str = "", separator: str = "") -> Sheet:
    """Read CSV, also gzipped. Refusal "invalid" for what is no text, is too large, or has no header."""
    text, encoding = read_text(data, encoding)
    separator = separator or _separator(text)
    if separator not in SEPARATORS:
        raise invalid("The separator is a comma, semicolon, tab or bar.", mend="Leave it out to have it detected.")
    return _cells(text, encoding, separator)


def read_text(data: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of a file, also gzipped, and its encoding. Refusal "invalid" for what is no text."""
    data = _unpacked(data)
    encoding = encoding or _encoding(data)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise invalid(f"This file is not text in {encoding}.", mend="Save it as CSV in UTF-8.") from None
    if "\0" in text:
        raise invalid("This file is not a CSV file.", mend="Save the spreadsheet as CSV, then choose that file.")
    return text, encoding


def _unpacked(data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            out = unpacker.decompress(data, MAX_BYTES + 1)
        except zlib.error:
            raise invalid("This .gz file is damaged.", mend="Pack it again, or choose the file unpacked.") from None
        if not unpacker.eof and len(out) <= MAX_BYTES:
            raise invalid("This .gz file ends too early.", mend="Copy it again.")
        data = out
    if len(data) > MAX_BYTES:
        raise invalid(f"This file is over {MAX_BYTES // 2**20} MB.", mend="Split it; the parts can be read in turn.")
    return data


def _encoding(data: bytes) -> str:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name
    head = data[:4096]
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    for name in ("utf-8", "cp1252"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"


def _separator(text: str) -> str:
    """The one that cuts the first rows into the most columns of the same number."""
    head = text[:65536].splitlines(keepends=True)[:60]

    def fit(separator: str) -> tuple[float, int]:
        widths = [len(row) for row in _parsed(head, separator) if any(cell.strip() for cell in row)]
        if not widths or widths[0] < 2:
            return 0.0, 0
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]

    best = max(SEPARATORS, key=fit)
    return best if fit(best)[0] > 0 else ","


def _parsed(lines: Iterable[str], separator: str) -> Iterable[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=separator)
    except csv.Error:
        return


def _cells(text: str, encoding: str, separator: str) -> Sheet:
    header: tuple[str, ...] | None = None
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(cells)
            else:
                rows.append((number, tuple(cells)))
    except csv.Error as error:
        raise invalid(f"This file cannot be read as CSV: {error}.", mend="Save it as CSV anew.") from None
    if header is None:
        raise invalid("This file is empty.", mend="Its first row names the columns.")
    return Sheet(encoding, separator, header, tuple(rows))


def _header(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise invalid(f"This file has {len(cells)} columns.", mend=f"At most {MAX_COLUMNS} are read.")
    seen: dict[str, int] = {}
    out = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(out)
