"""Who may be called in a conversation, and who is told of what was said."""

from __future__ import annotations

from uuid import UUID

from onward.accounts import queries as accounts
from onward.conversation.models import Comment
from onward.identity import queries as identity
from onward.identity.decisions import Thing, may
from onward.journeys.queries import Place
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id

MAY_BE_CALLED = 8


def callable_people(actor: Actor, place: Place) -> dict[str, str]:
    """Names by reference of those whom the actor may call here: those of the journey first.

    Colleagues know all colleagues and the account's contacts; a contact knows the team of their journey and their own
    company's people. Whether the called may read the channel is judged when it is written.
    """
    found: dict[str, str] = {}
    team = {parse_id("usr", ref[5:]) for ref in (place.owner, *place.people) if ref.startswith("user:")}
    if actor.is_contact:
        # Names are all that the customers' door reads of colleagues.
        named = sorted(identity.user_names(team).items(), key=lambda row: row[1].casefold())
        found |= {user_ref(user_id): name for user_id, name in named}
    else:
        found |= _colleagues(place, team)
    for row in accounts.contacts(SYSTEM, account_id=place.account_id):
        if row.revoked_at is None:
            found[f"contact:{row.ref}"] = row.name
    return found


def _colleagues(place: Place, team: set[UUID]) -> dict[str, str]:
    """Those who may sign in and read here; the journey's team first."""
    reading = Thing("comment", place.account_id, is_shared=True)
    users = identity.users(SYSTEM, include_revoked=False)
    asked = [(user, Actor("staff", user.ref, user.name, role=user.role)) for user in users if user.is_active]
    asked.sort(key=lambda row: (row[0].id not in team, row[0].name.casefold()))
    return {f"user:{user.ref}": user.name for user, asker in asked if may(asker, "see", reading)}


def audience(place: Place, *, side: str, called: tuple[str, ...] = (), but: str = "") -> list[str]:
    """Who is told of something shared, by reference, without its author (`but`).

    Of theirs: who is called, who has the task, who took part here; where that is nobody, all who hold a role. Of ours
    the owner, who has the task, who is called, who took part.
    """
    kind = "contact:" if side == "theirs" else "user:"
    wrote = (
        Comment.objects.filter(journey_id=place.journey_id, task=place.task_id, channel="shared", removed_at=None)
        .order_by("created_at")
        .values_list("author", flat=True)
    )
    first = [] if side == "theirs" else [place.owner]
    found = [*called, *first, place.doer, *wrote]
    told = [ref for ref in dict.fromkeys(found) if ref.startswith(kind) and ref != but]
    return told or [ref for ref in place.people if ref.startswith(kind) and ref != but and side == "theirs"]


def users_called(refs: list[str]) -> list[UUID]:
    """The ids of the colleagues among these references."""
    return [parse_id("usr", ref[5:]) for ref in refs if ref.startswith("user:")]


def user_ref(user_id: UUID) -> str:
    """The reference of a colleague."""
    return f"user:{format_id('usr', user_id)}"
