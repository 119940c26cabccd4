"""What is derived of accounts, recomputed: ARR from won deals, segment from ARR."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from onward.accounts.decisions.segments import segment_for
from onward.accounts.queries.accounts import segment_rules
from onward.foundation.postgres import one_statement
from onward.kernel.ids import format_id

_ACCOUNTS = """
select a.id, a.arr, a.arr_is_given, a.segment, a.segment_from, sum(d.amount) filter (where d.state = 'won') as won,
       count(d.id) filter (where d.state = 'won' and d.announced_at is null) as owed
from accounts_account a left join accounts_deal d on d.account_id = a.id group by a.id
"""


def differences() -> Iterator[str]:
    """Each account whose ARR or segment does not follow from its deals and the rules, as a sentence."""
    rules = segment_rules()
    for row in one_statement(_ACCOUNTS):
        ref = format_id("acc", row["id"])
        expected: Decimal | None = row["arr"] if row["arr_is_given"] else row["won"]
        if row["arr"] != expected:
            yield f"account {ref}: its ARR is {row['arr']}, its won deals sum to {expected}"
        segment = segment_for(expected, rules)
        if row["segment_from"] == "rule" and row["segment"] != segment:
            yield f"account {ref}: its segment is {row['segment']}, the rules say {segment}"
        if row["owed"]:
            yield f"account {ref}: {row['owed']} won deals were never announced"
