"""Lists that people keep: their own, and those they share."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import act, action
from onward.identity.decisions import clean_name, require
from onward.insights.models import SavedView
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import conflict, forbidden, invalid, not_found

MOST = 40
LONGEST_QUERY = 2000


@action(stream=lambda _: ())
def save_view(*, actor: Actor, name: str, query: str, is_shared: bool = False) -> UUID:
    """Keep a list of journeys by its address's words. Shared ones everybody sees; a viewer keeps their own only."""
    require(actor, "see", "journey")
    owner = _person(actor)
    if is_shared:
        require(actor, "share", "insight")
    name = clean_name(name, what="name", longest=60)
    seen = SavedView.objects.filter(removed_at=None)
    mine = seen.filter(is_shared=True) if is_shared else seen.filter(owner_id=owner, is_shared=False)
    if mine.count() >= MOST:
        raise conflict(f"There are {MOST} such views already.", mend="Delete one that nobody needs.")
    if mine.filter(name__iexact=name).exists():
        raise conflict(f"There is a view “{name}” already.", mend="Choose another name, or change that one.")
    last = seen.order_by("-position").values_list("position", flat=True).first() or 0
    row = SavedView.objects.create(
        name=name,
        owner_id=owner,
        is_shared=is_shared,
        query=_query(query),
        position=last + 1,
        created_at=act().now,
    )
    return row.id


@action(stream=lambda _: ())
def change_view(
    *, actor: Actor, view_id: UUID, name: str | None = None, query: str | None = None, is_shared: bool | None = None
) -> None:
    """Rename a view, keep other words in it, share it or take it back."""
    row = _own(actor, view_id)
    if is_shared is not None and is_shared != row.is_shared:
        require(actor, "share", "insight")
        row.is_shared = is_shared
    if name is not None:
        row.name = clean_name(name, what="name", longest=60)
    if query is not None:
        row.query = _query(query)
    row.save(update_fields=["name", "query", "is_shared"])


@action(stream=lambda _: ())
def move_view(*, actor: Actor, view_id: UUID, by: int) -> None:
    """Move a view one place among those that the actor sees: -1 to the front, 1 to the end."""
    row = _own(actor, view_id)
    seen = [
        one
        for one in SavedView.objects.select_for_update().filter(removed_at=None).order_by("position", "created_at")
        if one.is_shared == row.is_shared and (one.is_shared or one.owner_id == row.owner_id)
    ]
    at = next(number for number, one in enumerate(seen) if one.id == row.id)
    to = at + (1 if by > 0 else -1)
    if not 0 <= to < len(seen):
        return
    places = [one.position for one in seen]
    seen[at], seen[to] = seen[to], seen[at]
    for place, one in zip(places, seen, strict=True):
        if one.position != place:
            one.position = place
            one.save(update_fields=["position"])


@action(stream=lambda _: ())
def remove_view(*, actor: Actor, view_id: UUID) -> str:
    """Take a view away, until it is restored; its name."""
    row = _own(actor, view_id)
    row.removed_at = act().now
    row.save(update_fields=["removed_at"])
    return row.name


@action(stream=lambda _: ())
def restore_view(*, actor: Actor, view_id: UUID) -> str:
    """Bring a removed view back; its name."""
    row = _own(actor, view_id, is_removed=True)
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    return row.name


def _person(actor: Actor) -> UUID:
    if not actor.is_staff:
        raise forbidden("Views are kept by people who sign in.", mend="Sign in to save a list.")
    return parse_id("usr", actor.id)


def _own(actor: Actor, view_id: UUID, *, is_removed: bool = False) -> SavedView:
    """A view that the actor may change: their own, or a shared one of whoever may change what all see."""
    person = _person(actor)
    row = SavedView.objects.select_for_update().filter(id=view_id, removed_at__isnull=not is_removed).first()
    if row is None or not (row.is_shared or row.owner_id == person):
        raise not_found("view", format_id("viw", view_id))
    if row.is_shared:
        require(actor, "share", "insight")
        if row.owner_id != person and actor.role not in {"admin", "manager"}:
            raise forbidden("Somebody else shares this view.", mend="Save it as your own, or ask a manager.")
    return row


def _query(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        raise invalid("This list has too many conditions to keep.", mend="Take some away.")
    return query
