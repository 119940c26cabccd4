"""People who may be called in a conversation, as the list under the field takes them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from onward.conversation.queries import MAY_BE_CALLED, callable_people
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor


def calls(
    request: HttpRequest, actor: Actor, *, journey_id: UUID | None = None, task_id: UUID | None = None
) -> list[dict[str, str]]:
    """Those whose name has a part that begins with ?words=; in ?channel=internal colleagues only. `call` is what to
    write behind the @: the name, with the reference where several bear it."""
    place = journeys.place_of(actor, journey_id=journey_id, task_id=task_id)
    people = callable_people(actor, place)
    wanted = request.GET.get("words", "").strip().casefold()
    internal = request.GET.get("channel") == "internal" and not actor.is_contact
    found = []
    for ref, name in people.items():
        theirs = ref.startswith("contact:")
        if (internal and theirs) or not _fits(name, wanted):
            continue
        twice = sum(other.casefold() == name.casefold() for other in people.values()) > 1
        where = "customer" if theirs else "colleague"
        if actor.is_contact:
            where = "colleague" if theirs else "your team"
        found.append({"name": name, "call": f"[{name}]({ref})" if twice else name, "where": where})
    return found[:MAY_BE_CALLED]


def _fits(name: str, wanted: str) -> bool:
    low = name.casefold()
    return low.startswith(wanted) or f" {wanted}" in low
