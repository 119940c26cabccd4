"""Users: add, invite, change, revoke. The last admin cannot be taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from onward.foundation.actions import act, action, record
from onward.identity import facts
from onward.identity.actions.codes import IssuedLink, issue_link
from onward.identity.actions.sessions import end_all
from onward.identity.decisions import ROLES, clean_label, clean_mail, clean_name, require, weak_password
from onward.identity.models import Link, Organization, Role, User
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, forbidden, invalid, not_found

_CHANGEABLE = ("name", "mail", "team", "region", "manager_id", "external_id")


@dataclass(frozen=True, slots=True)
class PutUser:
    """What `put_user` did: "opened", "changed" or "unchanged"."""

    id: UUID
    outcome: str


@action()
def add_user(
    *,
    actor: Actor,
    name: str,
    role: str = "member",
    mail: str | None = None,
    team: str = "",
    region: str = "",
    manager_id: UUID | None = None,
    external_id: str | None = None,
    is_demo: bool = False,
) -> UUID:
    """Add a person without inviting them. Refusals: "conflict" when the mail or external id is taken."""
    require(actor, "add", "user")
    clean = clean_mail(mail) if mail else None
    check_role(role)
    if clean and User.objects.filter(mail=clean).exists():
        raise conflict(f"{clean} is a user already.", mend="Change that user instead.", field="mail")
    if external_id and User.objects.filter(external_id=external_id).exists():
        raise conflict(f"The id {external_id} belongs to another user.", field="external_id")
    row = User(
        name=clean_name(name),
        role=role,
        mail=clean,
        team=clean_label(team, "team"),
        region=clean_label(region, "region"),
        manager_id=manager_id,
        external_id=external_id or None,
        is_demo=is_demo,
        created_at=act().now,
    )
    row.set_unusable_password()
    row.save(force_insert=True)
    record(facts.UserAdded(row.id, row.name, role), stream="org")
    return row.id


@action()
def invite_user(*, actor: Actor, mail: str, role: str | None = None, name: str = "") -> IssuedLink:
    """A link with which the person signs in once; made anew for a user who is here already (their way back in).

    `role` changes the role of a user who is here; a new one is a member when it is left out.
    """
    require(actor, "invite", "user")
    clean = clean_mail(mail)
    found = User.objects.select_for_update().filter(mail=clean).first()
    if found is None:
        shown = name or clean.split("@")[0].replace(".", " ").title()
        user_id = add_user(actor=actor, name=shown, role=role or "member", mail=clean)
        row = User.objects.get(id=user_id)
    else:
        row = found
        if role and role != row.role:
            change_role(actor=actor, user_id=row.id, role=role)
            row.role = role
        if not row.is_active:
            restore_user(actor=actor, user_id=row.id)
    User.objects.filter(id=row.id).update(invited_at=act().now)
    link = issue_link("invite", user_id=row.id)
    record(facts.UserInvited(row.id, row.role, link.expires_at), stream="org")
    return link


@action()
def change_user(*, actor: Actor, user_id: UUID, **changed: Any) -> None:
    """Change name, mail, team, region, manager_id or external_id. A person may change their own name."""
    if not (actor.id == format_id("usr", user_id) and set(changed) <= {"name"}):
        require(actor, "change", "user")
    row = _locked(user_id)
    unknown = set(changed) - set(_CHANGEABLE)
    if unknown:
        raise TypeError(f"not fields of a user: {sorted(unknown)}")
    if "name" in changed:
        changed["name"] = clean_name(changed["name"])
    changed |= {part: clean_label(changed[part], part) for part in ("team", "region") if part in changed}
    if "mail" in changed:
        changed["mail"] = clean_mail(changed["mail"]) if changed["mail"] else None
        if changed["mail"] and User.objects.filter(mail=changed["mail"]).exclude(id=user_id).exists():
            raise conflict(f"{changed['mail']} is another user.", field="mail")
        if row.joined_at and not changed["mail"]:
            raise conflict(f"{row.name} signs in with {row.mail}.", mend="Give another address.", field="mail")
    if above := changed.get("manager_id"):
        if above == user_id:
            raise invalid("Nobody is their own manager.", field="manager")
        if not User.objects.filter(id=above).exists():
            raise not_found("user", format_id("usr", above))
    moved = [name for name, value in changed.items() if getattr(row, name) != value]
    for name in moved:
        setattr(row, name, changed[name])
    if moved:
        row.save(update_fields=moved)
        record(facts.UserChanged(user_id, moved), stream="org")


@action()
def put_user(
    *,
    actor: Actor,
    name: str,
    external_id: str | None = None,
    mail: str | None = None,
    role: str | None = None,
    team: str | None = None,
    region: str | None = None,
    manager_id: UUID | None = None,
) -> PutUser:
    """One imported person: found by external id, else mail, else name; opened or changed. None leaves as it is.

    A role is taken for new people only: an import never changes the rights of those who are here.
    """
    require(actor, "import", "user")
    clean, shown = (clean_mail(mail) if mail else None), clean_name(name)
    row = _find(external_id, clean, shown)
    if row is None:
        made = add_user(
            actor=actor,
            name=shown,
            role=role or "member",
            mail=clean,
            team=team or "",
            region=region or "",
            manager_id=manager_id,
            external_id=external_id,
        )
        return PutUser(made, "opened")
    given = {
        "name": shown,
        "mail": clean,
        "team": team,
        "region": region,
        "manager_id": manager_id,
        "external_id": external_id,
    }
    moved = {key: value for key, value in given.items() if value is not None and getattr(row, key) != value}
    if moved:
        change_user(actor=actor, user_id=row.id, **moved)
    return PutUser(row.id, "changed" if moved else "unchanged")


@action()
def change_role(*, actor: Actor, user_id: UUID, role: str) -> None:
    """Give a user another role. Refusal "conflict" for the last admin."""
    require(actor, "change_role", "user")
    check_role(role)
    row = _locked(user_id)
    if row.role == role:
        return
    if row.role == "admin":
        _keep_an_admin(row)
    was, row.role = row.role, role
    row.save(update_fields=["role"])
    record(facts.RoleChanged(user_id, was, role), stream="org")


@action()
def revoke_user(*, actor: Actor, user_id: UUID) -> None:
    """Take away every way in, at once: open sessions, links and codes. The person's work and name stay."""
    require(actor, "revoke", "user")
    row = _locked(user_id)
    if not row.is_active:
        return
    if row.role == "admin":
        _keep_an_admin(row)
    row.is_active = False
    row.save(update_fields=["is_active"])
    end_all(user_id)
    Link.objects.filter(user_id=user_id, used_at=None, revoked_at=None).update(revoked_at=act().now)
    record(facts.UserRevoked(user_id), stream="org")


