"""What is wrong with rows beside what is known: unknown products and owners, missing accounts, ids used twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from onward.accounts.decisions.segments import COMPLEXITIES, SEGMENTS
from onward.accounts.decisions.sheets.mapping import Plan
from onward.accounts.decisions.sheets.rows import Problem, Row
from onward.identity.decisions import ROLES, clean_mail
from onward.identity.decisions.calendars import closed_days, place_named, working_week
from onward.kernel.refusals import Refusal


@dataclass(frozen=True)
class Match:
    """Known things by external id, and by plain name (None: several bear it)."""

    by_id: Mapping[str, UUID] = field(default_factory=dict)
    by_name: Mapping[str, UUID | None] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def find(self, text: str) -> UUID | None:
        """The one thing that the text names."""
        return self.by_id.get(text) or self.by_name.get(plain(text))

    def is_shared(self, text: str) -> bool:
        """Whether the name is borne by several."""
        return text not in self.by_id and plain(text) in self.by_name and self.by_name[plain(text)] is None

    def nearest(self, text: str) -> str:
        """The known name that looks most like it, or ""."""
        squeezed = {plain(name).replace(" ", ""): name for name in self.names}
        close = get_close_matches(plain(text).replace(" ", ""), squeezed, n=1, cutoff=0.8)
        return squeezed[close[0]] if close else ""


@dataclass(frozen=True)
class Known:
    """What is there already."""

    accounts: Match = Match()
    products: Match = Match()
    users: Match = Match()


def plain(name: str) -> str:
    """A name for comparing: lower case, single spaces."""
    return " ".join(name.lower().split())


def judge_rows(plan: Plan, rows: Sequence[Row], known: Known) -> list[Row]:
    """The rows with every further problem. Deals gain `account_id`, `product_id`, `owner_id` and `state`; accounts
    `owner_id`."""
    seen: dict[str, int] = {}
    return [_judge(plan, row, known, seen) for row in rows]


def _judge(plan: Plan, row: Row, known: Known, seen: dict[str, int]) -> Row:
    found: list[Problem] = []
    values: dict[str, Any] = {}
    if plan.kind == "deals":
        values = _deal(plan, row, known, found)
    elif plan.kind == "accounts":
        values = _account(plan, row, known, found)
    elif plan.kind == "users":
        _user(plan, row, found)
    if plan.kind != "deals" and not row.values.get("name"):
        found.append(_problem(plan, row, "name", "error", "no_name", "The row has no name.", "Fill the name in."))
    _once(plan, row, seen, found)
    return row.with_problems(found, **values)


def _deal(plan: Plan, row: Row, known: Known, found: list[Problem]) -> dict[str, Any]:
    values: dict[str, Any] = {"state": _state(plan, row.values.get("stage"))}
    account, product, owner = (row.values.get(name) for name in ("account", "product", "owner"))
    values["account_id"] = known.accounts.find(account) if account else None
    if not account:
        message, mend = "The row has no account.", "Say whose deal it is."
        found.append(_problem(plan, row, "account", "error", "no_account", message, mend))
    elif values["account_id"] is None:
        found.append(_unknown(plan, row, "account", "error", known.accounts))
    values["product_id"] = known.products.find(product) if product else None
    if product and values["product_id"] is None:
        found.append(_unknown(plan, row, "product", "warning", known.products))
    values["owner_id"] = known.users.find(owner) if owner else None
    if owner and values["owner_id"] is None:
        found.append(_unknown(plan, row, "owner", "warning", known.users))
    signed = row.values.get("signed_on") or row.values.get("closed_on")
    if values["state"] == "won" and signed is None and not _impossible(plan, row, "signed_on", "closed_on"):
        message, mend = "A won deal has no close date.", "Fill it in: it drives every deadline."
        found.append(_problem(plan, row, "closed_on", "error", "won_without_date", message, mend))
    opened = plan.column_of("opened_on")
    if opened and row.values.get("opened_on") is None and not _impossible(plan, row, "opened_on"):
        message, mend = f"The row has no {opened}.", "The deal goes in without it."
        found.append(_problem(plan, row, "opened_on", "warning", "no_open_date", message, mend))
    if not row.values.get("stage"):
        message, mend = "The row has no stage.", "The deal counts as open."
        found.append(_problem(plan, row, "stage", "warning", "no_stage", message, mend))
    return values


def _account(plan: Plan, row: Row, known: Known, found: list[Problem]) -> dict[str, Any]:
    owner = row.values.get("owner")
    owner_id = known.users.find(owner) if owner else None
    if owner and owner_id is None:
        found.append(_unknown(plan, row, "owner", "warning", known.users))
    for name, choices in (("segment", SEGMENTS), ("complexity", COMPLEXITIES)):
        text = row.values.get(name)
        if text and choice(text, choices) is None:
            message, mend = f"There is no {name} {text[:40]}.", f"Write one of {', '.join(choices)}; it is left out."
            found.append(_problem(plan, row, name, "warning", f"unknown_{name}", message, mend))
    for name, read in (("working_week", working_week), ("holidays", place_named), ("closed_days", closed_days)):
        try:
            read(row.values.get(name) or ("mon" if name == "working_week" else ""))
        except Refusal as refusal:
            found.append(_problem(plan, row, name, "error", f"no_{name}", refusal.message, refusal.mend))
    return {"owner_id": owner_id}


def _user(plan: Plan, row: Row, found: list[Problem]) -> None:
    mail, role = row.values.get("mail"), row.values.get("role")
    if mail:
        try:
            clean_mail(mail)
        except Refusal as refusal:
            found.append(_problem(plan, row, "mail", "error", "no_mail_address", refusal.message, refusal.mend))
    if role and role.lower() not in ROLES:
        message, mend = f"There is no role {role[:40]}.", f"Roles are {', '.join(ROLES)}; the person is a member."
        found.append(_problem(plan, row, "role", "warning", "unknown_role", message, mend))


def _once(plan: Plan, row: Row, seen: dict[str, int], found: list[Problem]) -> None:
    """The same id (or name, without ids) twice in one file: the later row stays out, or re-runs would never settle."""
    key = row.values.get("external_id") or plain(str(row.values.get("mail") or row.values.get("name") or ""))
    if not key:
        if plan.kind == "deals":
            message, mend = "The row has neither id nor name.", "Without one it cannot be found again."
            found.append(_problem(plan, row, "external_id", "error", "no_id", message, mend))
        return
    if plan.kind == "deals" and not row.values.get("external_id"):
        key = f"{plain(str(row.values.get('account') or ''))}\0{key}"
    first = seen.setdefault(key, row.number)
    if first != row.number:
        message, mend = f"Row {first} is the same one.", "Keep one of the two."
        name = "external_id" if row.values.get("external_id") else "name"
        found.append(_problem(plan, row, name, "error", "twice", message, mend))


def _state(plan: Plan, stage: Any) -> str:
    low = plain(str(stage or ""))
    return "won" if low in plan.won else "lost" if low in plan.lost else "open"


def choice(text: str, choices: Mapping[str, str]) -> str | None:
    """The key that a text means, written as key or as words."""
    low = plain(text).replace("-", "_").replace(" ", "_")
    return low if low in choices else None


def _impossible(plan: Plan, row: Row, *names: str) -> bool:
    columns = {plan.column_of(name) for name in names}
    return any(problem.code == "impossible_date" and problem.column in columns for problem in row.problems)


def _unknown(plan: Plan, row: Row, name: str, level: str, match: Match) -> Problem:
    text = str(row.values[name])
    if match.is_shared(text):
        message, mend = f"Several bear the name {text[:80]}.", "Use an id instead of the name."
    else:
        near = match.nearest(text)
        message = f"There is no {name} {text[:80]}."
        mend = f"Did you mean {near}?" if near else f"Import the {name}s first, or correct the name."
        mend += " The row goes in with the name as sent." if level == "warning" else ""
    return _problem(plan, row, name, level, f"unknown_{name}", message, mend)


def _problem(plan: Plan, row: Row, name: str, level: str, code: str, message: str, mend: str) -> Problem:
    value = row.values.get(name)
    shown = "" if value is None else str(value)[:200]
    return Problem(row.number, plan.column_of(name), level, code, shown, message, mend)
