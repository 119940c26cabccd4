"""What moves to another account takes its times along: totals shrink, and so do their bounds.  covers R4"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from onward.accounts.models import Account
from onward.usage import actions
from tests.usage.test_order import BEGIN, send

Rows = Callable[..., list[tuple[Any, ...]]]


def message(name: str, at: datetime, **fields: Any) -> dict[str, Any]:
    return {"messageId": name, "timestamp": at.isoformat(), "type": "track", "event": "Run", **fields}


def test_an_account_begins_and_ends_with_those_who_stay(db: None, rows: Rows) -> None:
    for group in ("g1", "g2"):
        Account.objects.create(name=group, group_id=group, created_at=BEGIN, updated_at=BEGIN)
    actions.rooms.forget()
    first, second, third, last = (BEGIN + timedelta(hours=hours) for hours in (1, 2, 3, 4))
    send(
        [
            message("in", first, type="group", userId="ann", groupId="g1"),
            message("m1", first, userId="ann"),
            message("m2", second, userId="bob", context={"groupId": "g1"}),
            message("m3", third, userId="bob", context={"groupId": "g1"}),
            message("m4", last, userId="ann"),
        ]
    )
    actions.derive_all()
    totals = (
        "select a.name, u.n, u.users, u.first_at, u.last_at from usage_account u"
        " join accounts_account a on a.id = u.account_id where u.n > 0 order by 1"
    )
    assert rows(totals) == [("g1", 4, 2, first, last)]
    send([message("over", last, type="group", userId="ann", groupId="g2")])
    actions.derive_all()
    assert rows(totals) == [("g1", 2, 1, second, third), ("g2", 2, 1, first, last)]
