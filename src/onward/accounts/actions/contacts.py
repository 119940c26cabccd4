"""Contacts: add, change, invite, revoke."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from onward.accounts import facts
from onward.accounts.actions.rows import apply, check_names, check_version, moved
from onward.accounts.decisions import clean_roles
from onward.accounts.models import Account, Contact
from onward.accounts.queries import account_of_contact
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import ORG, stream_of
from onward.foundation.postgres import new_id
from onward.identity.actions import IssuedLink, contact_link, revoke_contact_access
from onward.identity.decisions import Thing, clean_mail, clean_name, require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, not_found

_TEXTS = {"title": 120, "language": 35, "zone": 64}
_CHANGEABLE = {*_TEXTS, "name", "mail", "roles", "external_id", "product_user_id", "preferences"}


def _theirs(kw: Mapping[str, Any]) -> str:
    return stream_of(account_of_contact(kw["contact_id"]))


def _theirs_and_org(kw: Mapping[str, Any]) -> list[str]:
    return [_theirs(kw), ORG]


@action(stream=lambda kw: stream_of(kw["account_id"]))
def add_contact(
    *,
    actor: Actor,
    account_id: UUID,
    name: str,
    mail: str | None = None,
    roles: Iterable[str] = (),
    is_silent: bool = False,
    is_demo: bool = False,
    **given: Any,
) -> UUID:
    """Add a person at the account; their id. `given` takes the fields of `change_contact`. Refusal "conflict" when
    the account has this mail already."""
    require(actor, "add", Thing("contact", account_id))
    if not Account.objects.filter(id=account_id).exists():
        raise not_found("account", format_id("acc", account_id))
    now = act().now
    row = Contact(id=new_id(), account_id=account_id, is_demo=is_demo, created_at=now, updated_at=now)
    for field, value in _clean({**given, "name": name, "mail": mail, "roles": roles}, row).items():
        setattr(row, field, value)
    row.save(force_insert=True)
    record(facts.ContactAdded(account_id, row.id, row.name, row.roles, is_silent), stream=stream_of(account_id))
    return row.id


@action(stream=_theirs)
def change_contact(
    *, actor: Actor, contact_id: UUID, version: int | None = None, is_silent: bool = False, **changed: Any
) -> bool:
    """Change fields; whether anything moved. `roles` replaces the roles, `preferences` is merged. Refusals: "stale",
    "invalid", "conflict"."""
    row = _locked(contact_id)
    own = actor.is_contact and actor.id == format_id("con", contact_id)
    if not (own and set(changed) <= {"language", "zone", "preferences"}):
        require(actor, "change", Thing("contact", row.account_id))
    check_version(row, version)
    new = moved(row, _clean(changed, row))
    if not new:
        return False
    was = apply(row, new)
    record(facts.ContactChanged(row.account_id, contact_id, new, was, is_silent), stream=stream_of(row.account_id))
    return True


@action(stream=_theirs_and_org)
def invite_contact(*, actor: Actor, contact_id: UUID) -> IssuedLink:
    """A link with which the contact signs in once, for somebody of the organization to hand over."""
    row = _locked(contact_id)
    require(actor, "invite", Thing("contact", row.account_id))
    if row.revoked_at is not None:
        raise conflict(f"{row.name} may not enter the portal.", mend="Restore their access first.")
    link = contact_link(actor=actor, contact_id=contact_id)
    record(facts.ContactInvited(row.account_id, contact_id, link.id, link.expires_at), stream=stream_of(row.account_id))
    return link


@action(stream=_theirs_and_org)
def revoke_contact(*, actor: Actor, contact_id: UUID) -> None:
    """Take away every way into the portal, at once. The person stays on the account."""
    row = _locked(contact_id)
    require(actor, "revoke", Thing("contact", row.account_id))
    if row.revoked_at is None:
        apply(row, {"revoked_at": act().now})
        revoke_contact_access(actor=actor, contact_id=contact_id)
        record(facts.ContactRevoked(row.account_id, contact_id), stream=stream_of(row.account_id))


@action(stream=_theirs)
def restore_contact(*, actor: Actor, contact_id: UUID) -> None:
    """Let a revoked contact into the portal again."""
    row = _locked(contact_id)
    require(actor, "restore", Thing("contact", row.account_id))
    if row.revoked_at is not None:
        apply(row, {"revoked_at": None})
        record(facts.ContactRestored(row.account_id, contact_id), stream=stream_of(row.account_id))


def _locked(contact_id: UUID) -> Contact:
    row = Contact.objects.select_for_update().filter(id=contact_id).first()
    if row is None:
        raise not_found("contact", format_id("con", contact_id))
    return row


def _clean(given: Mapping[str, Any], row: Contact) -> dict[str, Any]:
    check_names(given, _CHANGEABLE, "a contact")
    return {name: _clean_one(name, value, row) for name, value in given.items()}


def _clean_one(name: str, value: Any, row: Contact) -> Any:
    if name in _TEXTS:
        return str(value or "").strip()[: _TEXTS[name]]
    match name:
        case "name":
            return clean_name(value)
        case "mail":
            mail = clean_mail(value) if value else None
            others = Contact.objects.filter(account_id=row.account_id, mail__iexact=mail).exclude(id=row.id)
            if mail and others.exists():
                raise conflict(f"{mail} is on this account already.", mend="Change that contact.", field="mail")
            return mail
        case "roles":
            return clean_roles(value)
        case "external_id":
            text = str(value or "").strip()[:200] or None
            if text and Contact.objects.filter(external_id=text).exclude(id=row.id).exists():
                raise conflict(f"Another contact has the id {text}.", field="external_id")
            return text
        case "product_user_id":
            return str(value or "").strip()[:200] or None
        case _:
            return dict(value)
