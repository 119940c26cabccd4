"""The organization's logo, as customers see it in the portal and in mails."""

from __future__ import annotations

import hashlib

from onward.foundation.actions import act, action, record
from onward.identity import facts
from onward.identity.decisions import require
from onward.identity.decisions.logo import checked_logo
from onward.identity.models import Logo, Organization
from onward.kernel.actor import Actor


@action()
def change_logo(*, actor: Actor, content: bytes) -> None:
    """Put this picture beside the name; without content the two halves stand there again. Refusal "invalid"."""
    require(actor, "change", "organization")
    shown: dict[str, object] | None = None
    if content:
        image = checked_logo(content)
        version = hashlib.sha256(content).hexdigest()[:16]
        shown = {"version": version, "width": image.width, "height": image.height}
        kept = {"media_type": image.media_type, "content": content, "version": version, "created_at": act().now}
        Logo.objects.update_or_create(is_only=True, defaults=kept)
    else:
        Logo.objects.all().delete()
    row, _ = Organization.objects.get_or_create(is_only=True, defaults={"created_at": act().now})
    settings = {key: value for key, value in row.settings.items() if key != "logo"} | ({"logo": shown} if shown else {})
    if settings != row.settings:
        row.settings = settings
        row.save(update_fields=["settings"])
        record(facts.OrganizationChanged({"logo": shown["version"] if shown else None}), stream="org")
