"""How long onboardings should take: the organization's targets by segment and by complexity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from onward.accounts import queries as accounts
from onward.accounts.actions import set_duration_targets
from onward.accounts.decisions import COMPLEXITIES, Aim, DurationTargets, aim_of, checked_targets, factor_for
from onward.accounts.decisions.targets import PARTS
from onward.accounts.queries import AccountRow, TargetsRow
from onward.identity.decisions import may
from onward.interfaces.console.shell import say, staff
from onward.interfaces.console.versions.history import who
from onward.interfaces.ui.charts import Range, range_chart
from onward.journeys.decisions.aiming import aim_on
from onward.kernel.refusals import Refusal
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Timing

HEADS = {
    "segments": ("By segment", "From the signature to completion."),
    "complexities": ("By complexity", "From the signature to completion."),
    "setup": ("Implementation and setup", "From the stage’s beginning to its end, by complexity."),
}
MONTH = 30
READ = {"account.target_days", "account.setup_days"}


@dataclass(frozen=True, slots=True)
class Change:
    """A table that somebody put in force: each row that it changed, in words."""

    row: TargetsRow
    lines: list[str]


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The tables, each with its drawing; who changed them."""
    actor = staff(request)
    tables = accounts.target_tables()
    refusal = None
    if request.method == "POST":
        try:
            given = {part: {key: _given(request, part, key, tables[0]) for key in rows} for part, rows in PARTS.items()}
            wanted = checked_targets(request.POST.get("goes_by", ""), given)
            number = set_duration_targets(actor=actor, targets=wanted, seen=_seen(request))
            same = number == tables[0].number
            say(request, "Nothing was changed." if same else "In force for journeys that open from now on.")
            return HttpResponseRedirect("/settings/targets")
        except Refusal as caught:
            refusal = caught
            tables = accounts.target_tables()
    now = tables[0].targets
    shown = {
        "now": tables[0],
        "goes_by": request.POST.get("goes_by", now.goes_by),
        "parts": [_part(request, part, tables[0]) for part in PARTS],
        "factors": [(title, f"{factor_for(key):f}".rstrip("0").rstrip(".")) for key, title in COMPLEXITIES.items()],
        "example": aim_of(now, "mid_market", "complex", factor_for("complex")),
        "changes": [Change(row, _changed(row, before)) for row, before in pairwise(tables)],
        "who": who(actor) if len(tables) > 1 else {},
        "books": _readers(),
        "can_change": may(actor, "change", "segment"),
        "can_keys": may(actor, "see", "key"),
        "refusal": refusal,
        "wrong": str(refusal.details.get("field", "")) if refusal else "",
    }
    return render(request, "console/targets.html", shown, status=refusal.status if refusal else 200)


def aim(row: AccountRow, at: datetime | None = None, book: Playbook | None = None) -> Aim:
    """What the targets in force now say of an account, or those that were in force at a moment; where the account goes
    by a playbook with a number of its own, that one."""
    targets = accounts.duration_targets(at).targets
    return aim_on(
        book, aim_of(targets, row.segment, row.complexity, Decimal(row.complexity_factor)), accounts.readings_of(row)
    )


def _given(request: HttpRequest, part: str, key: str, now: TargetsRow) -> tuple[str, str]:
    """What was typed; a field that was not sent stays as it is."""
    days = getattr(now.targets, part)[key]
    least, most = (request.POST.get(f"{part}.{key}.{end}") for end in ("least", "most"))
    return (str(days.least) if least is None else least.strip(), str(days.most) if most is None else most.strip())


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _part(request: HttpRequest, part: str, now: TargetsRow) -> dict[str, Any]:
    """One table: its rows (key, title, least, most as typed), and the drawing of what is in force."""
    rows = []
    for key, title in PARTS[part].items():
        least, most = _given(request, part, key, now)
        rows.append((f"{part}.{key}", title, "" if least == "0" else least, most))
    days = getattr(now.targets, part)
    end = max(one.most for name in PARTS for one in getattr(now.targets, name).values())
    ranges = [Range(title, days[key].least, days[key].most, days[key].words) for key, title in PARTS[part].items()]
    head, about = HEADS[part]
    drawn = range_chart(ranges, step=MONTH * ceil(end / MONTH / 7), end=end, title=f"{head}: days")
    return {"key": part, "head": head, "about": about, "rows": rows, "drawn": drawn}


def _changed(row: TargetsRow, before: TargetsRow) -> list[str]:
    was, now = before.targets, row.targets
    lines = [] if was.goes_by == now.goes_by else [f"The target goes by {now.goes_by}, not by {was.goes_by}"]
    return lines + [
        f"{title}{', setup' if part == 'setup' else ''}: {_of(now, part, key)}, was {_of(was, part, key)}"
        for part, rows in PARTS.items()
        for key, title in rows.items()
        if _of(now, part, key) != _of(was, part, key)
    ]


def _of(targets: DurationTargets, part: str, key: str) -> str:
    return str(getattr(targets, part)[key].words)


def _readers() -> list[tuple[str, str]]:
    """Current playbooks whose dates use the targets: (key, title)."""
    books = playbooks.current_versions().values()
    return sorted((book.id, book.title) for book in books if any(one and one.reads & READ for one in _timings(book)))


def _timings(book: Playbook) -> list[Timing | None]:
    dues = [one.due for one in book.stages] + [one.due for one in book.tasks] + [one.due for one in book.milestones]
    return [book.targets.first_value, book.targets.complete, *dues, *(one.at for one in book.check_ins)]
