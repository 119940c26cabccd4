"""A plan's sheet: who can be named in it, how it would be read, and a journey's plan written as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.accounts.decisions.sheets import Sheet
from onward.foundation.clock import now
from onward.identity import queries as identity
from onward.identity.decisions import Thing, require
from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.queries.calendars import calendars_of
from onward.journeys.queries.lines import book_of, visible_run
from onward.journeys.queries.views import role_title
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.clock import WorkingCalendar
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import not_found
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Side
from onward.playbooks.decisions.planned import (
    How,
    Known,
    PlanLine,
    SheetPlan,
    kept_text,
    make_how,
    open_sheet,
    owner_words,
    plain,
    plan_csv,
    read_plan,
)

#: Why something is as it is, where a sheet says no more.
UNSAID = "as in the sheet"


@dataclass(frozen=True)
class ReadSheet:
    """A sheet, how it is read, and the plan that it says. `day_zero`: the moment from which its days count."""

    sheet: Sheet
    how: How
    plan: SheetPlan
    day_zero: str


def read_sheet_of(
    account_id: UUID, content: bytes, mapping: Mapping[str, Any], signed_at: datetime | None
) -> ReadSheet:
    """The plan that a sheet says for an account. Its days count from the signature, else from today. Refusals
    "invalid"."""
    sheet = open_sheet(content, mapping)
    ours, _ = calendars_of(account_id)
    how = replace(make_how(sheet, mapping), zero=ours.day_of(signed_at or now()))
    return ReadSheet(sheet, how, read_plan(sheet, how, known_to(account_id)), "signed" if signed_at else "started")


def known_to(account_id: UUID | None) -> Known:
    """Our people, those of an account, and what both sides are called."""
    found: dict[str, str] = {}
    people = [(f"user:{row.ref}", row.name, row.mail) for row in identity.users(SYSTEM, include_revoked=False)]
    sides: dict[str, Side] = {plain(identity.organization().name): "ours"}
    if account_id is not None:
        contacts = accounts.contacts(SYSTEM, account_id=account_id)
        people += [(f"contact:{row.ref}", row.name, row.mail) for row in contacts if row.revoked_at is None]
        sides |= {plain(name): "theirs" for name in accounts.account_names({account_id}).values()}
    for ref, name, mail in people:
        _name(found, ref, plain(name), (mail or "").lower())
    # Whoever writes a first name means the only one who has it.
    first: dict[str, str] = {}
    for ref, name, _ in people:
        _name(first, ref, plain(name).partition(" ")[0])
    return Known({**first, **found}, sides)


def _name(found: dict[str, str], ref: str, *words: str) -> None:
    for word in filter(None, words):
        found[word] = "" if found.get(word, ref) != ref else ref


def plan_sheet(actor: Actor, journey_id: UUID) -> str:
    """A journey's plan as CSV, a row a task. Refusal "not_found" for who may not see the whole of it."""
    run = visible_run(actor, journey_id)
    ref = format_id("jny", journey_id)
    require(actor, "see", Thing("journey", run.journey.account_id, ref=ref))
    if actor.is_contact:
        raise not_found("journey", ref)
    return plan_csv(list(_lines(book_of(run), run)))


def _lines(book: Playbook, run: Run) -> Iterator[PlanLine]:
    ours, theirs = calendars_of(run.journey.account_id)
    zero = Moments(book, run, Outside(ours=ours, theirs=theirs)).at("day_zero")
    addresses = _addresses(task.person for task in run.tasks)
    taken: set[str] = set()
    for stage in run.stages:
        title, number = one_line(stage.title), 2
        while plain(title) in taken:
            title, number = f"{one_line(stage.title)} ({number})", number + 1
        rows = [row for row in run.tasks if row.stage == stage.key and row.is_written and run.task(row.key) is row]
        if rows:
            taken.add(plain(title))
        for row in rows:
            spec = book.task(row.key)
            starts = _starts(book, row, ours, zero)
            yield PlanLine(
                row.key,
                title,
                one_line(row.title),
                kept_text(spec.help),
                addresses.get(row.person) or _role(book, row.role),
                starts if starts and not (row.due_on and row.due_on < starts) else None,
                row.due_on,
                spec.after,
                _status(row, ours),
            )


def one_line(text: str) -> str:
    """A title on one line."""
    return " ".join(kept_text(text).split())


def _starts(book: Playbook, row: TaskRow, ours: WorkingCalendar, zero: datetime | None) -> date | None:
    if row.starts_at:
        return ours.day_of(row.starts_at)
    spec = book.task(row.key).starts
    if spec is None or spec.word != "day" or zero is None:
        return None
    days = spec.day - (1 if book.day_one and spec.day > 0 else 0)
    return date.fromordinal(ours.day_of(zero).toordinal() + days)


def _role(book: Playbook, role: str) -> str:
    return owner_words(one_line(role_title(book, role)), "theirs" if role_side(book, role) == "theirs" else "ours")


def _status(row: TaskRow, ours: WorkingCalendar) -> str:
    note = one_line(row.blocked_why if row.blocked_at else row.note)
    if row.state == "done":
        return f"done {ours.day_of(row.done_at).isoformat()}" if row.done_at else "done"
    word = "skipped" if row.is_over else "blocked" if row.blocked_at else ""
    return f"{word}: {note}" if word and note not in ("", UNSAID) else word


def _addresses(refs: Iterable[str]) -> dict[str, str]:
    """What tells each person apart in a sheet: a mail address, else the name."""
    named = {ref for ref in refs if ref}
    found: dict[str, str] = {}
    user_ids = [parse_id("usr", ref.removeprefix("user:")) for ref in named if ref.startswith("user:")]
    for user_id, user in identity.users_by_ids(user_ids).items():
        found[f"user:{format_id('usr', user_id)}"] = user.mail or one_line(user.name)
    contact_ids = [parse_id("con", ref.removeprefix("contact:")) for ref in named if ref.startswith("contact:")]
    for contact_id, row in accounts.contacts_by_ids(SYSTEM, contact_ids).items():
        found[f"contact:{format_id('con', contact_id)}"] = row.mail or one_line(row.name)
    return found
