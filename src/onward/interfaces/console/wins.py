"""What customers won, over all accounts: the list, its sums, and the list to take away."""

from __future__ import annotations

import csv
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from markupsafe import Markup

from onward.identity.decisions import may
from onward.interfaces.console.shell import staff
from onward.interfaces.ui.words import listed, money, plural
from onward.journeys import queries
from onward.kernel.actor import Actor
from onward.kernel.refusals import invalid

STATES = {"": None, "confirmed": True, "unconfirmed": False}
SHOWN = 200
COLUMNS = (
    "win", "account", "account_name", "journey", "register", "title", "value", "unit", "evidence", "written_by",
    "written_at", "confirmed_by", "confirmed_at",
)  # fmt: skip


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The newest first, narrowed by who owns the journey and by whether the customer has confirmed."""
    actor = staff(request)
    mine, state = _asked(request)
    found = queries.wins(actor, mine=mine)
    wanted = STATES[state]
    rows = [win for win in found if wanted is None or (win.confirmed_at is not None) == wanted]
    context = {
        "rows": rows[:SHOWN],
        "number": len(rows),
        "totals": queries.totals(found),
        "lede": _lede(found),
        "mine": mine,
        "state": state,
        "query": request.GET.urlencode(),
        "may_change": may(actor, "confirm", "log"),
    }
    return render(request, "console/wins.html", context)


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    actor: Actor = staff(request)
    mine, state = _asked(request)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "win",
            "account",
            "account_name",
            "journey",
            "register",
            "title",
            "value",
            "unit",
            "evidence",
            "written_by",
            "written_at",
            "confirmed_by",
            "confirmed_at",
        ]
    )
    for win in queries.wins(actor, mine=mine, confirmed=STATES[state]):
        moments = (win.written_at.isoformat(), win.confirmed_at.isoformat() if win.confirmed_at else "")
        cells = [
            win.ref, win.account_ref, win.account_name, win.journey_ref, win.register, win.title,
            "" if win.value is None else win.value, win.unit, win.evidence, win.written_by, moments[0],
            win.confirmed_by, moments[1],
        ]  # fmt: skip
        writer.writerow([_plain(cell) for cell in cells])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="wins.csv"'
    return answer


def _asked(request: HttpRequest) -> tuple[bool, str]:
    by, state = request.GET.get("by", ""), request.GET.get("state", "")
    if by not in {"", "me"} or state not in STATES:
        raise invalid("Wins cannot be narrowed like that.", mend="Use the words above the list.")
    return by == "me", state


def _plain(cell: object) -> object:
    """A cell that a spreadsheet would read as a formula is led by an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _lede(found: list[queries.Win]) -> Markup:
    if not found:
        return Markup("No win is written down yet.")
    confirmed = sum(win.confirmed_at is not None for win in found)
    accounts = len({win.account_ref for win in found})
    words = Markup(
        '<a href="/wins">{}</a> at {}; <a href="/wins?state=confirmed">{} confirmed</a> by customers'
    ).format(plural(len(found), "win"), plural(accounts, "account"), confirmed)
    sums = [money(total.confirmed, total.currency) for total in queries.totals(found) if total.confirmed]
    worth = Markup(", worth {}").format(listed(sums)) if sums else Markup("")
    return words + worth + Markup(".")
