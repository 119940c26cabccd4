"""Look at one journey: snapshot, decide, write. Called in the drain, under the lock of the account's stream."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from onward.accounts import actions as accounts_actions
from onward.accounts import queries as accounts
from onward.automation.actions.sending import send_for
from onward.automation.decisions.world import watched
from onward.automation.queries.snapshot import outside
from onward.foundation.actions import act
from onward.foundation.postgres import new_id
from onward.journeys import actions as journeys
from onward.journeys import facts as journey_facts
from onward.journeys import queries as journey_queries
from onward.journeys.decisions.progress import Happened, advance
from onward.journeys.decisions.reopening import reopen
from onward.journeys.decisions.state import Run
from onward.kernel.actor import AUTOMATION
from onward.kernel.ids import format_id, parse_id
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook
from onward.usage import actions as usage


def look(journey_id: UUID, *, reopened: Iterable[UUID] = (), opened: bool = False) -> bool:
    """Bring a journey up to date; whether anything moved. `reopened`: tasks whose "done" was taken back just now."""
    run = journey_queries.held_run(journey_id)
    if run is None:
        return False
    before = journeys.remember(run)
    book = playbooks.version(run.journey.version_id)
    now = act().now
    happened: list[Happened] = []
    for task in run.tasks:
        if task.id in set(reopened):
            happened += [Happened(fact) for fact in reopen(book, run, task)]
    if opened:
        watch(run.journey.account_id)
    happened += advance(book, run, outside(book, run, now), now, new_id)
    send_for(book, run, happened)
    moved = journeys.apply(
        actor=AUTOMATION, account_id=run.journey.account_id, run=run, before=before, happened=happened
    )
    for item in happened:
        if isinstance(item.fact, journey_facts.RoleHandedOver) and item.fact.role == book.accountable:
            _own(run.journey.account_id, item.fact)
    if any(isinstance(item.fact, journey_facts.JourneyCompleted) for item in happened):
        _completed(book, run)
    journey_queries.keep(run)
    return moved


def watch(account_id: UUID) -> None:
    """Say which product events the account's open journeys wait for."""
    names: set[str] = set()
    for version_id in journey_queries.watching_versions(account_id, act().now):
        names |= watched(playbooks.version(version_id))
    usage.set_watches(actor=AUTOMATION, account_id=account_id, names={"*"} if "*" in names else names)


def _own(account_id: UUID, given: journey_facts.RoleHandedOver) -> None:
    """The account goes over with its journey, unless somebody else owns it."""
    account = accounts.account_metrics(account_id)
    owner = f"user:{format_id('usr', account.owner_id)}" if account and account.owner_id else None
    if owner in {given.before, None}:
        new = parse_id("usr", given.after.removeprefix("user:"))
        accounts_actions.change_account(actor=AUTOMATION, account_id=account_id, owner_id=new)


def _completed(book: Playbook, run: Run) -> None:
    """The account goes over to its steady state, unless another journey of it is still under way."""
    if book.on_complete.account and not journey_queries.open_of_account(run.journey.account_id):
        accounts_actions.set_state(actor=AUTOMATION, account_id=run.journey.account_id, state=book.on_complete.account)
    watch(run.journey.account_id)
