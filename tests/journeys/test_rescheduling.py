"""Moving a day: what follows by order, what is counted from it, what stays, and that nothing moves without a cause."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onward.journeys.decisions.forecast import days_of, forecast
from onward.journeys.decisions.graph import graph_of
from onward.journeys.decisions.rescheduling import Shift, cascade, movable
from onward.journeys.decisions.state import Run
from onward.kernel.clock import Span
from onward.playbooks.decisions.definition import Playbook, Stage
from onward.playbooks.decisions.parts import Link, Timing
from tests.journeys.test_forecast import OUTSIDE, PATIENT, TODAY_IS, at, begin, book_of, journeys, plan, running, task

NOW = at(TODAY_IS)


def moved(book: Playbook, run: Run, along: bool = True, **days: date) -> dict[str, Shift]:
    found = cascade(book, run, OUTSIDE, NOW, {f"task.{key}": day for key, day in days.items()}, along=along)
    return {one.name.removeprefix("task."): one for one in found}


def chain_of_four() -> tuple[Playbook, Run]:
    lagged = replace(task("check"), after=(Link("connect", lag=Span(2, "wd")),))
    tasks = (task("connect", by="champion"), lagged, task("train", "check"), task("last", "train"))
    book = book_of(Stage("one", "One", "csm", tasks=tasks))
    run = running(book)
    plan(run, connect=date(2026, 3, 18), check=date(2026, 3, 24), train=date(2026, 3, 25), last=date(2026, 4, 10))
    return book, run


def test_what_waits_moves_as_far_as_its_order_with_lag_and_no_further() -> None:
    book, run = chain_of_four()
    before = deepcopy(run)
    found = moved(book, run, connect=date(2026, 3, 24))
    assert run == before, "a preview changes nothing"
    # Two of our working days after Tuesday the 24th, then one of work; one more for training; "last" has slack.
    assert {key: (one.how, one.after, one.by) for key, one in found.items() if key != "stage.one"} == {
        "connect": ("asked", date(2026, 3, 24), ""),
        "check": ("along", date(2026, 3, 27), "task.connect"),
        "train": ("along", date(2026, 3, 30), "task.check"),
    }
    assert found["train"].days == 5


def test_only_this_says_what_can_no_longer_be_kept() -> None:
    book, run = chain_of_four()
    found = moved(book, run, along=False, connect=date(2026, 3, 24))
    assert {key: (one.how, one.after, one.on) for key, one in found.items()} == {
        "connect": ("asked", date(2026, 3, 24), date(2026, 3, 24)),
        "check": ("missed", date(2026, 3, 24), date(2026, 3, 27)),
        "train": ("missed", date(2026, 3, 25), date(2026, 3, 30)),
    }


def test_promises_and_locked_days_stay_and_are_said_to_break() -> None:
    book, run = chain_of_four()
    rows = {row.key: row for row in run.tasks}
    rows["check"].promise, rows["train"].locked = True, True
    # The playbook of this test says nothing of their days: they are kept from being set anew.
    rows["check"].due_by_hand = True
    found = moved(book, run, connect=date(2026, 3, 24))
    assert (found["check"].how, found["check"].after, found["check"].on) == (
        "promised", date(2026, 3, 24), date(2026, 3, 27),
    )  # fmt: skip
    assert (found["train"].how, found["train"].on) == ("locked", date(2026, 3, 30))


def test_what_is_counted_from_a_day_follows_either_way_and_earlier_too() -> None:
    counted = task("send", due=Timing("after", "2wd after task.connect.done", Span(2, "wd"), "task.connect.done"))
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect"), counted)))
    run = running(book)
    rows = plan(run, connect=date(2026, 3, 25), send=date(2026, 3, 27))
    begin(rows["connect"], date(2026, 3, 2))
    for along in (True, False):
        found = moved(book, run, along, connect=date(2026, 3, 18))
        # Friday the 20th is a holiday of ours.
        assert (found["send"].how, found["send"].after) == ("counted", date(2026, 3, 23))


def test_while_they_pause_their_work_waits_and_ours_only_where_it_comes_after() -> None:
    tasks = (task("connect", by="champion"), task("check", "connect"), task("own"))
    book = book_of(Stage("one", "One", "csm", tasks=tasks))
    run = running(book)
    plan(run, connect=date(2026, 3, 18), check=date(2026, 3, 19), own=date(2026, 3, 18))
    found = {one.name: one for one in cascade(book, run, OUTSIDE, NOW, {}, held=date(2026, 3, 29))}
    assert (found["task.connect"].after, found["task.connect"].by) == (date(2026, 3, 30), "held")
    assert (found["task.check"].after, found["task.check"].how) == (date(2026, 3, 31), "along")
    assert "task.own" not in found


def test_a_date_of_a_form_takes_what_is_counted_from_it_along() -> None:
    go_live = "answer.kickoff.go_live"
    timing = Timing("before", f"5wd before {go_live}", Span(5, "wd"), go_live)
    book = book_of(Stage("one", "One", "csm", tasks=(task("uat", due=timing),)))
    run = running(book, {"go_live": date(2026, 4, 1)})
    plan(run, uat=date(2026, 3, 25))
    found = {one.name: one for one in cascade(book, run, OUTSIDE, NOW, {go_live: date(2026, 4, 15)})}
    assert (found[go_live].title, found[go_live].before, found[go_live].after) == (
        "Go-live date", date(2026, 4, 1), date(2026, 4, 15),
    )  # fmt: skip
    assert (found["task.uat"].how, found["task.uat"].after) == ("counted", date(2026, 4, 8))


@pytest.mark.parametrize(
    ("asked", "day", "comes"),
    [
        # Chosen nearer: it leaves what it leaves. What only follows gives none of its five working days away.
        ("uat", date(2026, 3, 31), None),
        ("build", date(2026, 3, 31), date(2026, 4, 8)),
    ],
)
def test_what_is_told_of_go_live_is_what_stands_then(asked: str, day: date, comes: date | None) -> None:
    # red when the preview says that go-live moves and the plan says afterwards that it stays, or the other way round
    go_live = "answer.kickoff.go_live"
    timing = Timing("before", f"5wd before {go_live}", Span(5, "wd"), go_live)
    book = book_of(Stage("one", "One", "csm", tasks=(task("build"), task("uat", "build", due=timing))))
    run = running(book, {"go_live": date(2026, 4, 1)})
    rows = plan(run, build=date(2026, 3, 24), uat=date(2026, 3, 25))
    found = {one.name: one for one in cascade(book, run, OUTSIDE, NOW, {f"task.{asked}": day})}
    assert (found[go_live].on if go_live in found else None) == comes
    for name, one in found.items():
        if one.moves:
            row = rows[name.removeprefix("task.")]
            row.due_on, row.due_at, row.due_by_hand, row.due_follows = one.after, one.at, True, one.how == "along"
    stands = forecast(book, run, OUTSIDE, TODAY_IS, {})[go_live]
    assert (stands.on if stands.days else None) == comes


@PATIENT
@given(journeys(timed=False), st.data())
def test_everything_that_moves_has_a_cause_and_can_be_kept(case: tuple[Playbook, Run], data: st.DataObject) -> None:
    book, run = case
    free = [row for row in run.tasks if not row.is_over and row.due_on]
    if not free:
        return
    row = data.draw(st.sampled_from(free))
    for other in free:
        other.locked = other is not row and data.draw(st.booleans())
    assert row.due_on is not None
    day = row.due_on + timedelta(days=data.draw(st.integers(-10, 20)))
    stood = forecast(book, run, OUTSIDE, TODAY_IS, {})
    shifts = {one.name: one for one in cascade(book, run, OUTSIDE, NOW, {f"task.{row.key}": day})}
    rows = {f"task.{one.key}": one for one in run.tasks}
    for name, one in shifts.items():
        if one.how == "along":
            dated = (rows[one.by].due_on if one.by in rows else stood[one.by].agreed) is not None
            # What was late before is put in order, even by a day that comes earlier now.
            is_later = one.stood is None or one.on is None or one.on > one.stood
            assert one.by in shifts or not dated or not is_later, "the nearest cause is in the list too, with its day"
            assert one.after is not None
            assert one.before is None or one.after > one.before
            assert one.on == one.after, "what is moved can be kept"
            assert not rows[name].locked
    again = cascade(book, run, OUTSIDE, NOW, {f"task.{row.key}": day})
    assert again == list(shifts.values())


@PATIENT
@given(journeys(), st.data())
def test_a_plan_laid_out_around_a_day_tells_of_everything_that_the_day_moves(
    case: tuple[Playbook, Run], data: st.DataObject
) -> None:
    # red when something that rests on the day is left out, or something that it rests on; stages stand side by side,
    # as a stage and those after it rest on all of its tasks anyway
    book, run = case
    book = replace(book, stages=tuple(replace(stage, after=()) for stage in book.stages))
    whole = graph_of(book, run, OUTSIDE, {})
    stood, day = days_of(whole, TODAY_IS), TODAY_IS + timedelta(days=data.draw(st.integers(-10, 30)))
    for name, thing in whole.items():
        around = graph_of(book, run, OUTSIDE, {}, [name])
        thing.to = around[name].to = day
        then = days_of(whole, TODAY_IS)
        thing.to = None
        assert days_of(around, TODAY_IS) == {key: one for key, one in then.items() if key in around}
        assert {key for key in then.keys() | stood.keys() if then.get(key) != stood.get(key)} <= around.keys()
        assert {key for key, one in whole.items() if any(at.name == name for at in one.before)} <= around.keys()
        assert list(around) == [key for key in whole if key in around], "in the same order, or another cause is told"


def test_what_is_put_off_has_no_day_to_move() -> None:
    # red when its bar can be dragged and nothing knows where it stands
    book, run = chain_of_four()
    rows = {row.key: row for row in run.tasks}
    rows["train"].deferred_at = NOW
    assert "task.train" not in movable(book, run)
    assert cascade(book, run, OUTSIDE, NOW, {}, held=date(2026, 3, 29))
