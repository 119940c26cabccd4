"""What customers won: written down, put differently, confirmed, taken back; over all accounts the list and its sums."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from io import StringIO
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from onward.accounts import queries as accounts
from onward.identity.decisions import may
from onward.interfaces.console.accounts import account_page
from onward.interfaces.console.journey.pages import page as journey_page
from onward.interfaces.console.journey.plan import Refused
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui.given import edition, number
from onward.interfaces.ui.words import joined, listed, money, plural
from onward.journeys import actions, queries
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, invalid

STATES: dict[str, Callable[[queries.Win], bool]] = {
    "": lambda win: True,
    "confirmed": lambda win: win.confirmed_at is not None,
    "unconfirmed": lambda win: win.confirmed_at is None,
    "unsummed": lambda win: not win.is_money,
    "withdrawn": lambda win: True,
}
SHOWN = 200
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
COLUMNS = (
    "win", "account", "account_name", "journey", "register", "title", "value", "unit", "evidence", "written_by",
    "written_at", "confirmed_by", "confirmed_at",
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The newest first, narrowed by who owns the journey and by what became of them; `change` names one whose form
    is open. POST writes one down for the account that is named."""
    if request.method == "POST":
        try:
            return _write_for_named(request)
        except Refusal as refusal:
            if refusal.code != "invalid":
                raise
            return _page(request, refusal)
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None, entry: str = "") -> HttpResponse:
    actor = staff(request)
    mine, state = _asked(request)
    found = queries.wins(actor, mine=mine)
    rows = _kept(actor, mine, state, found)
    context = {
        "rows": rows[:SHOWN],
        "number": len(rows),
        "totals": queries.totals(found),
        "unsummed": _unsummed(found),
        "lede": _lede(found),
        "mine": mine,
        "state": state,
        "query": _query(request),
        "changing": entry or request.GET.get("change", ""),
        "may_change": may(actor, "confirm", "log"),
        "may_write": may(actor, "write", "log"),
        "own": [row.name for row in accounts.accounts(actor, owner_id=parse_id("usr", actor.id), limit=100).rows],
        "refusal": refusal,
        "refused_at": entry,
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
    """Write a line down in a journey, or (`entry`) put one differently. What is refused is said at its form, on the
    page that it was sent from."""
    entry = request.POST.get("entry", "")
    try:
        words = _written(request, staff(request), parse_id("jny", ref), request.POST.get("log", ""), entry)
    except Refusal as refusal:
        if refusal.code not in {"invalid", "stale"}:
            raise
        back = request.POST.get("back", "")
        if back == "wins":
            return _page(request, refusal, entry)
        if back:
            return account_page(request, back, refusal, entry)
        return journey_page(request, ref, "success", Refused(entry, refusal))
    say(request, words)
    return _back(request, ref, entry)


def _written(request: HttpRequest, actor: Actor, journey_id: UUID, log: str, entry: str = "") -> str:
    given = request.POST.get("value", "").strip()
    unit = request.POST.get("unit", "").strip() or next((code for sign, code in SIGNS.items() if sign in given), "")
    if given.endswith("%"):
        given = given.removesuffix("%")
        unit = unit if unit.startswith("per cent") else f"per cent {unit}".strip()
    value = number(given, "The worth") if given else None
    if value is not None and not unit:
        raise invalid(
            f"{given} of what is not said.", mend="Write a currency such as EUR, or words: hours a week.", field="unit"
        )
    actions.write_log(
        actor=actor,
        journey_id=journey_id,
        log=log,
        title=request.POST.get("title", ""),
        value=value,
        unit=unit.upper() if len(unit) == 3 else unit,
        note=request.POST.get("evidence", ""),
        entry_id=parse_id("log", entry) if entry else None,
        edition=edition(request),
    )
    return "It is changed." if entry else "Noted. They can confirm it on their portal."


@require_POST
def confirm(request: HttpRequest, ref: str, entry: str) -> HttpResponse:
    """Say in the customer's name that a win is one."""
    actions.confirm_log(actor=staff(request), entry_id=queries.part_of(ref, entry, "log"))
    say(request, "Confirmed in their name; the facts say that you entered it.")
    return _back(request, ref)


@require_POST
def withdraw(request: HttpRequest, ref: str, entry: str) -> HttpResponse:
    """Take a line back, or (withdrawn=0) bring it back."""
    withdrawn = request.POST.get("withdrawn", "1") == "1"
    actions.withdraw_log(actor=staff(request), entry_id=queries.part_of(ref, entry, "log"), withdrawn=withdrawn)
    fields = {"withdrawn": "0", **{key: request.POST[key] for key in ("back", "query") if key in request.POST}}
    undo = Undo(f"/journeys/{ref}/log/{entry}/withdrawal", fields)
    say(request, "It is taken back." if withdrawn else "It stands again.", undo if withdrawn else None)
    return _back(request, ref)


def _back(request: HttpRequest, ref: str, entry: str = "") -> HttpResponse:
    """To the page that the form stood on: `back` is "wins", with the `query` of the list, or an account."""
    back, at = request.POST.get("back", ""), f"#{format_id('log', parse_id('log', entry))}" if entry else ""
    if back == "wins":
        query = request.POST.get("query", "")
        return redirect(f"/wins{'?' if query else ''}{query}{at}")
    if back:
        return redirect(f"/accounts/{format_id('acc', parse_id('acc', back))}{at or '#wins'}")
    return redirect(f"/journeys/{ref}/success{at}")


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    actor: Actor = staff(request)
    mine, state = _asked(request)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for win in _kept(actor, mine, state, queries.wins(actor, mine=mine)):
        moments = (win.written_at.isoformat(), win.confirmed_at.isoformat() if win.confirmed_at else "")
        cells = [
            win.ref, win.account_ref, win.account_name, win.journey_ref, win.register, win.title,
            "" if win.value is None else win.value, win.unit, win.note, win.written_by, moments[0],
            win.confirmed_by, moments[1],
        ]  # fmt: skip
        writer.writerow([_plain(cell) for cell in cells])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="wins.csv"'
    return answer


def _kept(actor: Actor, mine: bool, state: str, found: list[queries.Win]) -> list[queries.Win]:
    rows = queries.wins(actor, mine=mine, withdrawn=True) if state == "withdrawn" else found
    return [win for win in rows if STATES[state](win)]


def _unsummed(found: Sequence[queries.Win]) -> str:
    """What stands in none of the sums, as a clause; "" when all does."""
    bare = sum(win.value is None for win in found)
    others = sum(win.value is not None and not win.is_money for win in found)
    words = [f"{plural(bare, 'win')} without a number"] if bare else []
    words += [f"{plural(others, 'win')} counted in something else than money"] if others else []
    return joined(words)


def _query(request: HttpRequest) -> str:
    """How the list is narrowed, for the way back to it."""
    asked = request.GET if request.method == "GET" else QueryDict(request.POST.get("query", ""))
    return urlencode({key: asked[key] for key in ("state", "by") if asked.get(key)})


def _asked(request: HttpRequest) -> tuple[bool, str]:
    asked = QueryDict(_query(request))
    by, state = asked.get("by", ""), asked.get("state", "")
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
