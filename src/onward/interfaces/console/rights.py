"""Roles as rights: who sees and changes what, and the roles that the organization makes of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from onward.identity import actions, queries
from onward.identity.decisions import ADMIN_ONLY, NOUNS, SEEN_BY_ALL, may, require, rights_of
from onward.interfaces.console.entering import freshly
from onward.interfaces.console.shell import say, staff
from onward.kernel.refusals import Refusal, not_found

# What work the nouns are, in the order in which it is done.
GROUPS = [
    ("Customers", ["account", "contact", "deal", "product", "segment"]),
    ("Onboarding", ["journey", "stage", "task", "milestone", "objective", "evidence", "criterion", "check_in", "log"]),
    ("Talking", ["comment", "file", "message"]),
    ("Measuring", ["event", "source", "insight", "fact"]),
    ("Setting up", ["playbook", "import", "ledger", "user", "organization"]),
]
WORDS = {
    "log": "wins and logs",
    "criterion": "criteria",
    "event": "product events",
    "fact": "timeline",
    "evidence": "evidence",
    "ledger": "stuck reactions",
    "user": "colleagues",
    "organization": "settings",
    "message": "outbox",
}
_ALL = [f"{noun}:read" for noun in sorted(NOUNS - ADMIN_ONLY)]
# Where a role of one's own may begin: what these people most often need.
STARTS = {
    "sales": ("Sales", ["account", "contact", "deal", "comment", "file"]),
    "product": ("Product", ["product", "event", "source", "comment", "file"]),
    "training": ("Training specialist", ["task", "check_in", "evidence", "comment", "file", "message"]),
    "support": ("Support", ["task", "comment", "file", "message", "contact"]),
    "solutions": (
        "Solutions engineer",
        ["stage", "task", "milestone", "evidence", "criterion", "check_in", "comment", "file", "source"],
    ),
}


@require_http_methods(["GET", "POST"])
@freshly
def roles(request: HttpRequest) -> HttpResponse:
    """All roles side by side; an admin makes another."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        try:
            title = request.POST.get("title", "")
            key = actions.make_role(actor=actor, title=title, rights=_start(request.POST.get("start", "")))
            say(request, f"{title.strip()} is here. Say what it sees and changes.")
            return HttpResponseRedirect(f"/settings/roles/{key}")
        except Refusal as caught:
            refusal = caught
    rows = queries.roles()
    shown = {
        "rows": rows,
        "groups": _groups(),
        "starts": [("", "Sees all, changes nothing"), *((key, f"{title}") for key, (title, _) in STARTS.items())]
        + [(f"copy:{row.key}", f"As {row.title} now") for row in rows if row.key != "admin"],
        "typed": request.POST.get("title", "") if refusal else "",
        "can_change": may(actor, "change", "organization"),
        "can_keys": may(actor, "see", "key"),
        "refusal": refusal,
    }
    return render(request, "console/roles.html", shown, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "POST"])
@freshly
def role(request: HttpRequest, key: str) -> HttpResponse:
    """One role of the organization's own: its name, and for each noun whether it is seen or changed."""
    actor = staff(request)
    require(actor, "change", "organization")
    row = next((row for row in queries.roles() if row.key == key and row.is_own), None)
    if row is None:
        raise not_found("role of your own", "here")
    refusal = None
    if request.method == "POST":
        try:
            chosen = [f"{noun}:{level}" for noun, level in _levels(request) if level in {"read", "write"}]
            actions.edit_role(actor=actor, key=key, title=request.POST.get("title", ""), rights=chosen)
            say(request, "Saved. It holds from the next page that these people open.")
            return HttpResponseRedirect("/settings/roles")
        except Refusal as caught:
            refusal = caught
    shown = {
        "row": row,
        "groups": _groups(),
        "fixed": SEEN_BY_ALL,
        "admins": ADMIN_ONLY,
        "can_keys": True,
        "can_change": True,
        "refusal": refusal,
    }
    return render(request, "console/role.html", shown, status=refusal.status if refusal else 200)


@require_POST
@freshly
def role_removal(request: HttpRequest, key: str) -> HttpResponse:
    """Remove a role that nobody has."""
    actions.remove_role(actor=staff(request), key=key)
    say(request, "The role is removed.")
    return HttpResponseRedirect("/settings/roles")


def _levels(request: HttpRequest) -> list[tuple[str, str]]:
    return [(noun, request.POST.get(f"right-{noun}", "")) for noun in sorted(NOUNS)]


def _start(start: str) -> list[str]:
    if start.startswith("copy:"):
        held = {row.key: row.rights for row in queries.roles()}.get(start.removeprefix("copy:"), rights_of("viewer"))
        return [right for right in held if _may_hold(right)]
    changed = STARTS[start][1] if start in STARTS else []
    return [*_ALL, *(f"{noun}:write" for noun in changed)]


def _may_hold(right: str) -> bool:
    noun, _, verb = right.partition(":")
    return noun not in ADMIN_ONLY or (noun in SEEN_BY_ALL and verb == "read")


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every noun under its heading, with its word; one that has no heading yet stands under the last."""
    named = {noun for _, nouns in GROUPS for noun in nouns}
    rest = sorted(NOUNS - named - {"key", "installation"})
    groups = [(title, [noun for noun in nouns if noun in NOUNS]) for title, nouns in GROUPS]
    groups[-1][1].extend(rest)
    return [(title, [(noun, _word(noun)) for noun in nouns]) for title, nouns in groups]


def _word(noun: str) -> str:
    return WORDS.get(noun) or f"{noun.replace('_', '-')}s"
