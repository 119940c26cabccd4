"""The organization's duration targets: a table is never changed, a next one is put in force."""

from __future__ import annotations

from onward.accounts import facts
from onward.accounts.decisions.targets import DurationTargets
from onward.accounts.models import DurationTable
from onward.accounts.queries.targets import duration_targets
from onward.foundation.actions import act, action, record
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal


@action()
def set_duration_targets(*, actor: Actor, targets: DurationTargets, seen: int | None = None) -> int:
    """Put these targets in force for journeys that open from now on; the table's number. `seen` is the number of the
    table that the person had before them: Refusal "stale" when there is a later one. Nothing happens when it is the
    table in force already."""
    require(actor, "change", "segment")
    now = duration_targets()
    if seen is not None and seen != now.number:
        raise Refusal(
            "stale",
            "Somebody put other targets in force meanwhile.",
            mend="Look at them, then repeat your change.",
            details={"number": now.number},
        )
    if targets == now.targets:
        return now.number
    row = DurationTable.objects.create(number=now.number + 1, since=act().now, by=actor.ref, table=targets.table())
    record(facts.DurationTargetsChanged(row.number, **targets.table()), stream="org")
    return row.number
