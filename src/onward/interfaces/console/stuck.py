"""Reactions that failed: which, of whom, why; and trying them again."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from onward.accounts import queries as accounts
from onward.foundation import ledger
from onward.identity.decisions import may, require
from onward.interfaces.console.shell import say, staff
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal


def page(request: HttpRequest) -> HttpResponse:
    """The list."""
    actor = staff(request)
    require(actor, "see", "ledger")
    found = ledger.stuck_rows()
    whose = {row["stream"]: _account(row["stream"]) for row in found}
    names = accounts.account_names(whose.values())
    rows: list[dict[str, Any]] = [
        {
            **row,
            "account": names.get(whose[row["stream"]] or UUID(int=0), ""),
            "journey_ref": _journey(str(row["journey"] or "")),
        }
        for row in found
    ]
    shown = {"rows": rows, "may_retry": may(actor, "retry", "ledger"), "can_keys": may(actor, "see", "key")}
    return render(request, "console/stuck.html", shown)


@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Try all of them now."""
    require(staff(request), "retry", "ledger")
    moved = ledger.retry_stuck(everything=True)
    say(request, "What could go through went through." if moved else "Nothing went through; the reasons are below.")
    return redirect("/stuck")


def _account(stream: str) -> UUID | None:
    with suppress(Refusal):
        return parse_id("acc", stream)
    return None


def _journey(text: str) -> str:
    try:
        journey = UUID(text)
    except ValueError:
        return ""
    return format_id("jny", journey) if journey.int else ""
