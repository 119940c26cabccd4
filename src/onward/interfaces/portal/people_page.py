"""Who is here: the vendor's team, and the customer's own people with who brought them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from onward.accounts import queries as accounts
from onward.accounts.decisions import role_title
from onward.accounts.decisions.workspaces import may_withdraw
from onward.interfaces.portal.inviting import (
    asked_for,
    asking_for,
    asking_in,
    domains_for,
    helper_of,
    may_bring_here,
    not_come_yet,
)
from onward.interfaces.portal.pages import live, team_here
from onward.interfaces.portal.roles import ROLES
from onward.interfaces.portal.who import Visitor
from onward.journeys.queries import JourneyView
from onward.kernel.refusals import Refusal


def people_page(
    request: HttpRequest,
    visitor: Visitor,
    view: JourneyView,
    *,
    refusal: Refusal | None = None,
    given: dict[str, str] | None = None,
) -> HttpResponse:
    """The vendor's team and how to reach them; the customer's own people, what they are here for, who brought them."""
    own = [row for row in accounts.contacts(visitor.actor, account_id=view.account_id) if row.revoked_at is None]
    names = {f"contact:{row.ref}": row.name for row in own}
    held: dict[str, list[str]] = {}
    for role in view.roles:
        if role.side == "theirs" and role.person is not None:
            held.setdefault(role.person.ref, []).append(role.title)
    outside = not_come_yet(own)
    rows = [
        (
            row,
            held.get(f"contact:{row.ref}") or [role_title(role) for role in row.roles],
            f"contact:{row.ref}" == visitor.ref,
            "you" if row.invited_by == visitor.ref else names.get(row.invited_by, ""),
            row.id in outside,
            not visitor.preview and may_withdraw(row.invited_by, visitor.ref, visitor.roles),
        )
        for row in own
    ]
    open_roles = [
        role.title for role in view.roles if role.side == "theirs" and role.person is None and not role.optional
    ]
    context = {
        "view": view,
        "team": team_here(visitor, view),
        "rows": rows,
        "open_roles": open_roles,
        "may_invite": may_bring_here(visitor),
        "helper": helper_of(view, visitor.vendor),
        "asking_for": asking_for,
        "asking_in": asking_in,
        "domains": domains_for(visitor, view),
        "asked_for": asked_for(visitor, view, [row for row, *_, waits, _ in rows if waits]),
        "fresh": next((row for row, *_, waits, _ in rows if waits and row.ref == request.GET.get("invited")), None),
        "roles": ROLES,
        "given": given or {"name": "", "mail": "", "role": ""},
        "refusal": refusal,
        "wrong": dict(refusal.details.get("fields", {})) if refusal else {},
    }
    status = refusal.status if refusal else 200
    return live(request, visitor, "people", view, context, status=status)
