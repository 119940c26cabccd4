"""When a colleague is away, and how much of their time onboarding has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from onward.foundation.actions import action, record
from onward.identity import facts
from onward.identity.decisions import require
from onward.identity.decisions.calendars import closed_days, percent
from onward.identity.models import User
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found


@action()
def take_days_off(*, actor: Actor, user_id: UUID, days: str | Iterable[Mapping[str, Any]]) -> None:
    """Say when one is away (an admin: when a colleague is), as spans or lines. What they have to do by then moves to
    their next working day."""
    if actor.id != format_id("usr", user_id):
        require(actor, "change", "user")
    _keep(user_id, "days_off", closed_days(days, "days_off"))


@action()
def give_share(*, actor: Actor, user_id: UUID, share: object) -> None:
    """How much of a colleague's time onboarding has: 0 to 100 percent, "60" or "60 %"; for admins."""
    require(actor, "change", "user")
    _keep(user_id, "share", percent(share))


def _keep(user_id: UUID, name: str, value: object) -> None:
    row = User.objects.select_for_update().filter(id=user_id).first()
    if row is None:
        raise not_found("user", format_id("usr", user_id))
    if getattr(row, name) != value:
        setattr(row, name, value)
        row.save(update_fields=[name])
        record(facts.UserChanged(user_id, [name]), stream="org")
