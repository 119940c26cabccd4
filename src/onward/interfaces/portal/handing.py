"""Hand a step to a colleague of one's own: who is here already, or somebody new."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from onward.accounts import queries as accounts
from onward.accounts.decisions import role_title
from onward.engagement.actions.colleagues import invite_colleague, tell_of_given_task
from onward.foundation import mailer
from onward.foundation.throttle import allow
from onward.interfaces.portal.colleagues import INVITES_A_DAY
from onward.interfaces.portal.inviting import asked_for, helper_of, may_bring_here, not_come_yet
from onward.interfaces.portal.roles import ROLES
from onward.interfaces.portal.tasks import refuse_ours
from onward.interfaces.portal.who import Visitor, contacts_only, page, say
from onward.journeys import actions, queries
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid

TEXTS = ("person", "name", "mail", "role")


@require_http_methods(["GET", "POST"])
@contacts_only
def colleague(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """Choose who does it instead; they get a mail that says so, where mails leave."""
    task_id = parse_id("tsk", task)
    seen = queries.task_view(visitor.actor, task_id)
    refuse_ours(seen)
    if seen.line.state not in {"open", "waiting"}:
        raise conflict(f"“{seen.line.title}” is over.", mend="There is nothing left to give to anybody.")
    view = queries.journey_view(visitor.actor, seen.journey_id)
    given = {name: request.POST.get(name, "").strip()[:254] for name in TEXTS}
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if not allow("portal:give", visitor.ref, INVITES_A_DAY, 24 * 3600):
                raise Refusal("throttled", "You have handed on a lot today.", mend="Go on tomorrow, or call us.")
            chosen = _chosen(visitor, seen.account_id, seen.journey_id, given)
            name = actions.give_task(actor=visitor.actor, task_id=task_id, contact_id=chosen)
            if f"contact:{format_id('con', chosen)}" != visitor.ref:
                tell_of_given_task(
                    actor=visitor.actor,
                    account_id=seen.account_id,
                    contact_id=chosen,
                    journey_id=seen.journey_id,
                    task_id=task_id,
                    title=seen.line.title,
                )
            home = f"/portal/journeys/{seen.journey_ref}"
            return _given(HttpResponseRedirect(home), name, seen, view, visitor, chosen)
        except Refusal as caught:
            if caught.code not in {"invalid", "conflict", "throttled", "forbidden"}:
                raise
            refusal = caught
    rows = [row for row in accounts.contacts(visitor.actor, account_id=seen.account_id) if row.revoked_at is None]
    outside = not_come_yet(rows)
    context = {
        "seen": seen,
        "task": seen.line,
        "people": [
            (row.ref, row.name, _does(row, row.id in outside))
            for row in rows
            if f"contact:{row.ref}" not in (visitor.ref, seen.line.person.ref if seen.line.person else "")
        ],
        "may_invite": may_bring_here(visitor),
        "helper": helper_of(view, visitor.vendor),
        "roles": ROLES,
        "given": given,
        "refusal": refusal,
        "wrong": dict(refusal.details.get("fields", {})) if refusal else {},
        "back": f"/portal/tasks/{task}",
    }
    status = refusal.status if refusal else 200
    return page(request, visitor, "portal/colleague.html", context, current="", journey=view, status=status)


def _does(row: accounts.ContactRow, is_outside: bool) -> str:
    """What is told beside a name: what they are here for, and that they have not come."""
    told = " and ".join(role_title(role) for role in row.roles[:2]) or row.title
    return ", ".join(filter(None, [told, "has not signed in yet" if is_outside else ""]))


def _given(
    response: HttpResponse, name: str, seen: queries.TaskView, view: queries.JourneyView, visitor: Visitor, chosen: UUID
) -> HttpResponse:
    """What is told of it: whether they hear of it, and who is asked where they cannot come in yet."""
    said = f"{name} has “{seen.line.title}” now"
    if mailer.leaves(is_demo=view.is_demo):
        return say(response, f"{said}, and a mail about it.")
    row = accounts.contact(visitor.actor, chosen)
    if not not_come_yet([row]):
        return say(response, f"{said}. No mail leaves: tell them.")
    if asked_for(visitor, view, [row]):
        return say(
            response, f"{said}. {helper_of(view, visitor.vendor)} was asked for the link with which they come in."
        )
    words = f"{said}, but has not signed in yet: they need a link from {helper_of(view, visitor.vendor)}."
    return say(response, words, more=(f"{response['Location']}/people#colleagues", "Ask for it"))


def _chosen(visitor: Visitor, account_id: UUID, journey_id: UUID, given: dict[str, str]) -> UUID:
    if given["person"] and given["person"] != "new":
        return parse_id("con", given["person"])
    if given["person"] != "new" and not given["name"] and not given["mail"]:
        words = "Choose a colleague, or “Somebody new”."
        raise invalid(
            "Nobody is chosen yet.", mend=words, fields={"person": words, "mail": "Write their mail address."}
        )
    if not may_bring_here(visitor):
        raise forbidden("You cannot invite people here.", mend="Ask your champion, or whoever leads your onboarding.")
    wanted = {"name": "Write their name.", "mail": "Write their mail address."}
    if missing := {key: words for key, words in wanted.items() if not given[key]}:
        raise invalid("Who is it?", mend="Somebody new needs a name and a mail address.", fields=missing)
    return invite_colleague(
        actor=visitor.actor,
        account_id=account_id,
        name=given["name"],
        mail=given["mail"],
        role=given["role"],
        purpose=role_title(given["role"]) if given["role"] else "",
        journey_id=journey_id,
    )
