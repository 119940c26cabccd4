"""How portals are entered: the rules for all, an account's own, its link, and the colleagues whom contacts bring."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from onward.accounts import facts
from onward.accounts.actions.contacts import add_contact, change_contact, restore_contact, revoke_contact
from onward.accounts.decisions import role_title
from onward.accounts.decisions.embedding import AGAIN, claims_of
from onward.accounts.decisions.stakeholders import STAKEHOLDER_ROLES
from onward.accounts.decisions.workspaces import (
    INVITERS,
    LEAST_ROLE,
    clean_ancestors,
    clean_level,
    clean_listed,
    fits_colleagues,
    is_listed,
    may_bring,
    may_withdraw,
)
from onward.accounts.models import Contact, EmbedUse, Guest, PortalRules, Workspace
from onward.accounts.queries.contacts import ContactRow
from onward.accounts.queries.workspaces import (
    colleague_domains,
    embedded_contact,
    portal_rules,
    sealed_embed_secret,
    workspace,
)
from onward.foundation import secrets
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import ORG, facts_of, stream_of
from onward.foundation.sealing import Unreadable, seal, unseal
from onward.identity.decisions import Thing, clean_mail, require
from onward.identity.queries import have_entered
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid, not_found

EMBEDDING = "portal embedding"


@action()
def set_portal_rules(*, actor: Actor, level: str, inviters: str, ancestors: Iterable[str]) -> None:
    """How every portal is entered unless its account says otherwise, who invites colleagues, which pages may frame."""
    require(actor, "change", "organization")
    if inviters not in INVITERS:
        raise invalid("Say who may invite colleagues.", field="inviters")
    new = (clean_level(level), inviters, clean_ancestors(ancestors))
    row = _rules()
    if (row.level, row.inviters, list(row.ancestors)) != new:
        row.level, row.inviters, row.ancestors = new
        row.save(update_fields=["level", "inviters", "ancestors"])
        record(facts.PortalRulesChanged(row.level, row.inviters, list(row.ancestors)), stream="org")


@action()
def make_embed_secret(*, actor: Actor) -> str:
    """A fresh secret for signing embed tokens, to be shown once; what was signed with the one before holds no more."""
    require(actor, "change", "organization")
    row, secret = _rules(), secrets.token(256)
    row.embed_secret, row.embed_made_at = seal(secret, EMBEDDING), act().now
    row.save(update_fields=["embed_secret", "embed_made_at"])
    record(facts.EmbedSecretMade(), stream="org")
    return secret


@action()
def remove_embed_secret(*, actor: Actor) -> None:
    """No token holds any more."""
    require(actor, "change", "organization")
    row = _rules()
    if row.embed_secret:
        row.embed_secret, row.embed_made_at = "", None
        row.save(update_fields=["embed_secret", "embed_made_at"])
        record(facts.EmbedSecretRemoved(), stream="org")


@action(stream=lambda _: ())
def use_embed_token(*, actor: Actor, token: str) -> ContactRow:
    """Whose portal a token opens, this once. A Refusal in words for one that is expired, used, or not signed by us."""
    try:
        secret = unseal(sealed_embed_secret(), EMBEDDING)
    except Unreadable:
        secret = ""
    now = act().now
    claims = claims_of(token, secret, now)
    found = embedded_contact(claims.account, claims.contact, claims.mail)
    if found is None:
        raise forbidden("You are not among the people of this portal yet.", mend="Ask whoever leads your onboarding.")
    EmbedUse.objects.filter(expires_at__lt=now).delete()
    if not _first_use(token, datetime.fromtimestamp(claims.expires_at, UTC)):
        raise Refusal("forbidden", "This window was opened with a token that was used before.", mend=AGAIN)
    return found


@action(stream=lambda _: ())
def spend_embed_pass(*, actor: Actor, text: str, seconds: int) -> bool:
    """Whether this way out of a frame is used for the first time; it holds for so many seconds at most."""
    return _first_use(text, act().now + timedelta(seconds=seconds))


def _first_use(text: str, ends: datetime) -> bool:
    return EmbedUse.objects.get_or_create(digest=secrets.digest(text), defaults={"expires_at": ends})[1]


@action(stream=lambda kw: stream_of(kw["account_id"]))
def set_workspace(*, actor: Actor, account_id: UUID, level: str, listed: Iterable[str]) -> None:
    """How this account's portal is entered ("" as everywhere), and which addresses and domains are listed."""
    require(actor, "change", Thing("account", account_id))
    level, entries = clean_level(level, may_be_default=True), clean_listed(listed)
    if level == "listed" and not entries:
        raise invalid(
            "Nothing is listed yet.",
            mend="Add a domain or an address, one a line.",
            fields={"listed": "Add a domain or an address, one a line."},
        )
    row = _workspace(account_id)
    if (row.level, list(row.listed)) != (level, entries):
        was, row.level, row.listed = row.level, level, entries
        row.save(update_fields=["level", "listed"])
        record(facts.WorkspaceChanged(account_id, was, level, entries), stream=stream_of(account_id))


