"""Exit criteria, completion rows and milestones: judged, remembered, proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import StageRow
from onward.journeys.decisions.wording import missing_words
from onward.playbooks.decisions.definition import Stage
from onward.playbooks.decisions.judge import CheckVerdict, judge
from onward.playbooks.decisions.parts import Check

Record = dict[str, Any]
GOOD = {"met", "waived"}


def judged(checks: Iterable[Check], before: list[Record], readings: Readings, now: datetime) -> list[Record]:
    """Fresh records of checks. A waived one stays waived; `since` is when the present state began."""
    known = {record["id"]: record for record in before}
    return [_record(check, known.get(check.id), readings, now) for check in checks]


def exit_records(stage: Stage, row: StageRow, readings: Readings, now: datetime) -> list[Record]:
    """The stage's exit criteria; without any, that all its required tasks are done."""
    if stage.exit:
        return judged(stage.exit, row.checks, readings, now)
    left = int(readings.get(f"stage.{stage.id}.tasks_left") or 0)
    before = next(iter(row.checks), None)
    sentence = "" if not left else f"{left} required {'task is' if left == 1 else 'tasks are'} still open."
    verdict = CheckVerdict(
        "not_met" if left else "met", sentence, readings={f"stage.{stage.id}.tasks_left": float(left)}
    )
    return [_kept(before, _plain("tasks", "All required tasks done", "", verdict), now)]


def is_passed(records: list[Record]) -> bool:
    """Every record is met or waived."""
    return all(record["state"] in GOOD for record in records)


def changes(before: list[Record], after: list[Record]) -> list[tuple[str, Record]]:
    """(state before, record) of each check whose state is another now."""
    known = {record["id"]: record["state"] for record in before}
    return [(known.get(record["id"], ""), record) for record in after if record["state"] != known.get(record["id"], "")]


def reads_any(records: Iterable[Mapping[str, Any]], prefixes: set[str]) -> bool:
    """Whether a verdict rests on a reading that begins with one of these names."""
    return any(
        name.startswith(prefix) for record in records for name in record.get("readings", {}) for prefix in prefixes
    )


def _record(check: Check, before: Record | None, readings: Readings, now: datetime) -> Record:
    if before and before["state"] == "waived":
        return before
    verdict = judge(check, readings)
    if verdict.missing:
        verdict = replace(verdict, sentence=missing_words(readings.book, verdict.missing))
    record = _plain(check.id, check.title, check.category, verdict)
    if check.lasts and verdict.state == "met":
        since = datetime.fromisoformat((before or {}).get("holds_since") or now.isoformat())
        record["holds_since"] = since.isoformat()
        if now - since < check.lasts.exact:
            record["state"] = "not_met"
            record["sentence"] = f"It holds since {since:%-d %B} and has to hold for {check.lasts.words}."
    return _kept(before, record, now)


def _plain(check_id: str, title: str, category: str, verdict: CheckVerdict) -> Record:
    return {
        "id": check_id,
        "title": title,
        "category": category,
        "state": verdict.state,
        "sentence": verdict.sentence,
        "actual": verdict.actual,
        "target": verdict.target,
        "missing": list(verdict.missing),
        "readings": dict(verdict.readings),
    }


def _kept(before: Record | None, record: Record, now: datetime) -> Record:
    same = before is not None and before["state"] == record["state"]
    record["since"] = before["since"] if before and same else now.isoformat()
    return record
