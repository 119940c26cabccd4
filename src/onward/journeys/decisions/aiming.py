"""How long an onboarding should take: as its playbook says, and where that is silent as the organization's targets do.

Pure; why in docs/why/0067.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil

from onward.accounts.decisions import Aim, Days
from onward.kernel.clock import Span
from onward.kernel.expressions import Value
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.timing import resolved


def aim_on(book: Playbook | None, aim: Aim, readings: Mapping[str, Value | None]) -> Aim:
    """What holds for a journey on a playbook: its own days for the whole, else those of `aim`, which the organization's
    table gives. `readings` are the account's, by metric."""
    complete = book.targets.complete if book else None
    if complete is None or "account.target_days" in complete.reads:
        return aim
    line = resolved(complete, readings)
    most = line.day if line and line.word == "day" else _days(line.span) if line and line.span else 0
    if not most:
        return aim
    by = f", by {complete.by.rpartition('.')[2].replace('_', ' ')}" if complete.by else ""
    return replace(aim, whole=Days(0, most), why=f"As the playbook itself says{by}")


def _days(span: Span) -> int:
    """Whole days that a span takes; of seven, five are working days."""
    return ceil(span.amount * 7 / 5) if span.unit == "wd" else ceil(span.exact.total_seconds() / 86_400)