@action()
def restore_user(*, actor: Actor, user_id: UUID) -> None:
    """Let a revoked user in again."""
    require(actor, "restore", "user")
    row = _locked(user_id)
    if not row.is_active:
        row.is_active = True
        row.save(update_fields=["is_active"])
        record(facts.UserRestored(user_id), stream="org")


@action()
def set_password(
    *, actor: Actor, user_id: UUID, password: str, current: str | None = None, keep: UUID | None = None
) -> None:
    """Set one's own password; it ends the person's sessions but `keep`. Who has one says it first. Refusal "invalid"
    when that does not fit or the new one is weak."""
    if actor.id != format_id("usr", user_id):
        raise forbidden("A password is set by the person themselves.", mend="Invite them anew: the link lets them in.")
    row = _locked(user_id)
    if row.has_usable_password() and not row.check_password(current or ""):
        raise invalid(
            "That is not your password of now.", mend="Who has forgotten it removes it first.", field="current"
        )
    organization = Organization.objects.first()
    problem = weak_password(
        password,
        name=row.name,
        mail=row.mail or "",
        organization=organization.name if organization else "",
        is_common=is_common(password),
    )
    if problem:
        raise invalid(problem, mend="Choose a longer phrase of your own.", field="password")
    row.set_password(password)
    row.save(update_fields=["password"])
    end_all(user_id, keep=keep)
    record(facts.PasswordSet(user_id), stream="org")


@action()
def remove_password(*, actor: Actor, user_id: UUID, keep: UUID | None = None) -> None:
    """Do without a password from now on: codes by mail, passkeys or the provider are left. Ends other sessions."""
    if actor.id != format_id("usr", user_id):
        raise forbidden("A password is removed by the person themselves.")
    row = _locked(user_id)
    if row.has_usable_password():
        row.set_unusable_password()
        row.save(update_fields=["password"])
        end_all(user_id, keep=keep)
        record(facts.PasswordRemoved(user_id), stream="org")


def is_common(password: str) -> bool:
    """Whether it stands in the list of twenty thousand that Django brings."""
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return True
    return False


def check_role(role: str) -> None:
    """Refusal "invalid" for a role that is neither built in nor the organization's own."""
    if role in ROLES:
        return
    own = list(Role.objects.order_by("key").values_list("key", flat=True))
    if role not in own:
        raise invalid(f"There is no role {role[:40]}.", mend=f"Roles are {', '.join([*ROLES, *own])}.", field="role")


def _locked(user_id: UUID) -> User:
    row = User.objects.select_for_update().filter(id=user_id).first()
    if row is None:
        raise not_found("user", format_id("usr", user_id))
    return row


def _keep_an_admin(row: User) -> None:
    others = User.objects.filter(role="admin", is_active=True, is_demo=row.is_demo).exclude(id=row.id)
    if not others.exists():
        raise conflict(f"{row.name} is the last admin.", mend="Make somebody else an admin first.")


def _find(external_id: str | None, mail: str | None, name: str) -> User | None:
    if external_id and (row := User.objects.filter(external_id=external_id).first()):
        return row
    if mail and (row := User.objects.filter(mail=mail).first()):
        return row
    if mail or external_id:
        # Somebody of that name who has another address or id is somebody else.
        rows = User.objects.filter(Q(mail=None) if mail else Q(), Q(external_id=None) if external_id else Q())
    else:
        rows = User.objects.all()
    return rows.annotate(low=Lower("name")).filter(low=name.lower()).order_by("created_at").first()
