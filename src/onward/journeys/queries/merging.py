"""What a new version of a playbook would change in the plans that run on an older one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.ledger import Recorded, facts_of, named_in
from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.journeys.decisions.merging import Departure, Line, departures, preview, rename
from onward.journeys.decisions.state import Run
from onward.journeys.queries.lines import visible_run
from onward.journeys.queries.loading import load_runs
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.comparing import Change, called, changes, renames
from onward.playbooks.decisions.planned import SHEET
from onward.playbooks.queries import Number

MERGED, UNMERGED = "journey.playbook.merged", "journey.playbook.unmerged"


@dataclass(frozen=True, slots=True)
class LastMerge:
    """The merge that could be taken back; `before` and `after` are numbers of versions."""

    before: int
    after: int
    taken: int
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MergeView:
    """A plan, the version that it follows, the one that it could take over, and what that would change. `runs_on` is
    handed back when it is carried out, so that nobody merges what they have not seen."""

    journey_id: UUID
    state: str
    follows: Number
    to: Number
    runs_on: UUID
    is_own: bool
    lines: tuple[Line, ...]
    last: LastMerge | None

    @property
    def is_current(self) -> bool:
        return self.follows.id == self.to.id


@dataclass(frozen=True, slots=True)
class FollowRow:
    """A journey of a playbook with the version that it follows. `takes`, `conflicts`, `stays` count what the current
    version would change in it, None where it is not open or follows that one."""

    journey_id: UUID
    account_id: UUID
    account_name: str
    title: str
    state: str
    number: int
    takes: int | None
    conflicts: int
    stays: int

    @property
    def ref(self) -> str:
        return format_id("jny", self.journey_id)


def merge_view(actor: Actor, journey_id: UUID, version_id: UUID | None = None) -> MergeView:
    """The preview of a merge with a version (None: the current one); Refusal "not_found" as for the journey,
    "conflict" where it follows no playbook."""
    run = visible_run(actor, journey_id)
    require(actor, "see", "playbook")
    journey = run.journey
    refuse_sheet(journey.playbook)
    to = playbooks.published(version_id or playbooks.current_id(journey.playbook))
    lines = lines_of(run, to.id, worked_on(journey_id)) if to.id != journey.follows else []
    newest = newest_merge(journey_id)
    return MergeView(
        journey_id,
        journey.state,
        playbooks.published(journey.follows),
        to,
        journey.version_id,
        journey.template_id is not None,
        tuple(lines),
        _last(newest) if newest is not None and newest.name == MERGED else None,
    )


def refuse_sheet(playbook: str) -> None:
    """Refusal "conflict" for a plan that came from a sheet."""
    if playbook == SHEET:
        raise conflict("This plan came from a sheet and follows no playbook.", mend="Change its tasks one by one.")


def _last(fact: Recorded) -> LastMerge:
    data = fact.data
    return LastMerge(data["before"], data["after"], len(data["taken"]), fact.actor, fact.occurred_at)


def lines_of(run: Run, version_id: UUID, touched: Collection[UUID]) -> list[Line]:
    """Every change that a version would make in a plan, whose rows are said in that version's ids from here on."""
    journey = run.journey
    names = names_of_version(journey.follows, journey.version_id, version_id)
    rename(run, names)
    ours = called(playbooks.version(journey.version_id), names)
    found = _changes(journey.follows, journey.version_id, version_id)
    return preview(ours, playbooks.version(version_id), run, touched, found)


@lru_cache(maxsize=64)
def _changes(base: UUID, ours: UUID, new: UUID) -> tuple[Change, ...]:
    """Versions never change, and most plans of a playbook stand alike."""
    names = names_of_version(base, ours, new)
    before, plan = (called(playbooks.version(one), names) for one in (base, ours))
    return tuple(changes(before, plan, playbooks.version(new)))


@lru_cache(maxsize=64)
def names_of_version(base: UUID, ours: UUID, new: UUID) -> dict[str, str]:
    """What a version calls otherwise than the one that a plan follows, or than the plan: former address -> address."""
    before, plan, fresh = (playbooks.version(one) for one in (base, ours, new))
    return {**renames(before, fresh), **renames(plan, fresh)}


def worked_on(journey_id: UUID, *, after_seq: int = 0) -> set[UUID]:
    """The tasks of which a fact tells: done, moved, given, spoken of, sent for."""
    return _worked_on([journey_id], after_seq)[journey_id]


def _worked_on(journey_ids: Collection[UUID], after_seq: int = 0) -> dict[UUID, set[UUID]]:
    found = named_in(journey_ids, "task_id", after_seq=after_seq)
    return {journey_id: {UUID(one) for one in tasks} for journey_id, tasks in found.items()}


