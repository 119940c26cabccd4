"""Bringing colleagues: who may, whom one asks, and how one asks for a link where no mail leaves."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from onward.accounts import queries as accounts
from onward.accounts.decisions.workspaces import may_bring
from onward.accounts.queries.workspaces import colleague_domains, portal_rules
from onward.conversation import queries as conversations
from onward.foundation.postgres.door import as_owner
from onward.identity import queries as identity
from onward.interfaces.portal.who import Visitor
from onward.journeys.queries import JourneyView


def asking_for(row: accounts.ContactRow) -> str:
    """What one asks when a colleague was invited and no mail leaves."""
    return f"Please send {row.name}{f' ({row.mail})' if row.mail else ''} a link to come in."


def asking_in(name: str, mail: str) -> str:
    """What one asks when a colleague's address is of another domain."""
    return f"Please let {name} come in. The address, {mail}, is of a domain that you do not know as ours yet."


def asked_for(visitor: Visitor, view: JourneyView, waiting: list[accounts.ContactRow]) -> set[str]:
    """The names of those for whom a link was asked and not made yet."""
    if not waiting:
        return set()
    open_ = {
        one.text
        for one in conversations.unanswered(visitor.actor, account_id=view.account_id, journey_id=view.id, tasks=())
    }
    return {row.name for row in waiting if asking_for(row) in open_}


def not_come_yet(rows: Sequence[accounts.ContactRow]) -> set[UUID]:
    """Who of them was invited by a colleague and has not signed in."""
    brought = {row.id for row in rows if row.invited_by.startswith("contact:")}
    with as_owner():
        return brought - set(identity.have_entered(brought))


def helper_of(view: JourneyView, vendor: str) -> str:
    """Whom the customer asks: whoever drives their onboarding, else the vendor."""
    return view.owner.name if view.owner else vendor


def domains_for(visitor: Visitor, view: JourneyView) -> list[str]:
    """The domains of which a colleague may be brought in by this person; none where they may bring nobody."""
    if not may_bring_here(visitor):
        return []
    with as_owner():
        return colleague_domains(visitor.actor, view.account_id)


def may_bring_here(visitor: Visitor) -> bool:
    """Whether this person may bring colleagues, by the organization's rules."""
    if visitor.preview:
        return False
    with as_owner():
        return may_bring(visitor.roles, portal_rules().inviters)
