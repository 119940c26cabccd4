"""The reaction to facts: which journeys to look at, and which won deals open one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.automation.actions.looking import look
from onward.automation.actions.telling import tell
from onward.automation.decisions.messages import SENT
from onward.automation.queries.sale import sale
from onward.foundation import clock, pretending
from onward.foundation.ledger import Batch, Recorded, touch
from onward.journeys import actions as journeys
from onward.journeys import queries as journey_queries
from onward.kernel.actor import AUTOMATION
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal
from onward.playbooks import queries as playbooks

DELIVERED = {"engagement.message.sent", "engagement.message.written"}
FAILED = "engagement.message.failed"
OURS = AUTOMATION.ref
#: After these the journey may wait for other events of the product.
DEFINED_ANEW = {"journey.opened", "journey.asked", "journey.playbook.merged", "journey.playbook.unmerged"}
#: What our own calendar is made of: a change may move a date of any journey.
CALENDAR = {"zone", "working_week", "holidays", "closed_days", "days_off"}
#: After which a deal may open its journey: a playbook may begin before the signature.
WON = "deal.won"
SALES = {"deal.opened", "deal.changed", WON}
NEW = {"account.opened", "deal.opened", WON}


def concerns(batch: Batch) -> bool:
    """Whether `react` has anything to do with these facts: what automation itself wrote needs no second look."""
    if batch.touched or any(fact.name.startswith("engagement.message.") for fact in batch.facts):
        return True
    if batch.journey is None:
        own = any(fact.name in SALES or _moves_our_days(fact) for fact in batch.facts)
        return own or _concerns_all(batch.facts)
    return any(fact.actor != OURS or fact.name in {"journey.opened", "journey.asked"} for fact in batch.facts)


def react(batch: Batch) -> None:
    """The ledger's first subscriber."""
    delivered = _deliver(batch.facts)
    if batch.journey is not None:
        reopened = [UUID(fact.data["task_id"]) for fact in batch.facts if fact.name == "journey.task.reopened"]
        opened = any(fact.name in DEFINED_ANEW for fact in batch.facts)
        tell(batch.facts)
        if opened or delivered or any(_may_move(fact) for fact in batch.facts):
            look(batch.journey, reopened=reopened, opened=opened)
        return
    early = any(fact.name in SALES - {WON} for fact in batch.facts) and playbooks.may_begin_before_the_signature()
    for fact in batch.facts:
        if fact.name == WON or (early and fact.name in SALES):
            _open(fact)
        elif fact.name == "deal.lost":
            _lost(fact)
        elif _moves_our_days(fact):
            touch(journey_queries.open_streams())
    if batch.stream.startswith("acc_") and (delivered or batch.touched or _concerns_all(batch.facts)):
        account_id = parse_id("acc", batch.stream)
        concerned = (
            journey_queries.corrected_of_account(account_id, clock.now())
            if batch.touched
            else journey_queries.open_of_account(account_id)
        )
        for journey_id in concerned:
            look(journey_id)


def tick(limit: int = 500) -> bool:
    """Ask for a look at every journey whose moment has come; True when there was one. While somebody else lives a past,
    nobody is looked at with the present's date."""
    if pretending.progress():
        return False
    streams = journey_queries.due_streams(clock.now(), limit)
    touch(streams)
    return len(streams) == limit


def _may_move(fact: Recorded) -> bool:
    """What colleagues say moves no journey; what they do may, and what a customer says ends a silence."""
    says = fact.name.startswith(("comment.", "file."))
    return fact.actor != OURS and (not says or fact.actor.startswith("contact:"))


def _moves_our_days(fact: Recorded) -> bool:
    """Whether the days on which we work, or one of us, are others now."""
    return fact.name in {"organization.changed", "user.changed"} and bool(CALENDAR & set(fact.data["changed"]))


def _concerns_all(facts: Iterable[Recorded]) -> bool:
    """A change of the account, its people or its deals may move any of its journeys; a new deal opens its own."""
    return any(
        fact.name.startswith(("account.", "contact.", "deal.", "usage.")) and fact.name not in NEW for fact in facts
    )


def _deliver(facts: Iterable[Recorded]) -> bool:
    """Close the tasks whose message went out; open those again whose message bounced."""
    moved = False
    for fact in facts:
        task = fact.data.get("task_id") if fact.name.startswith("engagement.message.") else None
        if not task or fact.data.get("kind") == "code":
            continue
        if fact.name in DELIVERED:
            why = "its moment has passed" if fact.data.get("silent") else "no mail server is set up"
            note = f"In the outbox: {why}." if fact.name.endswith("written") else ""
            journeys.deliver_task(actor=AUTOMATION, task_id=UUID(task), note=note)
            moved = True
        elif fact.name == FAILED:
            moved |= _reopen(UUID(task), str(fact.data.get("problem", "")))
    return moved


def _reopen(task_id: UUID, problem: str) -> bool:
    if journey_queries.work_task(AUTOMATION, task_id).kind not in SENT:
        return False
    try:
        journeys.reopen_task(actor=AUTOMATION, task_id=task_id, reason=f"The mail did not arrive. {problem}".strip())
    except Refusal:
        # It was still open: nothing to take back.
        return False
    return True


def _open(fact: Recorded) -> None:
    """A won deal opens its journey on the fitting playbook, or waits for a person to choose one. One for which a person
    was asked already is theirs to choose. Before the signature only a playbook that begins earlier opens one, and
    nobody is asked."""
    account_id, deal_id = UUID(fact.data["account_id"]), UUID(fact.data["deal_id"])
    is_won = fact.name == WON
    if journey_queries.has_journey_of_deal(deal_id):
        if is_won:
            _signed(account_id, deal_id)
        return
    if journey_queries.is_waiting(deal_id):
        return
    if fact.data.get("journeys") == "account" and journey_queries.has_journey(account_id):
        return
    place: dict[str, Any] = {
        "actor": AUTOMATION,
        "account_id": account_id,
        "deal_id": deal_id,
        "judged_on": datetime.fromisoformat(fact.data["as_of"]) if fact.data.get("as_of") else None,
        "silent_before": fact.recorded_at if fact.data.get("is_silent") else None,
    }
    choice = playbooks.fitting(sale(account_id, deal_id, clock.now()).readings)
    if choice.version_id is None and not is_won:
        return
    if choice.version_id is None:
        journeys.wait_for_playbook(**place, why=choice.why)
    else:
        journeys.open_journey(**place, version_id=choice.version_id)


def _signed(account_id: UUID, deal_id: UUID) -> None:
    """The signature of a deal whose journey began before it: from now on its dates are known."""
    for journey_id in journeys.sign_journeys(actor=AUTOMATION, account_id=account_id, deal_id=deal_id):
        look(journey_id)


def _lost(fact: Recorded) -> None:
    """A deal that was lost ends the journey that began before its signature."""
    account_id, deal_id = UUID(fact.data["account_id"]), UUID(fact.data["deal_id"])
    for journey_id in journey_queries.unsigned_of_deal(account_id, deal_id):
        journeys.cancel_journey(actor=AUTOMATION, journey_id=journey_id, reason="The deal was lost.")
