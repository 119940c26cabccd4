"""ARR from won deals, and the segment that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from onward.accounts import facts
from onward.accounts.decisions import checked_rules, segment_for
from onward.accounts.models import Account, Deal, SegmentRule
from onward.accounts.queries import segment_rules
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import stream_of
from onward.identity.decisions import require
from onward.kernel.actor import Actor


@action(stream=lambda kw: stream_of(kw["account_id"]))
def judge_segment(*, actor: Actor, account_id: UUID, is_silent: bool = False) -> None:
    """Sum the won deals and judge the segment again; nothing happens when both stay as they are."""
    row = Account.objects.select_for_update().filter(id=account_id).first()
    if row is not None:
        judge(row, is_silent=is_silent)


@action()
def set_segment_rules(*, actor: Actor, above: Mapping[str, Decimal | None]) -> int:
    """Put these thresholds in force (USD a year, exclusive; None: all the rest). Accounts are judged by
    `judge_segments_again`. Refusal "invalid" when the rules cannot all apply."""
    require(actor, "change", "segment")
    rules = checked_rules(above)
    SegmentRule.objects.all().delete()
    SegmentRule.objects.bulk_create([SegmentRule(segment=rule.segment, above=rule.above) for rule in rules])
    record(facts.SegmentRulesChanged({rule.segment: rule.above for rule in rules}), stream="org")
    return len(rules)


def judge_segments_again(*, actor: Actor) -> int:
    """Judge every account whose segment the rules decide, one after the other; how many there were."""
    ids = list(Account.objects.filter(segment_from="rule").order_by("id").values_list("id", flat=True))
    rules = segment_rules()
    for one in ids:
        row = Account.objects.filter(id=one).first()
        if row is not None and segment_for(row.arr, rules) != row.segment:
            judge_segment(actor=actor, account_id=one)
    return len(ids)


def judge(row: Account, *, is_silent: bool = False) -> None:
    """Inside an action that holds the account: ARR of the won deals unless given, segment by the rules unless given.

    Amounts in other currencies than the account's are left out of the sum: nothing here knows exchange rates.
    """
    arr = row.arr
    if not row.arr_is_given:
        won = Deal.objects.filter(account_id=row.id, state="won", currency=row.currency)
        arr = won.aggregate(sum=Sum("amount"))["sum"]
    segment = segment_for(arr, segment_rules()) if row.segment_from == "rule" else row.segment
    if arr == row.arr and segment == row.segment:
        return
    was, row.arr, row.segment = row.segment, arr, segment
    row.version += 1
    row.updated_at = act().now
    row.save(update_fields=["arr", "segment", "version", "updated_at"])
    record(facts.SegmentJudged(row.id, was, segment, arr, is_silent), stream=stream_of(row.id))
