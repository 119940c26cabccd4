"""Sources and their write keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from onward.foundation.actions import act, action, on_commit, record
from onward.foundation.secrets import digest, token
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict, invalid, not_found
from onward.usage.actions import keys
from onward.usage.facts import SourceCreated, WriteKeyIssued, WriteKeysEnded
from onward.usage.models import Source, WriteKey

KINDS = ("server", "browser")
SHORTEST_KEY, LONGEST_KEY = 8, 200


@dataclass(frozen=True, slots=True)
class Issued:
    """A write key, shown this once."""

    source_id: UUID
    write_key: str


@action()
def create_source(
    *, actor: Actor, name: str, kind: str = "server", write_key: str | None = None, is_demo: bool = False
) -> Issued:
    """Set up a source with a new write key, or with `write_key`, an existing one that its clients already use.

    Refuses a name or key that another source has, and a key of fewer than 8 characters.
    """
    require(actor, "create", "source")
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise invalid("A source needs a name of at most 120 characters.", field="name")
    if kind not in KINDS:
        raise invalid(f"“{kind}” is not a kind of source.", mend="Write server or browser.", field="kind")
    try:
        with transaction.atomic():
            source = Source.objects.create(name=name, kind=kind, is_demo=is_demo, created_at=act().now)
    except IntegrityError as error:
        why = f"There is a source named “{name}” already."
        raise conflict(why, mend="Choose another name.", field="name") from error
    record(SourceCreated(source.id, name, kind))
    return Issued(source.id, _issue(source, write_key))


@action()
def rotate_key(*, actor: Actor, source_id: UUID, grace: timedelta = timedelta(days=1)) -> Issued:
    """Issue a new write key; those in use end after `grace` (at once with 0), so that clients can be changed first."""
    require(actor, "rotate", "source")
    source = _source(source_id)
    _end(source, act().now + grace)
    return Issued(source.id, _issue(source, None))


@action()
def revoke_keys(*, actor: Actor, source_id: UUID) -> int:
    """End all write keys of a source now; how many. What is sent with them is answered with 401."""
    require(actor, "revoke", "source")
    return _end(_source(source_id), act().now)


def _source(source_id: UUID) -> Source:
    source = Source.objects.select_for_update(no_key=True).filter(id=source_id).first()
    if source is None:
        raise not_found("source")
    return source


def _issue(source: Source, taken: str | None) -> str:
    write_key = token() if taken is None else taken.strip()
    if not SHORTEST_KEY <= len(write_key) <= LONGEST_KEY or not write_key.isprintable() or ":" in write_key:
        raise invalid("A write key has 8 to 200 printable characters and no colon.", field="write_key")
    hint = write_key[-4:]
    try:
        with transaction.atomic():
            WriteKey.objects.create(source=source, digest=digest(write_key), hint=hint, created_at=act().now)
    except IntegrityError as error:
        raise conflict(
            "This write key is in use, or was.",
            mend="Show or rotate the source that has it, or take another key.",
            field="write_key",
        ) from error
    on_commit(keys.forget)
    record(WriteKeyIssued(source.id, hint, taken is not None))
    return write_key


def _end(source: Source, when: datetime) -> int:
    ending = WriteKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=when), source=source)
    hints = tuple(ending.values_list("hint", flat=True))
    ended = ending.update(ends_at=when)
    on_commit(keys.forget)
    if hints:
        record(WriteKeysEnded(source.id, hints, when))
    return ended
