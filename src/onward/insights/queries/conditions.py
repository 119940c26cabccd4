"""What of the portfolio is asked for, and the SQL of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from onward.insights.decisions.urgency import BEHIND, PRESSING
from onward.kernel.refusals import Refusal, invalid

STATES = ("open", "paused", "completed", "cancelled", "all")
SEGMENTS = ("self_serve", "mid_market", "enterprise", "strategic")
PACES = ("on_track", "behind", "stalled")
SIDES = ("ours", "theirs", "nobody")
FIRST_VALUE = ("late", "this_week", "reached", "not_yet")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; "" and None ask for anything. `words`: beginnings of words in account, title, owner or playbook.
    `owner` "none": without an owner. `first_value`: one of FIRST_VALUE. `waiting_on`: one of SIDES.
    `needy`: late, stalled or behind. `asked`: a question of the customer waits for an
    answer. `silent`: more than so many days since anybody did anything. `signed_from` and
    `signed_to` are both included. `label`: a field of the account, as "name=value"."""

    words: str = ""
    owner: UUID | str | None = None
    segment: str = ""
    state: str = "open"
    pace: str = ""
    stage: str = ""
    playbook: str = ""
    waiting_on: str = ""
    first_value: str = ""
    needy: bool = False
    asked: bool = False
    silent: int | None = None
    signed_from: date | None = None
    signed_to: date | None = None
    label: str = ""


def where_of(filters: Filters, now: datetime | None) -> tuple[list[str], list[Any]]:
    """The conditions as SQL, and their values. Refusal "invalid" for a word that is not known here."""
    where: list[str] = []
    values: list[Any] = []

    def is_one(column: str, value: str, known: tuple[str, ...]) -> None:
        if value and value not in known:
            raise _unknown(f"“{value[:40]}” is no {column.replace('_', ' ')}.", known)
        if value:
            where.append(f"{column} = %s")
            values.append(value)

    is_one("state", "" if filters.state == "all" else filters.state, STATES)
    is_one("segment", filters.segment, SEGMENTS)
    is_one("pace", filters.pace, PACES)
    is_one("waiting_on", filters.waiting_on, SIDES)
    for column, key in (("stage", filters.stage), ("playbook", filters.playbook)):
        if key:
            where.append(f"{column} = %s")
            values.append(key if re.fullmatch(r"[\w-]{1,100}", key) else "")
    if filters.owner == "none":
        where.append("owner_id is null")
    elif isinstance(filters.owner, UUID):
        where.append("owner_id = %s")
        values.append(filters.owner)
    elif filters.owner is not None:
        raise invalid("The owner is not an id.", mend="Give a user's id, or “none”.")
    if filters.needy:
        where.append(f"urgency <= {BEHIND}")
    if filters.asked:
        where.append("questions > 0")
    _first_value(filters.first_value, now, where, values)
    _times(filters, now, where, values)
    if filters.label:
        where.append("labels @> array[%s]::text[]")
        values.append(filters.label)
    if filters.words.strip():
        where.append("words @@ to_tsquery('simple', %s)")
        values.append(_prefixes(filters.words))
    return where, values


def _unknown(why: str, known: Iterable[str]) -> Refusal:
    """People read the words that can be chosen, a program has them in the details as it sends them."""
    known = list(known)
    return invalid(why, mend=f"Choose one of: {', '.join(known).replace('_', ' ')}.", one_of=known)


def _first_value(which: str, now: datetime | None, where: list[str], values: list[Any]) -> None:
    if which and which not in FIRST_VALUE:
        raise _unknown(f"“{which[:40]}” says nothing of first value.", FIRST_VALUE)
    if which == "reached":
        where.append("first_value_met_at is not null")
    elif which:
        where.append("first_value_met_at is null")
    if which in {"late", "this_week"}:
        if now is None:
            raise ValueError(f"{which}: the moment is missing")
        if which == "late":
            # What is late is pressing: said, so that a walk along urgency ends with those that are.
            where.append(f"urgency = {PRESSING} and first_value_due_at < %s")
            values.append(now)
        else:
            where.append("first_value_due_at >= %s and first_value_due_at < %s")
            values.extend([now, now + timedelta(days=7)])


def _times(filters: Filters, now: datetime | None, where: list[str], values: list[Any]) -> None:
    if filters.silent is not None:
        if now is None:
            raise ValueError("silent: the moment is missing")
        if not 1 <= filters.silent <= 3650:
            raise invalid("Silent for how many days?", mend="Write a whole number from 1 to 3,650.")
        where.append("active_at < %s")
        values.append(now - timedelta(days=filters.silent))
    signed = "coalesce(signed_at, started_at)"
    if filters.signed_from is not None:
        where.append(f"{signed} >= %s")
        values.append(_midnight(filters.signed_from))
    if filters.signed_to is not None:
        where.append(f"{signed} < %s")
        values.append(_midnight(filters.signed_to, after=1))


def _midnight(day: date, *, after: int = 0) -> datetime:
    try:
        return datetime.combine(day, time.min, UTC) + timedelta(days=after)
    except OverflowError as error:
        raise invalid("That date is too far away.", mend="Write a date like 2026-03-13.") from error


def _prefixes(words: str) -> str:
    parts = re.findall(r"\w+", words.lower())[:8]
    # Nothing to look for finds nothing.
    return " & ".join(f"'{part}':*" for part in parts)


def narrowed(filters: Filters, **changes: Any) -> Filters:
    """The same list with some conditions changed: for the links of tiles."""
    return replace(filters, **changes)
