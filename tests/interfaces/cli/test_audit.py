"""R15: the audit finds nothing after an honest history, and each of 30 planted corruptions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from onward.interfaces.cli.audit import differences, settle
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.usage import actions as usage
from tests.journeys.test_journey import agree_goal, hold_kickoff, task, won
from tests.journeys.test_success_plan import propose, wanted
from tests.world import SIGNED, Cast, cast

PLANTED = {
    "a lost fact": (
        "delete from ledger_fact where (stream, seq) ="
        " (select stream, max(seq) from ledger_fact where stream like 'acc%' group by 1 order by 2 desc limit 1)"
    ),
    "a gap in the ledger": (
        "delete from ledger_fact where name = 'journey.stage.entered' and data ->> 'stage' = 'kickoff'"
    ),
    "a cursor behind": "update ledger_stream set drained = 0 where id like 'acc%'",
    "a forgotten touch": (
        "update ledger_stream set touched = true, due_at = now() + interval '1 day' where id like 'acc%'"
    ),
    "a stuck reaction": "insert into ledger_stuck values ('automation', 'org', '', 1, 1, now(), 'boom')",
    "a doubled daily count": "update usage_daily set n = n + 1",
    "a wrong first time": "update usage_daily set first_at = first_at - interval '1 day'",
    "a lost daily count": "delete from usage_daily",
    "a lost message id": "delete from usage_key",
    "a lost raw event": "delete from usage_event where ctid = (select min(ctid) from usage_event)",
    "a person moved": "update usage_person set account_id = null",
    "a person's count off": "update usage_account_person set n = n + 3",
    "an account's count off": "update usage_account set n = n + 1",
    "an account's people off": "update usage_account set users = users + 1",
    "a source's count off": "update usage_source_count set n = n + 5 where what = 'stored'",
    "an ARR that is no sum": "update accounts_account set arr = 1 where name = 'Acme Freight'",
    "a segment against the rules": "update accounts_account set segment = 'enterprise' where name = 'Acme Freight'",
    "a won deal never told": "update accounts_deal set announced_at = null",
    "a journey's state": "update journeys_journey set state = 'paused'",
    "a stage opened again in silence": "update journeys_stagerun set closed_at = null, how = '' where key = 'kickoff'",
    "a stage closed without proof": (
        "update journeys_stagerun set closed_at = now(), how = 'proven' where key = 'setup'"
    ),
    "a stage never entered": "update journeys_stagerun set entered_at = null where key = 'setup'",
    "a task done by nobody": "update journeys_taskrun set state = 'done', done_at = now() where key = 'connect'",
    "a done task open": "update journeys_taskrun set state = 'open', done_at = null where key = 'sign_plan'",
    "a milestone taken away": "update journeys_milestonerun set met_at = null, how = '' where key = 'kickoff_done'",
    "a milestone at another time": (
        "update journeys_milestonerun set met_at = met_at - interval '1 day' where key = 'kickoff_done'"
    ),
    "a due date moved": "update journeys_taskrun set due_at = due_at + interval '3 days' where key = 'connect'",
    "a task in nobody's hands": "update journeys_taskrun set holder = 'user:nobody' where key = 'connect'",
    "a softened plan": "update journeys_planversion set body = replace(body, '80.0', '50.0')",
    "a plan softened whole": (
        "update journeys_planversion set body = replace(body, '80.0', '50.0'),"
        " hash = encode(sha256(convert_to(replace(body, '80.0', '50.0'), 'UTF8')), 'hex')"
    ),
    "an agreement that nobody gave": "update journeys_planversion set state = 'refused'",
    "a version lost": "delete from journeys_planversion",
    "a flattering pace": "update journeys_journey set pace = 'stalled'",
    "a portfolio row lost": "delete from insights_portfolio",
    "a portfolio row off": "update insights_portfolio set tasks_done = 99",
    "a portfolio name off": "update insights_portfolio set account_name = 'Nobody'",
    "a question that nobody asked": "update insights_portfolio set questions = 7",
    "a tally off": "update insights_tally set n = n + 1 where dimension = 'pace'",
}


@pytest.fixture
def history(transactional_db: None) -> Cast:
    """A journey in its second stage, with usage."""
    world = cast()
    journey_id = won(world)
    hold_kickoff(world, journey_id)
    agree_goal(world, journey_id)
    propose(world, journey_id, wanted(world))
    journeys.answer_plan(actor=world.dana, journey_id=journey_id, number=1, agreed=True)
    sign = task(queries.journey_view(world.mara, journey_id), "sign_plan").id
    journeys.complete_task(actor=world.dana, task_id=sign)
    lines = [f"u{number % 3},acme,Login,{(SIGNED + timedelta(hours=number)).isoformat()}" for number in range(12)]
    usage.import_events(actor=SYSTEM, content="\n".join(["userId,groupId,event,timestamp", *lines]).encode())
    settle()
    return world


def test_an_honest_history_has_no_difference_and_each_corruption_is_found(history: Cast) -> None:
    assert list(differences()) == []
    unseen = []
    for name, statement in PLANTED.items():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount != 0, f"{name}: nothing was planted"
            if not list(differences()):
                unseen.append(name)
            transaction.set_rollback(True)
    assert unseen == []
    assert len(PLANTED) >= 30
    assert list(differences()) == []
