"""Pictures as customers see them: the organization's logo, a colleague's photo."""

from __future__ import annotations

import hashlib
from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.identity import facts
from onward.identity.decisions import require
from onward.identity.decisions.pictures import LOGO, PHOTO, checked
from onward.identity.models import Logo, Organization, Photo, User
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found


@action()
def change_logo(*, actor: Actor, content: bytes) -> None:
    """Put this picture beside the name; without content the two halves stand there again. Refusal "invalid"."""
    require(actor, "change", "organization")
    shown: dict[str, object] | None = None
    if content:
        image = checked(content, LOGO)
        shown = {"version": _version(content), "width": image.width, "height": image.height}
        Logo.objects.update_or_create(is_only=True, defaults=_kept(image.media_type, content))
    else:
        Logo.objects.all().delete()
    row, _ = Organization.objects.get_or_create(is_only=True, defaults={"created_at": act().now})
    settings = {key: value for key, value in row.settings.items() if key != "logo"} | ({"logo": shown} if shown else {})
    if settings != row.settings:
        row.settings = settings
        row.save(update_fields=["settings"])
        record(facts.OrganizationChanged({"logo": shown["version"] if shown else None}), stream="org")


@action()
def change_photo(*, actor: Actor, user_id: UUID, content: bytes) -> None:
    """Show this face instead of initials; without content the initials again. One's own, or whoever may change users.
    Refusal "invalid"."""
    if actor.id != format_id("usr", user_id):
        require(actor, "change", "user")
    row = User.objects.select_for_update().filter(id=user_id).first()
    if row is None:
        raise not_found("user", format_id("usr", user_id))
    version = ""
    if content:
        image = checked(content, PHOTO)
        version = _version(content)
        Photo.objects.update_or_create(user_id=user_id, defaults=_kept(image.media_type, content))
    else:
        Photo.objects.filter(user_id=user_id).delete()
    if row.photo != version:
        row.photo = version
        row.save(update_fields=["photo"])
        record(facts.UserChanged(user_id, ["photo"]), stream="org")


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _kept(media_type: str, content: bytes) -> dict[str, object]:
    return {"media_type": media_type, "content": content, "version": _version(content), "created_at": act().now}
