"""Time to first value and time in stage, from facts that real actions leave behind."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.db import transaction

from onward.foundation.postgres import one_statement
from onward.insights.actions import rebuild
from onward.insights.actions.refolding import history_differences
from onward.insights.queries import stages, ttfv
from onward.journeys.actions import cancel_journey, complete_task, record_milestone, reopen_task
from onward.journeys.queries import journey_view
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal
from tests.insights.conftest import Sign

NOW = datetime(2026, 3, 13, 9, tzinfo=UTC)
DAY = timedelta(days=1)
STAFF = Actor("staff", "usr_00000000000000000000000000", "Mara", role="manager")


def reach(journey: UUID, at: datetime) -> None:
    record_milestone(actor=STAFF, journey_id=journey, milestone="first_value", met_at=at, note="a report ran")


def complete(journey: UUID, key: str) -> UUID:
    task = next(line.id for line in journey_view(SYSTEM, journey).tasks if line.key == key)
    complete_task(actor=STAFF, task_id=task)
    return task


def test_lung_as_journeys_gives_the_published_figures(real_data: Path, sign: Sign) -> None:
    """Each row an account: signed on one day, first value after `time` days, or cancelled then (censored)."""
    signed = datetime(2020, 1, 1, tzinfo=UTC)
    with open(real_data / "survival" / "lung.csv") as lines:
        rows = list(csv.DictReader(lines))
    for number, row in enumerate(rows):
        journey = sign(f"Account {number}", signed, fields={"sex": row["sex"]})
        end = signed + int(row["time"]) * DAY
        if row["status"] == "1":
            reach(journey, end)
        else:
            cancel_journey(actor=STAFF, journey_id=journey, reason="left", at=end)
    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    found = ttfv(SYSTEM, as_of=as_of, by="sex")
    assert (found.everyone.n, found.everyone.reached, found.everyone.median_days) == (228, 165, 310)
    assert (found.everyone.ci_method, found.everyone.ci) == ("log-log", (284, 361))
    assert found.groups is not None
    assert {sex: group.median_days for sex, group in found.groups.items()} == {"1": 270, "2": 426}
    assert ttfv(SYSTEM, as_of=as_of, ci_method="log").everyone.ci == (285, 363)
    rebuild(actor=SYSTEM)
    assert ttfv(SYSTEM, as_of=as_of, by="sex") == found


def test_who_is_not_there_yet_counts_until_as_of_or_cancellation(sign: Sign) -> None:
    with time_machine.travel(NOW, tick=False):
        reached, waiting, left = (sign(name, NOW - 40 * DAY) for name in ("Reached", "Waiting", "Left"))
        sign("Unsigned", None)
        reach(reached, NOW - 30 * DAY)
        cancel_journey(actor=STAFF, journey_id=left, reason="gone", at=NOW - 35 * DAY)
    found = ttfv(SYSTEM, as_of=NOW)
    assert (found.everyone.n, found.everyone.reached, found.unsigned) == (3, 1, 1)
    assert found.everyone.censored == ((5.0, 1.0), (40.0, 0.5))
    assert found.everyone.median_days == 10
    assert ttfv(SYSTEM, as_of=NOW - 31 * DAY).everyone.median_days is None, "not reached is an answer"
    assert waiting


def test_an_account_counts_from_its_first_signature_to_its_first_value(sign: Sign, version: UUID) -> None:
    from onward.journeys.actions import open_journey

    with time_machine.travel(NOW, tick=False):
        first = sign("Acme", NOW - 40 * DAY)
        account = journey_view(SYSTEM, first).account_id
        second = open_journey(actor=SYSTEM, account_id=account, version_id=version, signed_at=NOW - 10 * DAY)
        reach(second, NOW - 5 * DAY)
    by_account, by_journey = ttfv(SYSTEM, as_of=NOW).everyone, ttfv(SYSTEM, as_of=NOW, per="journey").everyone
    assert (by_account.n, by_account.median_days) == (1, 35)
    assert (by_journey.n, by_journey.reached) == (2, 1)


def test_stages_tell_who_closed_them_and_for_how_long(sign: Sign) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        quick, slow, left = (sign(name, NOW) for name in ("Quick", "Slow", "Left"))
        clock.move_to(NOW + 2 * DAY)
        complete(quick, "call")
        clock.move_to(NOW + 4 * DAY)
        task = complete(slow, "call")
        cancel_journey(actor=STAFF, journey_id=left, reason="gone")
        (found,) = stages(SYSTEM, as_of=NOW + 5 * DAY)
        assert (found.entered, found.closed, found.in_it, found.left) == (3, 2, 0, 1)
        assert (found.closed_median_days, found.closed_p90_days) == (2, 4)
        assert (found.median_days, found.p90_days) == (4, None)
        reopen_task(actor=STAFF, task_id=task, reason="it was another call")
        (found,) = stages(SYSTEM, as_of=NOW + 5 * DAY)
        assert (found.closed, found.in_it) == (1, 1), "what is reopened is open again"


def test_unknown_names_are_refused_with_the_known_ones(sign: Sign) -> None:
    sign("Acme", NOW - DAY, fields={"sex": "1"})
    with pytest.raises(Refusal, match="first_value"):
        ttfv(SYSTEM, to="first_vlue", as_of=NOW)
    with pytest.raises(Refusal, match="sex"):
        ttfv(SYSTEM, by="sexx", as_of=NOW)
    with pytest.raises(Refusal, match="account or per journey"):
        ttfv(SYSTEM, per="stage", as_of=NOW)


def test_an_audit_names_what_does_not_follow_from_facts(sign: Sign) -> None:
    with time_machine.travel(NOW, tick=False):
        journey = sign("Acme", NOW - 40 * DAY)
        reach(journey, NOW - 30 * DAY)
        complete(journey, "call")
    assert history_differences() == []
    for planted in (
        "update insights_course set signed_at = signed_at - interval '1 day'",
        "update insights_reached set met_at = met_at + interval '1 second'",
        "update insights_stagestay set closed_at = null",
        "delete from insights_reached",
    ):
        with transaction.atomic():
            one_statement(planted)
            assert history_differences(), planted
            transaction.set_rollback(True)
    assert history_differences() == []


def test_an_audit_folds_into_its_own_tables_whatever_the_session_did_before(sign: Sign) -> None:
    # red when what was prepared for the real tables is run again, and history is folded twice
    with time_machine.travel(NOW, tick=False):
        reach(sign("Acme", NOW - 40 * DAY), NOW - 30 * DAY)
        assert history_differences() == []
        for _ in range(4):
            rebuild(actor=SYSTEM)
        assert history_differences() == []
        rebuild(actor=SYSTEM)
        assert history_differences() == []