@action(stream=lambda kw: stream_of(kw["account_id"]))
def make_workspace_link(*, actor: Actor, account_id: UUID) -> str:
    """A fresh link's secret (128 bits), to be shown once; the link before it opens nothing any more."""
    require(actor, "change", Thing("account", account_id))
    row, secret = _workspace(account_id), secrets.token(128)
    row.link_digest, row.link_made_at, row.link_made_by = secrets.digest(secret), act().now, actor.ref
    row.save(update_fields=["link_digest", "link_made_at", "link_made_by"])
    record(facts.WorkspaceLinkMade(account_id), stream=stream_of(account_id))
    return secret


@action(stream=lambda kw: stream_of(kw["account_id"]))
def revoke_workspace_link(*, actor: Actor, account_id: UUID) -> None:
    """The link opens nothing from now on."""
    require(actor, "change", Thing("account", account_id))
    row = _workspace(account_id)
    if row.link_digest:
        row.link_digest = None
        row.save(update_fields=["link_digest"])
        record(facts.WorkspaceLinkRevoked(account_id), stream=stream_of(account_id))


@action(stream=lambda kw: stream_of(kw["account_id"]))
def introduce_contact(*, actor: Actor, account_id: UUID, name: str, mail: str, role: str) -> UUID:
    """A contact brings a colleague. Refusals: "forbidden" where the rules let others do it, "invalid" at the field."""
    me = _colleague(actor, account_id)
    if not may_bring(me.roles, portal_rules().inviters):
        raise forbidden("You cannot invite people here.", mend="Ask your champion, or whoever leads your onboarding.")
    address = _address(mail)
    if role and role not in STAKEHOLDER_ROLES:
        raise invalid("Choose what they are here for.", fields={"role": "Choose one of the list."})
    known = Contact.objects.filter(account_id=account_id)
    row = known.filter(mail__iexact=address).first()
    if row is not None and not _was_withdrawn(row):
        raise conflict("Somebody with this address is here already.", mend="They ask for a code on the sign-in page.")
    mails = [one for one in known.values_list("mail", flat=True) if one]
    listed = workspace(actor, account_id).listed
    if not fits_colleagues(address, listed, mails):
        ours = ", ".join(colleague_domains(actor, account_id)[:4])
        raise invalid(
            f"{address.partition('@')[2]} is not a domain of your company.",
            mend=f"Known are {ours}; ask whoever leads your onboarding to add another."
            if ours
            else "Ask whoever leads your onboarding to add it.",
            fields={"mail": "Write an address of your company."},
        )
    roles = [role] if role else []
    if row is not None:
        made = row.id
        change_contact(actor=SYSTEM, contact_id=made, name=name, roles=roles)
        restore_contact(actor=SYSTEM, contact_id=made)
    else:
        made = add_contact(
            actor=SYSTEM, account_id=account_id, name=name, mail=address, roles=roles, is_demo=me.is_demo
        )
    _introduced(account_id, made, actor.ref)
    return made


def invited_colleague(actor: Actor, account_id: UUID, contact_id: UUID) -> str:
    """The name of a colleague whose invitation this contact may repeat or take back: who sent it, or a champion.
    Refusals: "not_found" for everybody else, "forbidden", "conflict" once they have signed in."""
    me = _colleague(actor, account_id)
    row = Contact.objects.filter(id=contact_id, account_id=account_id, revoked_at=None).first()
    if row is None or not row.invited_by.startswith("contact:"):
        raise not_found("invitation")
    if not may_withdraw(row.invited_by, actor.ref, me.roles):
        raise forbidden("Somebody else invited them.", mend="Ask your champion, or whoever did.")
    if have_entered([contact_id]):
        raise conflict(f"{row.name} has signed in already.", mend="Ask whoever leads your onboarding to change that.")
    return row.name


