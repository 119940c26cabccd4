"""How portals are entered: the rules for all, each account's own, who gave an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Lower

from onward.accounts.decisions.workspaces import is_listed
from onward.accounts.models import Account, Contact, Guest, PortalRules, Workspace
from onward.accounts.queries.contacts import ContactRow, contact_row
from onward.foundation.secrets import digest
from onward.identity.decisions import Thing, require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class RulesRow:
    level: str
    inviters: str
    ancestors: tuple[str, ...]
    embed_made_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """`level` is what holds; `own` what was chosen for this account ("": the default)."""

    account_id: UUID
    level: str
    own: str
    listed: tuple[str, ...]
    link_made_at: datetime | None
    link_made_by: str


@dataclass(frozen=True, slots=True)
class GuestRow:
    mail: str
    first_at: datetime
    last_at: datetime


def portal_rules() -> RulesRow:
    """The rules; before anybody has set them, the strictest."""
    row = PortalRules.objects.first() or PortalRules()
    return RulesRow(row.level, row.inviters, tuple(row.ancestors), row.embed_made_at)


def colleague_domains(actor: Actor, account_id: UUID) -> list[str]:
    """The domains that a colleague's address may have: of what is listed, else of the people who are here."""
    known = Contact.objects.filter(account_id=account_id).exclude(mail=None).values_list("mail", flat=True)
    found = workspace(actor, account_id).listed or [mail for mail in known if mail]
    return sorted({one.strip().rpartition("@")[2].lower() for one in found} - {""})


def sealed_embed_secret() -> str:
    """As it is stored; "" when there is none."""
    return PortalRules.objects.values_list("embed_secret", flat=True).first() or ""


def workspace(actor: Actor, account_id: UUID) -> WorkspaceRow:
    """How this account's portal is entered."""
    require(actor, "see", Thing("account", account_id, is_shared=True, ref=format_id("acc", account_id)))
    return _row(Workspace.objects.filter(account_id=account_id).first(), account_id)


def workspace_of_link(secret: str) -> WorkspaceRow | None:
    """The workspace whose link this is; None for one that was revoked or never made."""
    row = Workspace.objects.filter(link_digest=digest(secret)).first() if secret else None
    return _row(row, row.account_id) if row else None


def listing(mail: str) -> UUID | None:
    """The account whose portal lists this address or its domain and lets such people in; the latest of several."""
    word = mail.strip().lower()
    rows = Workspace.objects.filter(listed__overlap=[word, word.rpartition("@")[2]]).order_by("-account__created_at")
    default = portal_rules().level
    fits = [row.account_id for row in rows[:20] if (row.level or default) == "listed" and is_listed(word, row.listed)]
    # Whose access was taken away does not come back by another door.
    here = set(Contact.objects.filter(account_id__in=fits, mail__iexact=word).values_list("account_id", flat=True))
    return next((account_id for account_id in fits if account_id not in here), None)


def guests(actor: Actor, account_id: UUID) -> list[GuestRow]:
    """Who gave an address to see the plan, the latest first."""
    require(actor, "see", Thing("account", account_id, ref=format_id("acc", account_id)))
    rows = Guest.objects.filter(account_id=account_id).order_by("-last_at")[:50]
    return [GuestRow(row.mail, row.first_at, row.last_at) for row in rows]


def embedded_contact(account: str, contact: str, mail: str) -> ContactRow | None:
    """The contact that a token names: the account by our id or its external one, the person likewise or by address."""
    account_id = _account(account)
    if account_id is None:
        return None
    rows = Contact.objects.filter(account_id=account_id, revoked_at=None)
    if contact:
        ours = _parsed("con", contact)
        found = rows.filter(id=ours).first() if ours else rows.filter(external_id=contact).first()
    else:
        found = rows.annotate(low=Lower("mail")).filter(low=mail).first()
    return contact_row(found) if found else None


def _account(named: str) -> UUID | None:
    ours = _parsed("acc", named)
    return ours or Account.objects.filter(external_id=named).values_list("id", flat=True).first()


def _parsed(prefix: str, text: str) -> UUID | None:
    if not text.startswith(f"{prefix}_"):
        return None
    try:
        return parse_id(prefix, text)
    except Refusal:
        return None


def _row(row: Workspace | None, account_id: UUID) -> WorkspaceRow:
    default = portal_rules().level
    if row is None:
        return WorkspaceRow(account_id, default, "", (), None, "")
    made = row.link_made_at if row.link_digest else None
    return WorkspaceRow(account_id, row.level or default, row.level, tuple(row.listed), made, row.link_made_by)
