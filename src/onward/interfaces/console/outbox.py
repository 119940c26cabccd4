"""The outbox: what was sent, what stayed and why, what failed and can be sent again. Codes are masked as stored."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from onward.accounts import queries as accounts
from onward.engagement import queries
from onward.engagement.actions import resend_message
from onward.foundation import mailer
from onward.identity.decisions import may
from onward.interfaces.console.shell import say, staff
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal

PAGE = 50
STATES = [
    ("", "in any state"),
    ("waiting", "waiting"),
    ("sent", "sent"),
    ("written", "kept here"),
    ("failed", "failed"),
]
KINDS = [("", "of any kind"), ("mail", "mails"), ("invite", "invites"), ("packet", "packets"), ("code", "codes")]


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Messages, the newest first, filtered by state, kind and words."""
    actor = staff(request)
    asked = {name: request.GET.get(name, "")[:100] for name in ("state", "kind", "q", "before")}
    rows = queries.outbox(
        actor,
        state=asked["state"] if asked["state"] in dict(STATES) else "",
        kind=asked["kind"] if asked["kind"] in dict(KINDS) else "",
        words=asked["q"],
        before=parse_id("msg", asked["before"]) if asked["before"] else None,
        limit=PAGE + 1,
    )
    more = request.GET.copy()
    more["before"] = rows[PAGE - 1].ref if len(rows) > PAGE else ""
    context = {
        "rows": rows[:PAGE],
        "names": accounts.account_names(row.account_id for row in rows),
        "counts": queries.outbox_counts(actor),
        "asked": asked,
        "states": STATES,
        "kinds": KINDS,
        "next": f"?{more.urlencode()}" if len(rows) > PAGE else "",
        "by_mail": mailer.configured(),
        "can_send": may(actor, "send", "message"),
    }
    return render(request, "console/outbox.html", context)


@require_safe
def message(request: HttpRequest, message: str) -> HttpResponse:
    """One message as its reader has it."""
    return _message(request, message)


@require_POST
def delivery(request: HttpRequest, message: str) -> HttpResponse:
    """Send a failed message again."""
    actor = staff(request)
    try:
        resend_message(actor=actor, message_id=parse_id("msg", message))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _message(request, message, refusal)
    say(request, "It goes out again now.")
    return HttpResponseRedirect(f"/outbox/{message}")


def _message(request: HttpRequest, message: str, refusal: Refusal | None = None) -> HttpResponse:
    actor = staff(request)
    row = queries.message(actor, parse_id("msg", message))
    context = {
        "row": row,
        "account": accounts.account_names([row.account_id]).get(row.account_id, "") if row.account_id else "",
        "refusal": refusal,
        "by_mail": mailer.configured(),
        "can_send": may(actor, "send", "message"),
    }
    return render(request, "console/message.html", context, status=refusal.status if refusal else 200)
