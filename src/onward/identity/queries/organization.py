"""What is read of the organization itself, its logo, and whether it is the demo."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onward.foundation.postgres import tuples
from onward.identity.models import Logo, User

DEFAULT_WEEK = ["mon", "tue", "wed", "thu", "fri"]


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    name: str
    zone: str
    working_week: list[str]
    accent: str
    is_set_up: bool
    first_admin_at: datetime | None
    is_demo: bool
    settings: dict[str, Any] = field(default_factory=dict)
    holidays: str = ""
    closed_days: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Picture:
    media_type: str
    content: bytes
    version: str


def organization() -> OrganizationRow:
    """The organization; before it is set up, its defaults."""
    rows = tuples(_ORGANIZATION, prepare=None)
    if not rows:
        return OrganizationRow("", "UTC", list(DEFAULT_WEEK), "", False, None, False, {})
    name, zone, week, *rest = rows[0]
    accent, first_admin_at, is_demo, *more = rest
    return OrganizationRow(name, zone, week or list(DEFAULT_WEEK), accent, bool(name), first_admin_at, is_demo, *more)


def logo() -> Picture | None:
    """The picture beside the organization's name; for everybody, since it stands in mails and before sign-in."""
    row = Logo.objects.first()
    return Picture(row.media_type, bytes(row.content), row.version) if row else None


_ORGANIZATION = (
    "select name, zone, working_week, accent, first_admin_at, is_demo, settings, holidays, closed_days"
    " from identity_organization limit 1"
)


def demo_exists() -> bool:
    """Whether people of the demo are here."""
    return User.objects.filter(is_demo=True).exists()


def demo_is_whole() -> bool:
    """Whether the demo may be entered: it has its admin."""
    return User.objects.filter(is_demo=True, role="admin", is_active=True).exists()
