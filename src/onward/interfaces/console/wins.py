"""What customers won: written down, put differently, confirmed, taken back; over all accounts the list and its sums."""

from __future__ import annotations

import csv
from io import StringIO
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from onward.accounts import queries as accounts
from onward.identity.decisions import may
from onward.interfaces.console.journey.pages import page as journey_page
from onward.interfaces.console.journey.plan import Refused
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui.given import edition, number
from onward.interfaces.ui.words import listed, money, plural
from onward.journeys import actions, queries
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, invalid

STATES = {"": None, "confirmed": True, "unconfirmed": False}
SHOWN = 200
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
COLUMNS = (
    "win", "account", "account_name", "journey", "register", "title", "value", "unit", "evidence", "written_by",
    "written_at", "confirmed_by", "confirmed_at",
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The newest first, narrowed by who owns the journey and by whether the customer has confirmed. POST writes one
    down for the account that is named."""
    refusal = None
    if request.method == "POST":
        try:
            return _write_for_named(request)
        except Refusal as caught:
            if caught.code != "invalid":
                raise
            refusal = caught
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
        "may_write": may(actor, "write", "log"),
        "own": [row.name for row in accounts.accounts(actor, owner_id=parse_id("usr", actor.id), limit=100).rows],
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return render(request, "console/wins.html", context, status=refusal.status if refusal else 200)


def _write_for_named(request: HttpRequest) -> HttpResponse:
    actor, name = staff(request), " ".join(request.POST.get("account", "").split())
    exact = accounts.accounts_called(actor, name)
    if len(exact) != 1:
        why = "Several accounts fit" if exact else "No account is called"
        raise invalid(f"{why} “{name[:60]}”." if name else "The account is missing.", mend="Write its whole name.")
    journeys = [row for row in queries.journeys_of(actor, exact[0].id) if row.state != "cancelled"]
    if not journeys:
        raise invalid(f"{exact[0].name} has no journey to write it on.", mend="Open one first.")
    words = _written(request, actor, journeys[0].id, "wins")
    say(request, f"{words} It stands on {journeys[0].title}.")
    return redirect("/wins")


@require_POST
def write(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a line down in a journey, or (`entry`) put one differently. What is refused is said at its form."""
    entry = request.POST.get("entry", "")
    try:
        words = _written(request, staff(request), parse_id("jny", ref), request.POST.get("log", ""), entry)
    except Refusal as refusal:
        if refusal.code not in {"invalid", "stale"}:
            raise
        return journey_page(request, ref, "success", Refused(entry, refusal))
    say(request, words)
    return _back(request, ref)


def _written(request: HttpRequest, actor: Actor, journey_id: UUID, log: str, entry: str = "") -> str:
    given = request.POST.get("value", "").strip()
    unit = request.POST.get("unit", "").strip() or next((code for sign, code in SIGNS.items() if sign in given), "")
    actions.write_log(
        actor=actor,
        journey_id=journey_id,
        log=log,
        title=request.POST.get("title", ""),
        value=number(given, "The worth") if given else None,
        unit=unit.upper() if len(unit) == 3 else unit,
        note=request.POST.get("evidence", ""),
        entry_id=parse_id("log", entry) if entry else None,
        edition=edition(request),
    )
    return "It is changed." if entry else "Noted. They can confirm it on their portal."


@require_POST
def confirm(request: HttpRequest, ref: str, entry: str) -> HttpResponse:
    """Say in the customer's name that a win is one."""
    actions.confirm_log(actor=staff(request), entry_id=parse_id("log", entry))
    say(request, "Confirmed in their name; the facts say that you entered it.")
    return _back(request, ref)


@require_POST
def withdraw(request: HttpRequest, ref: str, entry: str) -> HttpResponse:
    """Take a line back, or (withdrawn=0) bring it back."""
    withdrawn = request.POST.get("withdrawn", "1") == "1"
    actions.withdraw_log(actor=staff(request), entry_id=parse_id("log", entry), withdrawn=withdrawn)
    undo = Undo(f"/journeys/{ref}/log/{entry}/withdrawal", {"withdrawn": "0"})
    say(request, "It is taken back." if withdrawn else "It stands again.", undo if withdrawn else None)
    return _back(request, ref)


def _back(request: HttpRequest, ref: str) -> HttpResponse:
    return redirect("/wins" if request.POST.get("back") == "wins" else f"/journeys/{ref}/success")


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    actor: Actor = staff(request)
    mine, state = _asked(request)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
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
