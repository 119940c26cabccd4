"""The columns of the table: which there are, which are shown, and what of each a file takes along."""

from __future__ import annotations

from dataclasses import dataclass

from onward.kernel.refusals import invalid


@dataclass(frozen=True, slots=True)
class Column:
    """`sort` names the list's order by it; `fields` are those of a line that a file has; `css` on its cells."""

    key: str
    title: str
    sort: str
    fields: tuple[str, ...]
    css: str = ""


ACCOUNT = Column("account", "Account", "account", ("account_name",), "nowrap")
COLUMNS = {
    one.key: one
    for one in (
        Column("stage", "Stage", "stage", ("stage_title", "stage_number", "stage_count", "stage_due_on"), "snug"),
        Column("waiting", "Waiting on", "waiting", ("waiting_on", "waiting_what", "waiting_since"), "start"),
        Column("pace", "Pace", "urgency", ("state", "pace", "pace_reason")),
        Column("value", "First value", "first_value", ("first_value_due_on", "first_value_met_at"), "start nowrap"),
        Column("due", "Due next", "due", ("next_due_on", "next_due_what"), "far"),
        Column("owner", "Owner", "owner", ("owner_name",), "far"),
        Column("arr", "ARR", "arr", ("arr", "currency"), "num far"),
        Column("segment", "Segment", "segment", ("segment",), "far"),
        Column("playbook", "Playbook", "", ("playbook_title",), "far"),
        Column("signed", "Signed", "signed", ("signed_at",), "far nowrap"),
        Column("silent", "Last activity", "silent", ("active_at",), "far nowrap"),
        Column("tasks", "Tasks", "", ("tasks_done", "tasks_total"), "num far"),
        Column("overdue", "Overdue", "", ("overdue_ours", "overdue_theirs"), "far nowrap"),
        Column("done", "Completion due", "", ("completion_due_on",), "far nowrap"),
    )
}
USUAL = ["stage", "waiting", "pace", "value", "due", "owner"]


def chosen(words: str) -> list[str]:
    """The columns that an address names, in its order; the usual ones when it names none."""
    if not words:
        return list(USUAL)
    keys = list(dict.fromkeys(words.split(".")))
    unknown = [key for key in keys if key not in COLUMNS]
    if unknown:
        raise invalid(f"There is no column “{unknown[0][:40]}”.", mend=f"One of: {', '.join(COLUMNS)}.")
    return keys


def moved(keys: list[str], key: str, by: int) -> str:
    """The address's word for these columns with one of them moved a place."""
    at = keys.index(key)
    to = min(max(at + by, 0), len(keys) - 1)
    rest = [one for one in keys if one != key]
    return ".".join([*rest[:to], key, *rest[to:]])


def without(keys: list[str], key: str) -> str:
    """The word without one; the last column stays."""
    return ".".join(one for one in keys if one != key) or key


def fields_of(keys: list[str]) -> list[str]:
    """The fields that a file of these columns has."""
    return [*ACCOUNT.fields, *(field for key in keys for field in COLUMNS[key].fields)]