@action(stream=lambda kw: [stream_of(kw["account_id"]), ORG])
def withdraw_colleague(*, actor: Actor, account_id: UUID, contact_id: UUID) -> str:
    """Take an invitation back that nobody has come by; the name. They may be invited again. Refusals as
    `invited_colleague`."""
    name = invited_colleague(actor, account_id, contact_id)
    revoke_contact(actor=SYSTEM, contact_id=contact_id)
    record(facts.ContactWithdrawn(account_id, contact_id, name, actor.ref), stream=stream_of(account_id))
    return name


def _colleague(actor: Actor, account_id: UUID) -> Contact:
    me = None
    if actor.is_contact and actor.id and actor.account_id == account_id:
        me = Contact.objects.filter(id=parse_id("con", actor.id), revoked_at=None).first()
    if me is None:
        raise forbidden(
            "Only people of the account invite their colleagues here.", mend="Add them on the account's page."
        )
    return me


def _was_withdrawn(row: Contact) -> bool:
    """Whether a colleague took the invitation back; whom we shut out nobody else lets in."""
    if row.revoked_at is None:
        return False
    names = [facts.ContactRevoked.name, facts.ContactWithdrawn.name]
    found = facts_of(stream=stream_of(row.account_id), names=names, newest_first=True, limit=1000)
    last = next((fact for fact in found if fact.data["contact_id"] == str(row.id)), None)
    return last is not None and last.name == facts.ContactWithdrawn.name


@action(stream=lambda kw: stream_of(kw["account_id"]))
def admit_listed(*, actor: Actor, account_id: UUID, mail: str) -> UUID:
    """Somebody of a listed address has proven it: a contact with the least role, or the one they are already."""
    require(actor, "add", Thing("contact", account_id))
    address = clean_mail(mail)
    row = Contact.objects.filter(account_id=account_id, mail__iexact=address).first()
    if row is not None:
        if row.revoked_at is not None:
            raise forbidden("Your access was taken away.", mend="Ask whoever leads your onboarding.")
        return row.id
    seen = workspace(actor, account_id)
    if seen.level != "listed" or not is_listed(address, seen.listed):
        raise forbidden("This address is not listed any more.", mend="Ask whoever leads your onboarding.")
    name = " ".join(part.capitalize() for part in address.partition("@")[0].replace("_", ".").split(".") if part)
    made = add_contact(actor=actor, account_id=account_id, name=name or address, mail=address, roles=[LEAST_ROLE])
    _introduced(account_id, made, "listed")
    return made


@action(stream=lambda _: ())
def note_guest(*, actor: Actor, account_id: UUID, mail: str) -> None:
    """Somebody gave an address to see the plan; nothing is verified by that."""
    now = act().now
    address = _address(mail)
    row, is_new = Guest.objects.get_or_create(
        account_id=account_id, mail=address, defaults={"first_at": now, "last_at": now}
    )
    if not is_new:
        row.last_at = now
        row.save(update_fields=["last_at"])


def _introduced(account_id: UUID, contact_id: UUID, by: str) -> None:
    row = Contact.objects.get(id=contact_id)
    row.invited_by = by
    row.save(update_fields=["invited_by"])
    record(facts.ContactIntroduced(account_id, contact_id, row.name, by), stream=stream_of(account_id))


def _address(mail: str) -> str:
    try:
        return clean_mail(mail)
    except Refusal as refusal:
        raise invalid(refusal.message, mend=refusal.mend, fields={"mail": refusal.message}) from refusal


def _rules() -> PortalRules:
    return PortalRules.objects.select_for_update().get_or_create(is_only=True)[0]


def _workspace(account_id: UUID) -> Workspace:
    return Workspace.objects.select_for_update().get_or_create(account_id=account_id)[0]


ROLE_CHOICES = [(role, role_title(role)) for role in STAKEHOLDER_ROLES]