def newest_merge(journey_id: UUID) -> Recorded | None:
    """The newest fact of a merge, or of one that was taken back."""
    found = facts_of(journey=journey_id, names=(MERGED, UNMERGED), newest_first=True, limit=1)
    return found[0] if found else None


def since(journey_id: UUID, seq: int) -> tuple[set[str], bool]:
    """Since a fact: the stages ("" the completion) of which a criterion was waived, and whether a role was filled."""
    found = facts_of(journey=journey_id, names=("journey.check.waived", "journey.role_filled"), after_seq=seq)
    waived = {fact.data["stage"] for fact in found if fact.name == "journey.check.waived"}
    return waived, any(fact.name == "journey.role_filled" for fact in found)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands to its playbook: the version that it follows, the number of the current one, and in what it
    departs from the version that it follows."""

    follows: Number
    current: int
    departures: tuple[Departure, ...]

    @property
    def is_current(self) -> bool:
        return self.follows.number == self.current


def standing(actor: Actor, journey_id: UUID) -> Standing:
    """How a plan stands to its playbook; Refusal "not_found" as for the journey, "conflict" where it follows none."""
    run = visible_run(actor, journey_id)
    require(actor, "see", "playbook")
    journey = run.journey
    refuse_sheet(journey.playbook)
    current = playbooks.current_id(journey.playbook)
    numbers = playbooks.published_numbers({journey.follows, current})
    found = departures(playbooks.version(journey.follows), playbooks.version(journey.version_id), run)
    return Standing(numbers[journey.follows], numbers[current].number, tuple(found))


#: Which of the journeys on a version: signed with first value or without, completed, or ended one way or the other.
WHAT = {
    "reached": "j.signed_at is not null and v.has_value",
    "not_yet": "j.signed_at is not null and not v.has_value",
    "completed": "j.state = 'completed'",
    "ended": "j.state in ('completed', 'cancelled')",
}


def followers(actor: Actor, key: str, *, number: int | None = None, what: str = "") -> list[FollowRow]:
    """The journeys of a playbook, those on the oldest version first; of those under way, what the current version
    would change. `number`: only those that follow this version; `what`: only those, by WHAT."""
    require(actor, "see", "journey")
    current = playbooks.current_id(key)
    rows = one_statement(
        f"""select j.id, j.account_id, j.title, j.state, coalesce(j.template_id, j.version_id) as follows
            from journeys_journey j cross join lateral (
              select exists (select from journeys_milestonerun m where m.journey_id = j.id and m.first_value
                             and m.met_at is not null) as has_value) v
            where j.playbook = %s and {WHAT.get(what, "true")} order by j.started_at, j.id""",
        (key,),
    )
    numbers = playbooks.published_numbers({row["follows"] for row in rows})
    rows = [row for row in rows if number is None or numbers[row["follows"]].number == number]
    runs = load_runs(row["id"] for row in rows if row["state"] == "open" and row["follows"] != current)
    names = accounts.account_names({row["account_id"] for row in rows})
    touched = _worked_on(list(runs))
    found = [
        FollowRow(
            row["id"],
            row["account_id"],
            names.get(row["account_id"], ""),
            row["title"],
            row["state"],
            numbers[row["follows"]].number,
            *_counts(runs.get(row["id"]), current, touched),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.takes is None, one.number))


def behind(actor: Actor, key: str) -> tuple[int, int]:
    """How many open journeys of a playbook follow another version than the current one, and how many there are."""
    require(actor, "see", "journey")
    rows = one_statement(
        """select count(*) filter (where coalesce(template_id, version_id) <> %s) as behind, count(*) as every
           from journeys_journey where playbook = %s and state = 'open'""",
        (playbooks.current_id(key), key),
    )
    return int(rows[0]["behind"]), int(rows[0]["every"])


def _counts(run: Run | None, version_id: UUID, touched: Mapping[UUID, Collection[UUID]]) -> tuple[int | None, int, int]:
    if run is None:
        return None, 0, 0
    states = [line.state for line in lines_of(run, version_id, touched[run.journey.id])]
    return (
        states.count("takes"),
        states.count("conflict"),
        len(states) - states.count("takes") - states.count("conflict"),
    )


def versions_followed(key: str) -> dict[UUID, UUID]:
    """The published version that each journey of a playbook follows."""
    rows = one_statement(
        "select id, coalesce(template_id, version_id) as follows from journeys_journey where playbook = %s", (key,)
    )
    return {row["id"]: row["follows"] for row in rows}
