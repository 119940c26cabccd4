"""API keys: scoped, may expire, shown once, revocable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from onward.foundation import secrets
from onward.foundation.actions import act, action, record
from onward.identity import facts
from onward.identity.decisions import SCOPES, clean_name, require, unknown_scopes
from onward.identity.models import ApiKey
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import invalid, not_found


@dataclass(frozen=True, slots=True)
class NewKey:
    """The secret is here this once."""

    id: UUID
    ref: str
    secret: str
    expires_at: datetime | None

    def __repr__(self) -> str:
        return f"NewKey({self.ref})"


@action()
def create_key(*, actor: Actor, name: str, scopes: Iterable[str], expires: timedelta | None = None) -> NewKey:
    """Make a key. Refusal "invalid" for no or unknown scopes."""
    require(actor, "create", "key")
    wanted = sorted({scope.strip() for scope in scopes if scope.strip()})
    unknown = unknown_scopes(wanted)
    if unknown or not wanted:
        raise invalid(
            f"There is no scope {unknown[0]}." if unknown else "A key needs at least one scope.",
            mend=f"Scopes are {', '.join(sorted(s for s in SCOPES if ':' not in s))} and NOUN:read, NOUN:write.",
            field="scopes",
        )
    secret = f"onw_{secrets.token(192)}"
    row = ApiKey.objects.create(
        name=clean_name(name, longest=120),
        hint=secret[:8],
        digest=secrets.digest(secret),
        scopes=wanted,
        made_by=actor.ref,
        created_at=act().now,
        expires_at=act().now + expires if expires else None,
    )
    record(facts.KeyCreated(row.id, row.name, wanted, row.expires_at), stream="org")
    return NewKey(row.id, format_id("key", row.id), secret, row.expires_at)


@action()
def revoke_key(*, actor: Actor, key_id: UUID) -> None:
    """Close a key at once."""
    require(actor, "revoke", "key")
    row = ApiKey.objects.select_for_update().filter(id=key_id).first()
    if row is None:
        raise not_found("key", format_id("key", key_id))
    if row.revoked_at is None:
        row.revoked_at = act().now
        row.save(update_fields=["revoked_at"])
        record(facts.KeyRevoked(key_id, row.name), stream="org")


@action(stream=lambda _: ())
def note_key_used(*, actor: Actor, key_id: UUID) -> None:
    """Remember that a key is in use, at most once in five minutes: this is on the path of every API call."""
    now = act().now
    stale = Q(used_at=None) | Q(used_at__lt=now - timedelta(minutes=5))
    ApiKey.objects.filter(stale, id=key_id).update(used_at=now)
