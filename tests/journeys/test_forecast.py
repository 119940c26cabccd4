"""When what is open ends as things stand: by hand for what the rule says, and at random for what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onward.journeys.decisions.forecast import AGREED, BEGUN, TODAY, chain, days_of, forecast
from onward.journeys.decisions.graph import Before, Thing, graph_of
from onward.journeys.decisions.opening import opened
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.schedule import Schedule
from onward.journeys.decisions.state import JourneyRow, Run, TaskRow
from onward.kernel.clock import Span, WorkingCalendar
from onward.playbooks.decisions.definition import Playbook, Stage, Task
from onward.playbooks.decisions.parts import Case, Link, Role, Timing
from tests.world import SMALL

TODAY_IS = date(2026, 3, 16)
OURS = WorkingCalendar(holidays=frozenset({date(2026, 3, 20)}))
THEIRS = WorkingCalendar(weekdays=frozenset({6, 0, 1, 2, 3}))
OUTSIDE = Outside(ours=OURS, theirs=THEIRS)


def at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def running(book: Playbook, answers: Mapping[str, date] | None = None) -> Run:
    """A journey of it in which nothing has happened; the first stage is entered."""
    values = {name: str(day) for name, day in (answers or {}).items()}
    journey = JourneyRow(
        UUID(int=1), UUID(int=2), None, UUID(int=3), book.id, book.title, "open", None, at(date(2026, 3, 2)),
        at(date(2026, 3, 2)), None, 0, None, "", None, None, {}, {},
        {"kickoff": {"values": values}} if values else {}, {}, [], "on_track", "", at(date(2026, 3, 2)), None, 1, False,
    )  # fmt: skip
    run = opened(book, journey, uuid4)
    for stage in run.stages:
        if not book.stage(stage.key).after:
            stage.entered_at = at(date(2026, 3, 2))
    return run


def book_of(*stages: Stage) -> Playbook:
    return replace(SMALL, stages=stages, milestones=(), completion=())


def task(key: str, *after: str, by: str = "csm", due: Timing | None = None) -> Task:
    return Task(key, key.title(), "to_do", "one", by, after=tuple(Link(one) for one in after), due=due)


def plan(run: Run, **dates: date) -> dict[str, TaskRow]:
    rows = {row.key: row for row in run.tasks}
    for key, day in dates.items():
        rows[key].due_on, rows[key].due_at = day, at(day)
    return rows


def begin(row: TaskRow, day: date) -> None:
    row.state, row.opened_at = "open", at(day)


def test_what_waits_for_something_late_ends_a_day_after_it_and_slack_is_used_up_first() -> None:
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect"), task("check", "connect"), task("last"))))
    run = running(book)
    rows = plan(run, connect=date(2026, 3, 11), check=date(2026, 3, 13), last=date(2026, 3, 25))
    begin(rows["connect"], date(2026, 3, 2))
    begin(rows["last"], date(2026, 3, 2))
    found = forecast(book, run, OUTSIDE, TODAY_IS, {})
    assert (found["task.connect"].on, found["task.connect"].by) == (TODAY_IS, TODAY)
    assert (found["task.check"].on, found["task.check"].by) == (date(2026, 3, 17), "task.connect")
    assert found["task.check"].days == 4
    assert (found["task.last"].on, found["task.last"].by) == (date(2026, 3, 25), AGREED)
    assert (found["stage.one"].on, found["stage.one"].by) == (date(2026, 3, 25), "task.last")


def test_what_could_begin_late_gets_the_time_of_its_effort() -> None:
    check = replace(task("check", "connect"), effort_hours=30)
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect"), check)))
    run = running(book)
    rows = plan(run, connect=date(2026, 3, 9), check=date(2026, 3, 13))
    rows["connect"].state, rows["connect"].done_at = "done", at(date(2026, 3, 13))
    begin(rows["check"], date(2026, 3, 13))
    found = forecast(book, run, OUTSIDE, TODAY_IS, {})
    assert "task.connect" not in found
    # Four working days after Friday the 13th, and Friday the 20th is a holiday.
    assert (found["task.check"].on, found["task.check"].by) == (date(2026, 3, 19), BEGUN)


def test_a_stage_that_waits_moves_with_the_one_before_and_its_chain_says_so() -> None:
    book = book_of(
        Stage("one", "One", "csm", tasks=(task("connect", by="champion"),)),
        Stage("two", "Two", "csm", after=("one",), tasks=(replace(task("train"), stage="two"),)),
    )
    run = running(book)
    rows = plan(run, connect=date(2026, 3, 12), train=date(2026, 3, 13))
    run.stages[0].due_on, run.stages[1].due_on = date(2026, 3, 12), date(2026, 3, 13)
    begin(rows["connect"], date(2026, 3, 2))
    found = forecast(book, run, OUTSIDE, TODAY_IS, {})
    assert found["stage.one"].on == TODAY_IS
    assert found["task.train"].on == found["stage.two"].on == date(2026, 3, 17)
    assert chain(found, "task.train") == ["stage.one", "task.connect"]


def test_a_day_from_a_form_cannot_come_before_what_is_dated_from_it() -> None:
    go_live = Timing("before", "5wd before answer.kickoff.go_live", Span(5, "wd"), "answer.kickoff.go_live")
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect", due=go_live),)))
    run = running(book, {"go_live": date(2026, 3, 19)})
    begin(plan(run, connect=date(2026, 3, 12))["connect"], date(2026, 3, 2))
    found = forecast(book, run, OUTSIDE, TODAY_IS, {})
    at_last = found["answer.kickoff.go_live"]
    # Five of our working days after Monday the 16th, around the holiday.
    assert (at_last.on, at_last.by, at_last.agreed) == (date(2026, 3, 24), "task.connect", date(2026, 3, 19))


@pytest.mark.parametrize(
    ("moved_to", "comes"),
    [
        # Nearer than the plan says, on purpose: it leaves what it left. After the day: as many days as the plan says.
        (date(2026, 3, 18), date(2026, 3, 19)),
        (date(2026, 3, 23), date(2026, 3, 30)),
    ],
)
def test_a_day_from_a_form_waits_for_a_step_before_it_that_was_moved_by_hand(moved_to: date, comes: date) -> None:
    # red when a step that somebody moved behind go-live does not hold it up any longer
    go_live = Timing("before", "5wd before answer.kickoff.go_live", Span(5, "wd"), "answer.kickoff.go_live")
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect", due=go_live),)))
    run = running(book, {"go_live": date(2026, 3, 19)})
    row = plan(run, connect=moved_to)["connect"]
    begin(row, date(2026, 3, 2))
    row.due_by_hand = True
    assert forecast(book, run, OUTSIDE, TODAY_IS, {})["answer.kickoff.go_live"].on == comes


def test_what_is_counted_from_a_day_to_come_moves_with_it_before_it_comes() -> None:
    # red when a stage that takes two weeks still ends on its old day, and leaps once it is entered
    two_weeks = Timing("after", "2w after entered", Span(2, "w"), "entered")
    by_size = Timing("table", "", by="account.complexity", cases=(Case("simple", two_weeks),))
    for timing in (two_weeks, by_size):
        book = book_of(
            Stage("one", "One", "csm", tasks=(task("connect"),)),
            Stage("two", "Two", "csm", after=("one",), due=timing, tasks=(replace(task("train"), stage="two"),)),
        )
        run = running(book)
        begin(plan(run, connect=date(2026, 3, 9), train=date(2026, 3, 23))["connect"], date(2026, 3, 2))
        run.stages[0].due_on, run.stages[1].due_on = date(2026, 3, 9), date(2026, 3, 23)
        # As the engine asks: its readings are looked up one by one, and have no length to go by.
        outside = replace(OUTSIDE, readings={"account.complexity": "simple"})
        found = forecast(book, run, outside, TODAY_IS, Readings(book, run, outside, at(TODAY_IS)))
        assert found["stage.two"].on == date(2026, 3, 30)
        assert (found["task.train"].on, found["task.train"].by) == (date(2026, 3, 30), "stage.one")
        assert forecast(book, run, OUTSIDE, TODAY_IS, {})["stage.two"].on == (
            date(2026, 3, 30) if timing is two_weeks else date(2026, 3, 23)
        )


def test_a_stage_without_work_can_close_when_it_begins() -> None:
    # red when first value is told for one day, and the stage that it closes for the next
    book = book_of(
        Stage("one", "One", "csm", tasks=(task("connect"),)),
        Stage("two", "Two", "csm", after=("one",)),
        Stage("three", "Three", "csm", after=("one",), tasks=(replace(task("train"), stage="three"),)),
    )
    run = running(book)
    begin(plan(run, connect=date(2026, 3, 9))["connect"], date(2026, 3, 2))
    for stage, due in zip(run.stages, (9, 13, 13), strict=True):
        stage.due_on = date(2026, 3, due)
    found = forecast(book, run, OUTSIDE, TODAY_IS, {})
    assert [found[f"stage.{key}"].on for key in ("one", "two", "three")] == [TODAY_IS, TODAY_IS, date(2026, 3, 17)]


def test_what_ends_with_a_day_off_is_not_later_than_what_it_ends_with() -> None:
    # red when a milestone is told for Monday and the stage that reaches it for Saturday
    saturday, ends = date(2026, 3, 28), Before("stage.last", to_end=True)
    things = {
        "stage.last": Thing("stage.last", saturday, OURS),
        "milestone.end": Thing("milestone.end", saturday, OURS, before=[ends]),
        "milestone.early": Thing("milestone.early", date(2026, 3, 26), OURS, before=[ends]),
    }
    found = days_of(things, TODAY_IS)
    assert [found[name].on for name in things] == [saturday, saturday, date(2026, 3, 30)]


def test_a_stage_is_planned_from_the_end_of_what_it_comes_after_not_of_what_stands_above_it() -> None:
    # red when training beside the setup is dated from the end of the setup
    two_weeks = Timing("after", "2w after entered", Span(2, "w"), "entered")
    in_ten_days, in_thirty = (Timing("after", "signed", Span(days, "d"), "signed") for days in (10, 30))
    book = book_of(
        Stage("one", "One", "csm", due=in_ten_days),
        Stage("setup", "Setup", "csm", after=("one",), due=in_thirty),
        Stage("training", "Training", "csm", after=("one",), due=two_weeks),
        Stage("open", "Open", "csm", after=("training",)),
        Stage("last", "Last", "csm", after=("open",), due=two_weeks),
    )
    run = running(book)
    Schedule(book, run, OUTSIDE, Readings(book, run, OUTSIDE, at(TODAY_IS))).set_dates()
    assert {row.key: row.due_on for row in run.stages} == {
        "one": date(2026, 3, 12), "setup": date(2026, 4, 1), "training": date(2026, 3, 26), "open": None,
        "last": date(2026, 4, 9),
    }  # fmt: skip


def test_what_was_left_out_holds_up_nothing_and_a_circle_keeps_its_dates() -> None:
    book = book_of(
        Stage("one", "One", "csm", tasks=(task("skip"), task("check", "skip"), task("a", "b"), task("b", "a")))
    )
    run = running(book)
    rows = plan(run, skip=date(2026, 3, 3), check=date(2026, 3, 24), a=date(2026, 3, 26), b=date(2026, 3, 27))
    rows["skip"].state = "skipped"
    begin(rows["check"], date(2026, 3, 10))
    found = forecast(book, run, OUTSIDE, TODAY_IS, {})
    assert (found["task.check"].on, found["task.check"].by) == (date(2026, 3, 24), AGREED)
    assert found["task.a"].on == date(2026, 3, 26)


DAYS = st.integers(-15, 25).map(lambda n: TODAY_IS + timedelta(days=n))
LINKS = st.sampled_from(["finish_to_start", "start_to_start", "finish_to_finish", "start_to_finish"])
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SIDES = {"csm": OURS, "champion": THEIRS}


ENTERED = Timing("after", "2w after entered", Span(2, "w"), "entered")


def counted(key: str) -> Timing:
    return Timing("after", f"3wd after task.{key}.done", Span(3, "wd"), f"task.{key}.done")


@st.composite
def journeys(draw: st.DrawFn, timed: bool = True) -> tuple[Playbook, Run]:
    """A plan of a few stages and tasks on both sides, linked at random to what stands before; some of it done. With
    `timed` some are dated from one another too, whatever day they have now."""
    stages: list[Stage] = []
    keys: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        tasks = []
        for _ in range(draw(st.integers(0, 4))):
            key = f"t{len(keys)}"
            before = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True)) if keys else []
            lag = st.none() | st.integers(0, 5).map(lambda n: Span(n, "wd"))
            links = tuple(Link(one, draw(LINKS), draw(lag)) for one in before)
            due = draw(st.none() | st.sampled_from([ENTERED, *(counted(one) for one in keys)])) if timed else None
            tasks.append(
                Task(key, key, "to_do", f"s{number}", draw(st.sampled_from(list(SIDES))), after=links, due=due)
            )
            keys.append(key)
        after = (f"s{number - 1}",) if number else ()
        due = draw(st.sampled_from([None, ENTERED])) if timed else None
        stages.append(Stage(f"s{number}", f"S{number}", "csm", after=after, tasks=tuple(tasks), due=due))
    book = replace(book_of(*stages), roles=(Role("csm", "CSM", "ours"), Role("champion", "Champion", "theirs")))
    run = running(book)
    rows = {row.key: row for row in run.tasks}
    for stage in run.stages:
        stage.due_on = draw(st.none() | DAYS)
    for one in book.tasks:
        row = rows[one.id]
        row.due_on = draw(st.none() | DAYS)
        free = row.stage == "s0" and all(
            rows[link.id].is_over if link.link == "finish_to_start" else rows[link.id].opened_at
            for link in one.after if not link.link.endswith("_finish") and not link.lag
        ) and not any(link.lag for link in one.after)  # fmt: skip
        if free:
            begin(row, draw(st.integers(-10, 0).map(lambda n: TODAY_IS + timedelta(days=n))))
            if draw(st.booleans()):
                row.state, row.done_at = "done", at(TODAY_IS)
    return book, run


@PATIENT
@given(journeys())
def test_no_day_is_earlier_than_agreed_or_than_today_and_the_order_holds(made: tuple[Playbook, Run]) -> None:
    book, run = made
    found = forecast(book, run, OUTSIDE, TODAY_IS, {})
    rows = {row.key: row for row in run.tasks}
    for name, one in found.items():
        assert one.agreed is None or one.on >= max(one.agreed, min(one.agreed, TODAY_IS))
        assert one.agreed is None or one.agreed >= TODAY_IS or one.on >= TODAY_IS, name
    for spec in book.tasks:
        mine = found.get(f"task.{spec.id}")
        for link in spec.after:
            before = found.get(f"task.{link.id}")
            if (
                mine
                and before
                and link.link in {"finish_to_start", "finish_to_finish"}
                and rows[spec.id].state == "waiting"
            ):
                lag = SIDES[spec.by].shift(before.on, link.lag) if link.lag else before.on
                assert mine.on >= lag
    for name, one in found.items():
        kind, _, key = name.partition(".")
        if kind == "task" and one.by not in (AGREED, TODAY, BEGUN):
            assert SIDES[rows[key].role].works_on(one.on)


@PATIENT
@given(journeys())
def test_what_holds_a_day_there_is_late_itself_or_held_by_what_is(made: tuple[Playbook, Run]) -> None:
    book, run = made
    found = forecast(book, run, OUTSIDE, TODAY_IS, {})
    for name in found:
        behind = chain(found, name)
        assert name not in behind
        assert all(one in found or one.startswith(("task.", "stage.")) for one in behind)


@PATIENT
@given(journeys())
def test_a_day_is_had_again_from_its_causes_alone(made: tuple[Playbook, Run]) -> None:
    # red when the cause that is told is not what gives the day
    book, run = made
    graph = graph_of(book, run, OUTSIDE, {})
    # How long each takes is the plan's to say, and is known once this was asked.
    found = days_of(graph, TODAY_IS, over=True)
    for name in found:
        causes = dict(pairwise([name, *chain(found, name)]))
        things = {
            one: replace(
                thing, before=[before for before in thing.before if before.name == causes.get(one, before.name)]
            )
            for one, thing in graph.items()
            if one in {name, *causes.values()}
        }
        # What follows from another's beginning has the cause of that: the next test holds those.
        if not any(before.of_start for one in things for before in graph[one].before):
            assert days_of(things, TODAY_IS, over=True).get(name) == found[name]


@PATIENT
@given(journeys())
def test_what_is_told_as_a_cause_makes_the_day_later_with_itself(made: tuple[Playbook, Run]) -> None:
    # red when what begins with another is told with the cause of that one's end; one that nothing says the beginning
    # of is its own cause
    book, run = made
    things = graph_of(book, run, OUTSIDE, {})
    found = days_of(things, TODAY_IS)
    for name, one in found.items():
        cause = things.get(one.by)
        by_beginning = any(before.name == one.by and before.of_start for before in things[name].before)
        if cause is not None and not cause.over and not things[name].over and not by_beginning:
            cause.to = cause.calendar.later(found[one.by].on if one.by in found else one.on, 10)
            assert days_of(things, TODAY_IS)[name].on > one.on, (name, one.by)
            cause.to = None


def test_what_begins_with_another_has_the_cause_of_its_beginning() -> None:
    # red when a step that is late by itself is blamed for what only begins with it
    beside = replace(task("beside"), after=(Link("check", "start_to_start", Span(1, "wd")),))
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect"), task("check", "connect"), beside)))
    for begun, cause in ((None, "task.connect"), (date(2026, 3, 13), BEGUN)):
        run = running(book)
        rows = plan(run, connect=date(2026, 3, 12), check=date(2026, 3, 13), beside=date(2026, 3, 13))
        begin(rows["connect"], date(2026, 3, 2))
        if begun:
            begin(rows["check"], begun)
            rows["connect"].state, rows["connect"].done_at = "done", at(date(2026, 3, 12))
        found = forecast(book, run, OUTSIDE, TODAY_IS, {})
        assert (found["task.beside"].on, found["task.beside"].by) == (date(2026, 3, 16 if begun else 17), cause)


@PATIENT
@given(journeys(), st.data())
def test_doing_a_step_makes_no_day_later_and_time_makes_none_earlier(
    made: tuple[Playbook, Run], data: st.DataObject
) -> None:
    book, run = made
    before = forecast(book, run, OUTSIDE, TODAY_IS, {})
    later = forecast(book, run, OUTSIDE, TODAY_IS + timedelta(days=data.draw(st.integers(1, 9))), {})
    assert [(name, one, later[name]) for name, one in before.items() if name in later and later[name].on < one.on] == []
    doable = [row for row in run.tasks if row.state == "open"]
    if not doable:
        return
    done = deepcopy(run)
    chosen = data.draw(st.sampled_from(doable)).id
    (row,) = (one for one in done.tasks if one.id == chosen)
    row.state, row.done_at = "done", at(TODAY_IS)
    after = forecast(book, done, OUTSIDE, TODAY_IS, {})
    assert [(name, after[name], before[name]) for name in after if after[name].on > before[name].on] == []
