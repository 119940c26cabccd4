"""Who holds each role of a journey at its beginning, as far as the playbook says how to find them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from onward.accounts import queries as accounts
from onward.journeys.decisions.opening import holders
from onward.kernel.ids import format_id
from onward.playbooks.decisions.definition import Playbook


def known_holders(
    book: Playbook,
    account_id: UUID,
    deal: accounts.DealRow | None,
    now: datetime,
    *,
    by_load: Mapping[str, tuple[str, str]],
    chosen: Mapping[str, str],
) -> dict[str, dict[str, str]]:
    """By role, as `holders` gives them, by the owners and contacts of now."""
    account = accounts.account_metrics(account_id)
    return holders(
        book,
        now,
        account_owner=_user(account.owner_id if account else None),
        deal_owner=_user(deal.owner_id if deal else None),
        by_load=by_load,
        contacts_by_role={
            role: [f"contact:{row.ref}" for row in rows] for role, rows in accounts.contacts_by_role(account_id).items()
        },
        chosen=chosen,
    )


def _user(user_id: UUID | None) -> str | None:
    return f"user:{format_id('usr', user_id)}" if user_id else None
