"""Won deals that no playbook fits: a person chooses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from onward.accounts import queries as accounts
from onward.identity.decisions import may
from onward.interfaces.console.shell import say, staff
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import invalid
from onward.playbooks import queries as playbooks


def waiting(request: HttpRequest) -> HttpResponse:
    """The deals, and the playbooks to choose from."""
    actor = staff(request)
    rows = journeys.waiting_deals(actor)
    books = playbooks.current_versions()
    context = {
        "rows": rows,
        "accounts": accounts.accounts_by_ids(actor, [row.account_id for row in rows]),
        "deals": accounts.deals_by_ids(actor, [row.deal_id for row in rows]),
        "playbooks": [(format_id("pbv", key), book.title) for key, book in books.items()],
        "may_change": may(actor, "open", "journey"),
    }
    return render(request, "console/waiting.html", context)


@require_POST
def choose(request: HttpRequest, deal: str) -> HttpResponse:
    """Open the journey of a deal that waited."""
    actor = staff(request)
    version = request.POST.get("version", "")
    if not version:
        raise invalid("No playbook is chosen.", mend="Choose one from the list.")
    journey = actions.choose_playbook(actor=actor, deal_id=parse_id("deal", deal), version_id=parse_id("pbv", version))
    say(request, "The journey is open.")
    return redirect(f"/journeys/{format_id('jny', journey)}")
