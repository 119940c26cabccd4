"""Roles of the organization's own: rights under a name. Each change is a fact, with what it was before."""

from __future__ import annotations

import re
from collections.abc import Iterable

from onward.foundation.actions import act, action, record
from onward.identity import facts
from onward.identity.decisions import ROLES, clean_name, clean_rights, require
from onward.identity.models import Organization, Provider, Role, User
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict, invalid, not_found


@action()
def make_role(*, actor: Actor, title: str, rights: Iterable[str]) -> str:
    """A role with these rights (NOUN:read, NOUN:write). Returns its key. Refusal "conflict" when the name is taken."""
    require(actor, "change", "organization")
    name = clean_name(title, longest=60, field="title")
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    if not key:
        raise invalid("A role's name has letters or digits.", field="title")
    if key in ROLES or Role.objects.filter(key=key).exists():
        raise conflict(f"There is a role {name} already.", mend="Change that one, or choose another name.")
    row = Role.objects.create(key=key, title=name, rights=clean_rights(rights), created_at=act().now)
    record(facts.RoleMade(key, name, row.rights), stream="org")
    return key


@action()
def edit_role(*, actor: Actor, key: str, title: str, rights: Iterable[str]) -> None:
    """Change a role; it holds from the next page that its people open. Built-in roles stay as they are."""
    require(actor, "change", "organization")
    row = _locked(key)
    was, now, name = list(row.rights), clean_rights(rights), clean_name(title, longest=60, field="title")
    if (was, row.title) == (now, name):
        return
    row.rights, row.title = now, name
    row.save(update_fields=["rights", "title"])
    record(facts.RoleEdited(key, name, was, now), stream="org")


@action()
def remove_role(*, actor: Actor, key: str) -> None:
    """Remove a role that nobody has. Refusal "conflict" while somebody does, or the provider gives it."""
    require(actor, "change", "organization")
    row = _locked(key)
    held = User.objects.filter(role=key).count()
    if held:
        raise conflict(f"{held} of your people have the role {row.title}.", mend="Give them another role first.")
    provider = Provider.objects.first()
    if provider and key in {provider.role, *provider.role_map.values()}:
        raise conflict(f"Your provider gives the role {row.title}.", mend="Change that under Sign-in first.")
    organization = Organization.objects.first()
    if organization and key in organization.settings.get("factor_roles", []):
        kept = [role for role in organization.settings["factor_roles"] if role != key]
        organization.settings = {**organization.settings, "factor_roles": kept}
        organization.save(update_fields=["settings"])
    row.delete()
    record(facts.RoleRemoved(key, row.title), stream="org")


def _locked(key: str) -> Role:
    row = Role.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise not_found("role of your own", f"“{key[:40]}”" if key.isprintable() else "")
    return row
