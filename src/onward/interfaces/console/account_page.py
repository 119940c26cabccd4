"""What other apps know of an account, put together by ids."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.conversation import queries as conversation
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.usage.queries.cells import last_use


def around_account(actor: Actor, account_id: UUID) -> dict[str, Any]:
    """Its journeys, deals that wait for a playbook, when it last used the product, and what is still open."""
    lines = journeys.journeys_of(actor, account_id)
    waiting = journeys.waiting_deals(actor, account_id=account_id)
    row = accounts.account(actor, account_id)
    held = accounts.contacts_by_role(account_id)
    return {
        "journeys": lines,
        "waiting": waiting,
        "waiting_names": accounts.deal_names([deal.deal_id for deal in waiting]),
        "last_use": last_use(account_id, None),
        "questions": questions(row, held),
        "asked": conversation.open_questions(actor, account_id=account_id, limit=5),
    }


def questions(row: accounts.AccountRow, held: dict[str, list[accounts.ContactRow]]) -> list[tuple[str, str, str]]:
    """What nobody has said yet and something rests on: (question, why it matters, where it is answered)."""
    asked = []
    edit = f"/accounts/{row.ref}/edit"
    if row.owner_id is None:
        asked.append(("Who owns this account?", "Their journeys have nobody who drives them.", f"{edit}#owner"))
    if not held.get("champion"):
        asked.append(("Who is the champion?", "Kickoff closes only with a named champion.", "#people"))
    if row.group_id is None:
        asked.append(("Which id has it in the product?", "Usage counts once the id is known.", f"{edit}#group_id"))
    if row.seats is None:
        asked.append(("How many seats did they buy?", "Shares of seats are unknown until then.", f"{edit}#seats"))
    if row.complexity is None:
        asked.append(("How complex is the set-up?", "Until somebody says, standard times apply.", f"{edit}#complexity"))
    return asked
