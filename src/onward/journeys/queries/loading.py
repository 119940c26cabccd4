"""Whole journeys in one round trip: eight small selects in a pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Any
from uuid import UUID

from onward.foundation.actions import act
from onward.foundation.postgres import fetched
from onward.foundation.postgres.door import PORTAL, alias
from onward.journeys.decisions.state import (
    CheckInRow,
    EvidenceRow,
    JourneyRow,
    LogRow,
    MilestoneRow,
    ObjectiveRow,
    Run,
    StageRow,
    TaskRow,
)

#: Row class -> (table, order, the list of a Run that holds it). A register's line that was taken back is no part.
TABLES: dict[type, tuple[str, str, str]] = {
    JourneyRow: ("journeys_journey", "id", ""),
    StageRow: ("journeys_stagerun", "rank", "stages"),
    TaskRow: ("journeys_taskrun", "rank, cycle", "tasks"),
    MilestoneRow: ("journeys_milestonerun", "rank", "milestones"),
    CheckInRow: ("journeys_checkinrun", "due_at, key, cycle", "check_ins"),
    ObjectiveRow: ("journeys_objective", "written_at, id", "objectives"),
    EvidenceRow: ("journeys_evidence", "given_at", "evidence"),
    LogRow: ("journeys_logentry", "written_at", "logs"),
}
COLUMNS = {row: tuple(field.name for field in fields(row)) for row in TABLES}
_SELECTS = {
    row: (
        f"select {', '.join(COLUMNS[row])} from {table} where {'journey_id' if part else 'id'}",
        f"{'and withdrawn_at is null ' if row is LogRow else ''}order by {order}",
    )
    for row, (table, order, part) in TABLES.items()
}
#: At the customers' door: of the answers those that they may read.
_TOLD = _SELECTS | {JourneyRow: (_SELECTS[JourneyRow][0].replace(" answers,", " told,"), _SELECTS[JourneyRow][1])}
_HELD = {row: attrgetter(*names) for row, names in COLUMNS.items()}


def load_runs(journey_ids: Iterable[UUID]) -> dict[UUID, Run]:
    """The journeys of these ids with all their parts; ids that do not exist are left out. No check of rights."""
    wanted = list(journey_ids)
    if not wanted:
        return {}
    # An array costs as much to send as the statement: one id goes as it is.
    mark, sent = ("= any(%s)", wanted) if len(wanted) > 1 else ("= %s", wanted[0])
    selects = _TOLD if alias() == PORTAL else _SELECTS
    found = fetched([(f"{selects[row][0]} {mark} {selects[row][1]}", (sent,)) for row in TABLES])
    runs = {record[0]: Run(JourneyRow(*record)) for record in found[0]}
    for row, records in list(zip(TABLES, found, strict=True))[1:]:
        part = TABLES[row][2]
        for record in records:
            # A part's second column is its journey.
            getattr(runs[record[1]], part).append(row(*record))
    return runs


def load_run(journey_id: UUID) -> Run | None:
    """One journey with all its parts."""
    return load_runs([journey_id]).get(journey_id)


def held_run(journey_id: UUID) -> Run | None:
    """One journey, to be changed in the running action or reaction: the one that was kept there, else it is loaded."""
    kept: Run | None = act().kept.pop(journey_id, None)
    return kept or load_run(journey_id)


def held_runs(journey_ids: Iterable[UUID]) -> dict[UUID, Run]:
    """Journeys to be read in the running reaction: as they were kept there, the others loaded."""
    wanted = list(journey_ids)
    kept: dict[UUID, Run] = {one: act().kept[one] for one in wanted if one in act().kept}
    return kept | load_runs(one for one in wanted if one not in kept)


def keep(run: Run) -> None:
    """Hand on a journey that is as it is stored, to whoever comes next under the same lock."""
    act().kept[run.journey.id] = run


def held(row: Any) -> tuple[Any, ...]:
    """A row's values in the order of its columns: every row is compared at every look, so this is quick."""
    found: tuple[Any, ...] = _HELD[type(row)](row)
    return found
