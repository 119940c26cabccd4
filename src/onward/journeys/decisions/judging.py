"""Exit criteria, completion rows and milestones: judged, remembered, proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
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


def held_since(check: Check, readings: Readings, now: datetime) -> datetime:
    """Since when a check that holds now has held, by whole days, as far back as it has to; now when nobody can tell.

    Usage that is sent late counts for the days on which it happened: what held for two weeks needs no further two.
    """
    since = now
    names = [name for expression in (check.when, check.actual) if expression for name in expression.names]
    while check.lasts and now - since < check.lasts.exact:
        moment = since - timedelta(days=1)
        if readings.run.journey.signed_at and moment < readings.run.journey.signed_at:
            break
        then = readings.outside.then(names, moment)
        if then is None:
            break
        outside = replace(readings.outside, readings={**readings.outside.readings, **then})
        if judge(check, Readings(readings.book, readings.run, outside, moment)).state != "met":
            break
        since = moment
    return since


def _record(check: Check, before: Record | None, readings: Readings, now: datetime) -> Record:
    if before and before["state"] == "waived":
        return before
    verdict = judge(check, readings)
    if verdict.missing:
        verdict = replace(verdict, sentence=missing_words(readings.book, verdict.missing, check.title))
    record = _plain(check.id, check.title, check.category, verdict)
    if check.lasts and verdict.state == "met":
        known = (before or {}).get("holds_since")
        since = datetime.fromisoformat(known) if known else held_since(check, readings, now)
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
