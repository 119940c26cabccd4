"""A plan written as a sheet that reads back as the same plan."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from onward.playbooks.decisions.parts import Link
from onward.playbooks.decisions.planned.cells import SHORT, made_safe, plain, read_before
from onward.playbooks.decisions.planned.columns import COLUMNS


@dataclass(frozen=True)
class PlanLine:
    """One task as the sheet shows it. `id` is what `after` of others names; `status` as a person reads it."""

    id: str
    stage: str
    title: str
    description: str
    owner: str
    starts: date | None
    due: date | None
    after: tuple[Link, ...]
    status: str


def plan_csv(lines: Sequence[PlanLine]) -> str:
    """The sheet: a header, then a row a task. Cells that a spreadsheet would run as formulas are made safe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    rows = {line.id: number for number, line in enumerate(lines, start=2)}
    times = Counter(plain(line.title) for line in lines)
    titles = {line.id: line.title for line in lines}
    known = frozenset(times)
    for line in lines:
        named = [_before(link, titles[link.id], rows[link.id], times, known) for link in line.after if link.id in rows]
        days = f"{(line.due - line.starts).days}d" if line.due and line.starts else ""
        cells = [
            line.stage,
            line.title,
            line.description,
            line.owner,
            line.starts.isoformat() if line.starts else "",
            line.due.isoformat() if line.due else "",
            days,
            "; ".join(named),
            line.status,
        ]
        writer.writerow([made_safe(cell) for cell in cells])
    return out.getvalue()


def _before(link: Link, title: str, row: int, times: Counter[str], known: frozenset[str]) -> str:
    """The title where it can mean nothing else, so that a row may be moved; else the row's number."""
    is_plain = link.link == "finish_to_start" and link.lag is None and times[plain(title)] == 1
    read = read_before(title, known) if is_plain else []
    if len(read) == 1 and read[0].title == plain(title) and ";" not in title and "\n" not in title:
        return title
    lag = f"+{link.lag}" if link.lag else ""
    return f"{row}{SHORT[link.link] if lag or link.link != 'finish_to_start' else ''}{lag}"
