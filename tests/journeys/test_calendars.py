"""Nobody's task falls on a day on which they do not work; dates that move because of that are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.accounts import actions as accounts
from onward.accounts import queries as account_queries
from onward.accounts.actions.imports import begin_import, carry_out, map_import
from onward.accounts.queries.imports import import_problems
from onward.foundation import ledger
from onward.identity import actions as identity
from onward.identity import queries as people
from onward.identity.decisions.calendars import (
    WEEK,
    calendar,
    closed_days,
    closed_lines,
    countries,
    holidays_of,
    place_named,
    place_words,
    regions,
    working_week,
)
from onward.interfaces.ui.words import date_words
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.schedule import Schedule, plan_check_ins
from onward.kernel.actor import SYSTEM
from onward.kernel.clock import Span, WorkingCalendar
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.definition import CheckIn, Stage
from onward.playbooks.decisions.parts import Timing
from tests.journeys.test_forecast import book_of, running
from tests.journeys.test_forecast import task as step
from tests.journeys.test_journey import agree_goal, hold_kickoff, won
from tests.world import SIGNED, Cast, cast, signed_in

LATER = SIGNED + timedelta(hours=3)


def due_days(world: Cast, journey: Any) -> dict[str, date | None]:
    return {row.key: row.due_on for row in queries.journey_view(world.mara, journey).tasks}


def test_a_place_is_named_by_code_or_by_words() -> None:
    assert [place_named(words) for words in ("de-by", "Germany, Bayern", "Germany", "", "united states, ca")] == [
        "DE-BY", "DE-BY", "DE", "", "US-CA",
    ]  # fmt: skip
    assert place_words("DE-BY") == "Germany, Bayern"
    assert date(2026, 1, 6) in holidays_of("DE-BY") - holidays_of("DE")
    with pytest.raises(Refusal, match="There are no holidays of “Atlantis” here"):
        place_named("Atlantis")
    with pytest.raises(Refusal, match="Germany has no part “Bavria” with holidays of its own") as refused:
        place_named("Germany, Bavria")
    assert "BE, BW, BY" in refused.value.mend


def test_every_place_that_can_be_chosen_has_its_holidays() -> None:
    for country in countries():
        assert place_named(country) == country
        for region in list(regions(country))[:3]:
            assert place_named(f"{country}-{region}") == f"{country}-{region}"


def test_closed_days_are_lines_that_read_back() -> None:
    lines = "2026-12-24 to 2026-12-31 Winter break\n2026-05-15 Bridge day"
    spans = closed_days(lines)
    assert spans[0] == {"first": "2026-05-15", "last": "2026-05-15", "why": "Bridge day"}
    assert closed_days(closed_lines(spans)) == spans
    assert closed_days("2026-05-15; 2026-05-18/2026-05-19") == closed_days(
        [{"first": date(2026, 5, 15)}, {"first": "2026-05-18", "last": "2026-05-19"}]
    )
    for wrong, why in [
        ("Christmas", "names no day"),
        ("2026-02-30", "names no day"),
        ("2026-05-02 to 2026-05-01", "cannot be closed"),
        ("2099-01-01", "too far away"),
    ]:
        with pytest.raises(Refusal, match=why):
            closed_days(wrong)


def test_a_working_week_is_a_list_or_words() -> None:
    assert working_week("Sun-Thu") == ["mon", "tue", "wed", "thu", "sun"]
    assert working_week(["fri", "mon"]) == working_week("Monday, Friday") == ["mon", "fri"]
    with pytest.raises(Refusal, match="one to seven days"):
        working_week("someday")


GO_LIVE = "answer.kickoff.go_live"
DAYS = st.integers(0, 90).map(lambda n: date(2026, 3, 1) + timedelta(days=n))
OFF = st.frozensets(DAYS, max_size=25)
CALENDARS = st.builds(
    WorkingCalendar, st.sampled_from(["UTC", "Asia/Tokyo", "America/Chicago"]),
    st.frozensets(st.integers(0, 6), min_size=1), OFF,
)  # fmt: skip
SPANS = st.builds(Span, st.integers(0, 20), st.sampled_from(["d", "wd", "w"]))
TIMINGS = st.none() | st.one_of(
    st.builds(lambda span: Timing("after", f"{span} after signed", span, "signed"), SPANS),
    st.builds(lambda span: Timing("before", f"{span} before {GO_LIVE}", span, GO_LIVE), SPANS),
    st.builds(lambda n: Timing("day", f"day {n}", day=n), st.integers(0, 60)),
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(CALENDARS, CALENDARS, OFF, st.lists(st.tuples(st.sampled_from(["csm", "champion"]), TIMINGS), max_size=6))
def test_no_task_is_due_on_a_day_off_of_its_doer(
    ours: WorkingCalendar, theirs: WorkingCalendar, away: frozenset[date], wanted: list[tuple[str, Timing | None]]
) -> None:
    tasks = tuple(step(f"t{n}", by=role, due=timing) for n, (role, timing) in enumerate(wanted))
    stage_due = Timing("after", "2w after signed", Span(2, "w"), "signed")
    talks = tuple(CheckIn(f"c{n}", "Talk", role, at=timing) for n, (role, timing) in enumerate(wanted) if timing)
    book = replace(book_of(Stage("one", "One", "csm", tasks=tasks, due=stage_due)), check_ins=talks)
    run = running(book, {"go_live": date(2026, 5, 4)})
    run.journey.roles = {"csm": {"person": "user:mara", "at": "2026-03-02T00:00:00+00:00"}}
    outside = Outside(ours=ours, theirs=theirs, away={"user:mara": away})
    schedule = Schedule(book, run, outside, Readings(book, run, outside, run.journey.started_at))
    plan_check_ins(book, run, schedule, run.journey.started_at, uuid4)
    schedule.set_dates()
    for talk in run.check_ins:
        assert talk.due_on is not None
        assert (theirs if talk.role == "champion" else ours).works_on(talk.due_on), talk.key
    for row in run.tasks:
        if row.due_on is not None:
            doer = theirs if row.role == "champion" else ours.without(away)
            assert doer.works_on(row.due_on), (row.key, row.due_why)


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_their_closed_days_move_what_they_do_and_tell_so() -> None:
    # red when a change of the account's calendar is not looked at, or moves dates in silence
    world = cast()
    journey = won(world)
    before = due_days(world, journey)
    theirs = [
        row for row in queries.journey_view(world.mara, journey).tasks if row.side == "theirs" and not row.promise
    ]
    day = before[theirs[0].key]
    assert day is not None
    accounts.change_account(actor=world.mara, account_id=world.acme, closed_days=f"{day} to {day} Stocktaking")
    after = due_days(world, journey)
    assert after[theirs[0].key] != day
    ours = {row.key for row in queries.journey_view(world.mara, journey).tasks if row.side == "ours"}
    assert {key: after[key] for key in ours} == {key: before[key] for key in ours}
    moved = [fact for fact in ledger.facts_of(journey=journey) if fact.name == "journey.task.moved"]
    assert [fact.data["task"] for fact in moved] == [theirs[0].key]
    assert moved[0].data["reason"] == "a day off of whoever does it"
    said = signed_in(world.mara).get(f"/journeys/{format_id('jny', journey)}/facts").content.decode()
    assert f"to {date_words(after[theirs[0].key])}" in said
    fact = next(fact for fact in ledger.facts_of(stream=ledger.stream_of(world.acme)) if fact.name == "account.changed")
    assert fact.data["changed"]["closed_days"] == [{"first": str(day), "last": str(day), "why": "Stocktaking"}]


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_a_colleagues_day_off_moves_their_task_to_their_next_working_day() -> None:
    world = cast()
    journey = won(world)
    rows = [row for row in queries.journey_view(world.mara, journey).tasks if row.side == "ours" and row.due_on]
    row = next(row for row in rows if not row.promise)
    assert row.due_on is not None
    mara = parse_id("usr", world.mara.id)
    identity.take_days_off(actor=world.mara, user_id=mara, days=f"{row.due_on} Dentist")
    ledger.drain_due()
    moved = due_days(world, journey)[row.key]
    assert moved is not None
    assert moved != row.due_on
    assert [fact.name for fact in ledger.facts_of(stream="org")][-1] == "user.changed"
    with pytest.raises(Refusal):
        identity.take_days_off(actor=world.tomas, user_id=mara, days="")


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_our_holidays_move_every_open_journey() -> None:
    world = cast()
    journey = won(world)
    row = next(
        row for row in queries.journey_view(world.mara, journey).tasks
        if row.side == "ours" and row.due_on and not row.promise
    )  # fmt: skip
    identity.change_organization(actor=world.admin, closed_days=[{"first": row.due_on}], holidays="Germany, Bayern")
    ledger.drain_due()
    assert due_days(world, journey)[row.key] != row.due_on
    ours, _ = queries.calendars_of(world.acme)
    assert not ours.works_on(date(2026, 1, 6))
    assert people.organization().holidays == "DE-BY"


@pytest.mark.django_db
def test_the_forms_keep_what_was_typed_and_refuse_in_words() -> None:
    world = cast()
    browser, account = signed_in(world.admin), f"/accounts/{format_id('acc', world.acme)}"
    form = {"name": "Acme Freight", "working_week": ["sun", "mon", "tue"], "holidays_country": "DE",
            "holidays_region": "BY", "closed_days": "2026-12-24 to 2026-12-31 Winter break"}  # fmt: skip
    assert browser.post(account, form).status_code == 302
    row = account_queries.account(world.admin, world.acme)
    assert (row.working_week, row.holidays) == (["mon", "tue", "sun"], "DE-BY")
    page = browser.get(account).content.decode()
    assert "Mon, Tue, Sun; not on the public holidays of Germany, Bayern" in page
    shown = browser.get(f"{account}/edit").content.decode()
    assert "2026-12-24 to 2026-12-31 Winter break" in shown
    assert 'value="DE" selected' in shown
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"holidays_region": "XX"}, "has no part “XX”"),
        ({"closed_days": "Easter"}, "names no day"),
        ({"working_week": []}, "one to seven days"),
        ({"holidays_country": ""}, "the country is missing"),
    ]
    for wrong, why in wrongs:
        refused = browser.post(account, {**form, **wrong})
        assert refused.status_code in {400, 422}
        assert why in refused.content.decode()
    settings_page = "/settings/organization"
    given = {**form, "name": "Northwind", "zone": "UTC", "accent": "", "journeys": "deal"}
    assert browser.post(settings_page, given).status_code == 302
    assert "with the public holidays of Germany, Bayern" in browser.get(settings_page).content.decode()
    assert browser.post("/me", {"days_off": "2026-08-03 to 2026-08-14 Holiday"}).status_code == 302
    assert "2026-08-03 to 2026-08-14 Holiday" in browser.get("/me").content.decode()
    mara = f"/team/{world.mara.id}"
    assert browser.post(mara, {"days_off": "2026-08-03"}).status_code == 302
    assert "2026-08-03" in browser.get(mara).content.decode()
    assert "names no day" in browser.post(mara, {"days_off": "summer"}).content.decode()


def test_the_same_days_are_the_same_calendar() -> None:
    one, other = (calendar("UTC", list(WEEK[:5]), "DE", [{"first": "2026-05-15", "last": "2026-05-15"}]) for _ in "ab")
    assert one is other
    assert one.mark == WorkingCalendar("UTC", one.weekdays, frozenset(one.holidays)).mark
    assert one.mark != WorkingCalendar().mark
    assert one.end_of(date(2026, 5, 18)) == datetime.fromisoformat("2026-05-18T23:59:59+00:00")


@pytest.mark.django_db
def test_calendars_come_with_an_import_and_what_is_no_calendar_stays_out() -> None:
    text = (
        "name,working days,public holidays,closed days\n"
        'Initech,Sun-Thu,"Germany, Bayern",2026-12-24 to 2026-12-31 Winter break; 2026-05-15\n'
        "Hooli,someday,Atlantis,Easter\n"
    )
    import_id = begin_import(actor=SYSTEM, kind="accounts", file_name="accounts.csv", content=text.encode())
    map_import(actor=SYSTEM, import_id=import_id, mapping={})
    carry_out(import_id=import_id)
    (row,) = account_queries.accounts(SYSTEM, words="Initech").rows
    assert (row.working_week, row.holidays) == (["mon", "tue", "wed", "thu", "sun"], "DE-BY")
    assert [span["first"] for span in row.closed_days] == ["2026-05-15", "2026-12-24"]
    assert not account_queries.accounts(SYSTEM, words="Hooli").rows
    problems = {problem.column: problem.message for problem in import_problems(SYSTEM, import_id)}
    assert problems["public holidays"] == "There are no holidays of “Atlantis” here."
    assert set(problems) == {"working days", "public holidays", "closed days"}


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_the_days_first_agreed_are_kept_and_taken_anew_when_the_plan_is_signed() -> None:
    # red when the line under a bar follows the bar
    world = cast()
    journey = won(world)
    rows = {row.key: row for row in queries.journey_view(world.mara, journey).tasks}
    first = queries.agreed_days(journey)
    assert {key: first[row.id] for key, row in rows.items() if row.due_on} == {
        key: row.due_on for key, row in rows.items() if row.due_on
    }
    for key in ("polish", "sign_plan"):
        day = rows[key].due_on
        assert day is not None
        journeys.move_task(actor=world.mara, task_id=rows[key].id, due_at=day + timedelta(days=1), reason="later")
    assert queries.agreed_days(journey) == first
    hold_kickoff(world, journey)
    agree_goal(world, journey)
    journeys.complete_task(actor=world.dana, task_id=rows["sign_plan"].id)
    signed = queries.agreed_days(journey)
    assert signed[rows["polish"].id] == first[rows["polish"].id] + timedelta(days=1)
    assert signed[rows["sign_plan"].id] == first[rows["sign_plan"].id], "what was over then keeps the day it had"
