"""Facts folded into history. Each fold is idempotent: the same facts again change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from psycopg.types.json import Jsonb

from onward.foundation.ledger import Recorded
from onward.foundation.postgres import Statement, pipelined

Fold = Callable[[Recorded], Statement]


def _opened(fact: Recorded) -> Statement:
    return Statement(
        """insert into insights_course (journey_id, account_id, playbook, signed_at, opened_at)
           values (%(journey)s, %(account_id)s, %(playbook)s, %(signed_at)s, %(at)s)
           on conflict (journey_id) do update set account_id = excluded.account_id, playbook = excluded.playbook,
               signed_at = excluded.signed_at, opened_at = excluded.opened_at""",
        _values(fact, "account_id", "playbook", "signed_at"),
    )


def _moment(column: str) -> Fold:
    def fold(fact: Recorded) -> Statement:
        return Statement(f"update insights_course set {column} = %(at)s where journey_id = %(journey)s", _values(fact))

    return fold


def _met(fact: Recorded) -> Statement:
    return Statement(
        """insert into insights_reached (journey_id, milestone, title, first_value, met_at)
           values (%(journey)s, %(milestone)s, %(title)s, %(first_value)s, %(met_at)s)
           on conflict (journey_id, milestone) do update
           set title = excluded.title, first_value = excluded.first_value, met_at = excluded.met_at""",
        _values(fact, "milestone", "title", "first_value", "met_at"),
    )


def _entered(fact: Recorded) -> Statement:
    return Statement(
        """insert into insights_stagestay (journey_id, stage, playbook, title, rank, entered_at, how)
           values (%(journey)s, %(stage)s, %(playbook)s, %(title)s, %(rank)s, %(at)s, '')
           on conflict (journey_id, stage) do nothing""",
        _values(fact, "stage", "playbook", "title", "rank"),
    )


def _closed(fact: Recorded) -> Statement:
    return Statement(
        """insert into insights_stagestay (journey_id, stage, playbook, title, rank, entered_at, closed_at, how)
           values (%(journey)s, %(stage)s, %(playbook)s, %(title)s, %(rank)s, %(entered_at)s, %(at)s, %(how)s)
           on conflict (journey_id, stage) do update set closed_at = excluded.closed_at, how = excluded.how""",
        _values(fact, "stage", "playbook", "title", "rank", "entered_at", "how"),
    )


def _open_again(fact: Recorded) -> Statement:
    return Statement(
        """update insights_stagestay set closed_at = null, how = ''
           where journey_id = %(journey)s and stage = %(stage)s""",
        _values(fact, "stage"),
    )


def _merged(fact: Recorded) -> Statement:
    """What a version renamed has its history under the new name; what came with a version and went with it was never
    part of the journey."""
    names = fact.data["renamed"]
    former = {now: was for was, now in names.items()}

    def gone(kind: str) -> list[str]:
        return [former.get(f"{kind}.{one}", f".{one}").partition(".")[2] for one in fact.data.get(f"{kind}s", ())]

    return Statement(
        """with gone as (
             delete from insights_stagestay where journey_id = %(journey)s and stage = any(%(stages)s)),
           lost as (
             delete from insights_reached where journey_id = %(journey)s and milestone = any(%(milestones)s)),
           stays as (
             update insights_stagestay set stage = %(names)s::jsonb ->> ('stage.' || stage)
             where journey_id = %(journey)s and %(names)s::jsonb ? ('stage.' || stage) and stage <> all(%(stages)s))
           update insights_reached set milestone = %(names)s::jsonb ->> ('milestone.' || milestone)
           where journey_id = %(journey)s and %(names)s::jsonb ? ('milestone.' || milestone)
             and milestone <> all(%(milestones)s)""",
        {
            **_values(fact),
            "names": Jsonb({was: now.partition(".")[2] for was, now in names.items()}),
            "stages": gone("stage"),
            "milestones": gone("milestone"),
        },
    )


def _values(fact: Recorded, *names: str) -> dict[str, Any]:
    return {"journey": fact.journey, "at": fact.occurred_at, **{name: fact.data[name] for name in names}}


FOLDS: dict[str, Fold] = {
    "journey.opened": _opened,
    "journey.signed": lambda fact: Statement(
        "update insights_course set signed_at = %(signed_at)s where journey_id = %(journey)s",
        _values(fact, "signed_at"),
    ),
    "journey.cancelled": _moment("cancelled_at"),
    "journey.completed": _moment("completed_at"),
    "journey.reopened": lambda fact: Statement(
        "update insights_course set completed_at = null where journey_id = %(journey)s", _values(fact)
    ),
    "journey.pace.changed": _moment("pace_since"),
    "journey.milestone.met": _met,
    "journey.milestone.corrected": lambda fact: Statement(
        "update insights_reached set met_at = %(met_at)s where journey_id = %(journey)s and milestone = %(milestone)s",
        _values(fact, "met_at", "milestone"),
    ),
    "journey.milestone.reopened": lambda fact: Statement(
        "delete from insights_reached where journey_id = %(journey)s and milestone = %(milestone)s",
        _values(fact, "milestone"),
    ),
    "journey.stage.entered": _entered,
    "journey.stage.closed": _closed,
    "journey.stage.again": _open_again,
    "journey.stage.reopened": _open_again,
    "journey.playbook.merged": _merged,
    "journey.playbook.unmerged": _merged,
}


def fold(facts: Iterable[Recorded]) -> None:
    """Write what these facts say of their journeys' history, in order, in one round trip."""
    pipelined([FOLDS[fact.name](fact) for fact in facts if fact.name in FOLDS and fact.journey is not None])
