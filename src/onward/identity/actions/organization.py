"""The first link, setting up, and what the organization chooses."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.utils import IntegrityError

from onward.foundation.actions import act, action, record
from onward.foundation.postgres import one_statement
from onward.identity import facts
from onward.identity.actions.codes import IssuedLink, issue_link, use_link
from onward.identity.actions.people import add_user, set_password
from onward.identity.actions.signing_in import welcome
from onward.identity.decisions import clean_mail, clean_name, require
from onward.identity.decisions.calendars import closed_days, day_hours, place_named, working_week
from onward.identity.models import (
    ExternalIdentity,
    Factor,
    Link,
    Organization,
    RecoveryCode,
    Session,
    SignInCode,
    User,
)
from onward.identity.queries import DEFAULT_WEEK, has_admin, staff_actor
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.addresses import clean_url
from onward.kernel.refusals import conflict, invalid, not_found

_CHANGEABLE = ("name", "zone", "working_week", "holidays", "closed_days", "accent", "settings")


@action()
def first_link(*, actor: Actor) -> IssuedLink:
    """The link that opens a fresh installation. Refusal "conflict" once an admin has signed in."""
    require(actor, "open", "installation")
    if has_admin():
        raise conflict("An admin has signed in already.", mend="Run: onward user invite MAIL --role admin")
    return issue_link("first")


@action()
def setup_organization(
    *, actor: Actor, secret: str, name: str, admin_name: str, admin_mail: str, zone: str = "UTC", password: str = ""
) -> UUID:
    """Use the first link: name the organization and make its first admin, who is in. Returns the admin."""
    if has_admin():
        raise not_found("open link", "here")
    use_link("first", secret)
    now = act().now
    row, _ = Organization.objects.get_or_create(is_only=True, defaults={"created_at": now})
    if row.is_demo:
        _give_back(row)
    # Named as its form names them: the organization has a name too.
    admin_name = clean_name(admin_name, field="admin_name")
    row.name, row.zone = clean_name(name), _zone(zone)
    row.working_week = row.working_week or list(DEFAULT_WEEK)
    row.save()
    record(facts.OrganizationSetUp(row.name, row.zone), stream="org")
    mail = clean_mail(admin_mail, field="admin_mail")
    found = User.objects.filter(mail=mail).first()
    if found is None:
        user_id = add_user(actor=SYSTEM, name=admin_name, role="admin", mail=mail)
        found = User.objects.get(id=user_id)
    elif found.role != "admin" or not found.is_active:
        raise conflict(f"{mail} is a user already, and no admin.", mend="Use another address.", field="admin_mail")
    own = staff_actor(found)
    if password:
        set_password(actor=own, user_id=found.id, password=password)
    welcome(actor=own, user_id=found.id, by="first link")
    return found.id


@action()
def enter_demo(*, actor: Actor, secret: str) -> UUID:
    """Use the first link to look around as the demo's admin. Refusal "not_found" while there is no demo."""
    row = User.objects.filter(is_demo=True, role="admin", is_active=True).order_by("created_at").first()
    if row is None or has_admin():
        raise not_found("demo", "here")
    use_link("first", secret)
    welcome(actor=staff_actor(row), user_id=row.id, by="first link")
    return row.id


@action()
def open_demo(*, actor: Actor, name: str, zone: str, product_url: str) -> bool:
    """Lend the organization the demo's name, zone and product and mark it; False, and nothing changes, where it has
    its own."""
    require(actor, "open", "installation")
    row, _ = Organization.objects.get_or_create(is_only=True, defaults={"created_at": act().now})
    if row.name and not row.is_demo:
        return False
    row.name, row.zone, row.is_demo = clean_name(name), _zone(zone), True
    row.settings = {**row.settings, "product_url": product_url}
    row.save(update_fields=["name", "zone", "is_demo", "settings"])
    return True


@action()
def change_organization(*, actor: Actor, **changed: Any) -> None:
    """Change name, zone, working_week (list of "mon"...), holidays (a place), closed_days (spans or lines), accent, or
    keys of `settings` (merged; None removes)."""
    require(actor, "change", "organization")
    unknown = set(changed) - set(_CHANGEABLE)
    if unknown:
        raise TypeError(f"not fields of the organization: {sorted(unknown)}")
    row, _ = Organization.objects.get_or_create(is_only=True, defaults={"created_at": act().now})
    if "name" in changed:
        changed["name"] = clean_name(changed["name"])
    if "zone" in changed:
        changed["zone"] = _zone(changed["zone"])
    if "working_week" in changed:
        changed["working_week"] = working_week(changed["working_week"])
    if "holidays" in changed:
        changed["holidays"] = place_named(changed["holidays"])
    if "closed_days" in changed:
        changed["closed_days"] = closed_days(changed["closed_days"])
    if changed.get("accent") and not re.fullmatch(r"#[0-9a-f]{6}", str(changed["accent"])):
        raise invalid("That is not a color.", mend="Write it like #284fae.", field="accent")
    if (hours := changed.get("settings", {}).get("day_hours")) is not None:
        changed["settings"] = changed["settings"] | {"day_hours": day_hours(hours)}
    if (url := changed.get("settings", {}).get("product_url")) is not None:
        changed["settings"] = changed["settings"] | {"product_url": clean_url(url, field="product_url", longest=500)}
    if "settings" in changed:
        merged = {**row.settings, **changed["settings"]}
        changed["settings"] = {key: value for key, value in merged.items() if value is not None}
    moved = {key: value for key, value in changed.items() if getattr(row, key) != value}
    for key, value in moved.items():
        setattr(row, key, value)
    if moved:
        row.save(update_fields=list(moved))
        record(facts.OrganizationChanged(moved), stream="org")


@action()
def forget_demo_people(*, actor: Actor) -> int:
    """Remove the demo's users, after its accounts, and give back the name that it lent; how many there were. Refusal
    "conflict" while they own real work."""
    require(actor, "remove_demo", "installation")
    gone = list(User.objects.filter(is_demo=True).values_list("id", flat=True))
    User.objects.filter(manager_id__in=gone).update(manager=None)
    Link.objects.filter(user_id__in=gone).delete()
    for owned in (SignInCode, Session, Factor, RecoveryCode, ExternalIdentity):
        owned.objects.filter(user_id__in=gone).delete()
    for row in Organization.objects.filter(is_demo=True):
        _give_back(row)
        row.save()
    try:
        # Statements of our own tables only: what still names these people belongs to other apps and is theirs to clear.
        with transaction.atomic():
            one_statement("delete from identity_user where id = any(%s)", (gone,))
            one_statement("set constraints all immediate")
    except IntegrityError:
        raise conflict("People of the demo still own real work.", mend="Hand it over first.") from None
    return len(gone)


def _give_back(row: Organization) -> None:
    """What the demo had lent."""
    row.name, row.zone, row.is_demo = "", "UTC", False
    row.settings = {key: value for key, value in row.settings.items() if key != "product_url"}


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid(f"There is no time zone {name[:60]}.", mend="Write it as Europe/Berlin.", field="zone") from None
    return name
