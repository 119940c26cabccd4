"""A journey's row in the portfolio: recomputed from what journeys, accounts and people are now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from onward.accounts.queries import accounts_by_ids
from onward.conversation.queries import questions_open
from onward.foundation.postgres import one_statement
from onward.identity.queries import user_names
from onward.insights.decisions.standing import standing
from onward.insights.decisions.urgency import ASKED, BEHIND, MONEY, MONEY_DAYS, ON_TRACK
from onward.journeys.queries.portfolio import PortfolioSource
from onward.kernel.actor import SYSTEM
from onward.kernel.fact import plain
from onward.playbooks.queries import version

ACCOUNT = {
    "account_name": "text",
    "account_low": "text",
    "segment": "text",
    "arr": "numeric",
    "currency": "text",
    "labels": "text[]",
}
NAMES = {**ACCOUNT, "owner_id": "uuid", "owner_name": "text", "playbook": "text", "playbook_title": "text"}
COLUMNS = {
    "journey_id": "uuid",
    "account_id": "uuid",
    **NAMES,
    "title": "text",
    "state": "text",
    "stage": "text",
    "stage_title": "text",
    "stage_number": "int2",
    "stage_count": "int2",
    "stage_due_at": "timestamptz",
    "stage_due_on": "date",
    "cells": "text",
    "checks_met": "int2",
    "checks_total": "int2",
    "tasks_done": "int2",
    "tasks_total": "int2",
    "pace": "text",
    "pace_reason": "text",
    "pace_since": "timestamptz",
    "waiting_on": "text",
    "waiting_what": "text",
    "waiting_since": "timestamptz",
    "next_due_at": "timestamptz",
    "next_due_on": "date",
    "next_due_what": "text",
    "first_value_due_at": "timestamptz",
    "first_value_due_on": "date",
    "first_value_met_at": "timestamptz",
    "completion_due_at": "timestamptz",
    "completion_due_on": "date",
    "overdue_ours": "int2",
    "overdue_theirs": "int2",
    "signed_at": "timestamptz",
    "started_at": "timestamptz",
    "ended_at": "timestamptz",
    "urgency": "int2",
    "urgency_at": "timestamptz",
    "is_demo": "bool",
    "active_at": "timestamptz",
}
_WORDS = "to_tsvector('simple', concat_ws(' ', x.account_name, x.title, x.owner_name, x.playbook_title))"
#: What the words are made of.
WORDS = {"account_name", "title", "owner_name", "playbook_title"}
_UPSERT = f"""
insert into insights_portfolio as p ({", ".join(COLUMNS)}, words)
select {", ".join(f"x.{name}" for name in COLUMNS)}, {_WORDS}
from jsonb_to_recordset(%s) as x({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
order by x.journey_id
on conflict (journey_id) do update set {", ".join(f"{name} = excluded.{name}" for name in [*COLUMNS, "words"])}
where ({", ".join(f"p.{name}" for name in COLUMNS)}) is distinct from
      ({", ".join(f"excluded.{name}" for name in COLUMNS)})
returning p.journey_id
"""
_SHOWN = ", ".join(f"p.{name}" for name in COLUMNS if name not in {"journey_id", "pace_since"})
_KNOWN = f"""
select c.journey_id, c.pace_since, p.pace_since as told_since, p.questions, {_SHOWN}
from insights_course c left join insights_portfolio p using (journey_id) where c.journey_id = any(%s)
"""
# Two things that urgency weighs come into the row by themselves: its moment moves with them as `urgency` has it.
_DAY = "(p.urgency <= {})::int * interval '24 hours'"
_REACHED = f"width_bucket(coalesce(%s.arr, 0), array{[*MONEY]}::numeric[])"
_ACCOUNT = f"""
update insights_portfolio p set account_name = x.account_name, account_low = x.account_low, segment = x.segment,
    arr = x.arr, currency = x.currency, labels = x.labels,
    urgency_at = p.urgency_at - {_DAY.format(BEHIND)} * {MONEY_DAYS} * ({_REACHED % "x"} - {_REACHED % "p"}),
    words = to_tsvector('simple', concat_ws(' ', x.account_name, p.title, p.owner_name, p.playbook_title))
from jsonb_to_record(%s) as x(
    account_name text, account_low text, segment text, arr numeric, currency text, labels text[])
where p.account_id = %s and (p.account_name, p.segment, p.arr, p.currency, p.labels) is distinct from
    (x.account_name, x.segment, x.arr, x.currency, x.labels)
returning p.journey_id
"""
_QUESTIONS = f"""
update insights_portfolio p set questions = x.n,
    urgency_at = p.urgency_at - {_DAY.format(ON_TRACK)} * {ASKED} * ((x.n > 0)::int - (p.questions > 0)::int)
from unnest(%s::uuid[], %s::int[]) as x (journey_id, n)
where p.journey_id = x.journey_id and p.questions <> x.n returning p.journey_id
"""
_OWNER = """
update insights_portfolio p set owner_name = %(name)s,
    words = to_tsvector('simple', concat_ws(' ', p.account_name, p.title, %(name)s, p.playbook_title))
where p.owner_id = %(id)s and p.owner_name <> %(name)s returning p.journey_id
"""


def write(sources: Sequence[PortfolioSource], now: datetime) -> bool:
    """Bring the rows of these journeys up to date; whether one differed. Names known already are not read again."""
    if not sources:
        return False
    before = known([source.journey_id for source in sources])
    rows = [row for row in computed(sources, now, before) if _differs(row, before.get(row["journey_id"]))]
    if len(rows) == 1 and (stored := before.get(rows[0]["journey_id"])) and stored["account_id"]:
        return _update(rows[0], stored)
    return bool(rows and one_statement(_UPSERT, (Jsonb(plain(rows)),)))


def _differs(row: dict[str, Any], stored: dict[str, Any] | None) -> bool:
    return stored is None or any(value != _stored(stored, name) for name, value in row.items())


def _stored(known: dict[str, Any], name: str) -> Any:
    return known["told_since" if name == "pace_since" else name]


def _update(row: dict[str, Any], stored: dict[str, Any]) -> bool:
    """Of one row, only the columns that moved."""
    moved = {name: value for name, value in row.items() if value != _stored(stored, name)}
    if WORDS & moved.keys():
        return bool(one_statement(_UPSERT, (Jsonb(plain([row])),)))
    sets = ", ".join(f"{name} = %s" for name in moved)
    one_statement(f"update insights_portfolio set {sets} where journey_id = %s", (*moved.values(), row["journey_id"]))
    return True


def known(journey_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """By journey: since when it has its pace, and its row so far (None where it has none; its own `pace_since` is
    `told_since`)."""
    return {row["journey_id"]: row for row in one_statement(_KNOWN, (journey_ids,))}


def computed(
    sources: Sequence[PortfolioSource], now: datetime, before: dict[UUID, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows as they should be, by column."""
    named = _names(sources, before)
    rows = []
    for source in sources:
        was = before.get(source.journey_id, {})
        pace_since, asked = was.get("pace_since"), bool(was.get("questions"))
        names = named[source.journey_id]
        rows.append(
            {
                "journey_id": source.journey_id,
                "account_id": source.account_id,
                **names,
                **{name: getattr(source, name) for name in _AS_IT_IS},
                **asdict(standing(source, pace_since, now, arr=names["arr"], asked=asked)),
                "pace_since": pace_since,
            }
        )
    return rows


_AS_IT_IS = (
    "title",
    "state",
    "tasks_done",
    "tasks_total",
    "pace",
    "pace_reason",
    "signed_at",
    "started_at",
    "ended_at",
    "is_demo",
    "active_at",
)


def _names(sources: Sequence[PortfolioSource], before: dict[UUID, dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    named: dict[UUID, dict[str, Any]] = {}
    unknown: list[PortfolioSource] = []
    for source in sources:
        row = before.get(source.journey_id)
        has_row = row is not None and row["account_name"] is not None
        if row and has_row and (row["owner_id"], row["playbook"]) == (source.owner_id, source.playbook):
            named[source.journey_id] = {name: row[name] for name in NAMES}
        else:
            unknown.append(source)
    if unknown:
        accounts = accounts_by_ids(SYSTEM, {source.account_id for source in unknown})
        owners = user_names({source.owner_id for source in unknown})
        for source in unknown:
            named[source.journey_id] = {
                **account_columns(accounts[source.account_id]),
                "owner_id": source.owner_id,
                "owner_name": owners.get(source.owner_id, "") if source.owner_id else "",
                "playbook": source.playbook,
                "playbook_title": version(source.version_id).title,
            }
    return named


def account_columns(account: Any) -> dict[str, Any]:
    """The columns that come from the account."""
    return {
        "account_name": account.name,
        "account_low": account.name.lower(),
        "segment": account.segment,
        "arr": account.arr,
        "currency": account.currency,
        "labels": labels(account),
    }


LABELLED = ("industry", "region", "country", "language")


def labels(account: Any) -> list[str]:
    """The account's fields that lists are narrowed by, each as "name=value"; long texts are left out."""
    given = {name: getattr(account, name) for name in LABELLED} | dict(account.fields)
    each = [(name, one) for name, value in given.items() for one in (value if isinstance(value, list) else [value])]
    texts = [(name, str(one).strip()) for name, one in each if isinstance(one, str | int | float)]
    return sorted({f"{name}={text}" for name, text in texts if 0 < len(text) <= 60})


def count_questions(journey_ids: Collection[UUID]) -> bool:
    """Take over how many questions wait in these journeys; whether one differed."""
    ids = list(journey_ids)
    found = questions_open(ids)
    return bool(one_statement(_QUESTIONS, (ids, [found.get(one, 0) for one in ids])))


def rename_account(account_id: UUID) -> bool:
    """Take over what an account is now in all its rows; whether one differed."""
    account = accounts_by_ids(SYSTEM, [account_id]).get(account_id)
    if account is None:
        return False
    return bool(one_statement(_ACCOUNT, (Jsonb(plain(account_columns(account))), account_id)))


def rename_owner(user_id: UUID) -> bool:
    """Take over a person's name in the rows that they own; whether one differed."""
    names = user_names([user_id])
    return bool(names and one_statement(_OWNER, {"id": user_id, "name": names[user_id]}))
