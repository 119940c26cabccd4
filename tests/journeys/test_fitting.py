"""Steps without a date of their own, and what may not begin before a day: by table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from onward.journeys.decisions.forecast import AGREED, STARTS, forecast
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.pace import pace
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.schedule import Schedule
from onward.journeys.decisions.starting import lag_over
from onward.journeys.decisions.state import Run
from onward.journeys.decisions.tasks import settle
from onward.kernel.clock import Span
from onward.playbooks.decisions.definition import Playbook, Stage, Task
from onward.playbooks.decisions.parts import Link, Role, Timing
from tests.journeys.test_forecast import at, book_of, running, task
from tests.world import SMALL

#: Monday the 2nd is the first day of the stage, which takes three weeks: it ends on Monday the 23rd.
ENDS = Timing("after", "3w after entered", Span(3, "w"), "entered")
DAY_10 = Timing("after", "10d after signed", Span(10, "d"), "signed")
FIRST, TODAY = date(2026, 3, 2), date(2026, 3, 2)
HELD = replace(task("held"), starts=Timing("after", "20d after signed", Span(20, "d"), "signed"))


def dated(key: str, word: str, days: int, of: str, *after: str) -> Task:
    timing = Timing(word, f"{days}wd {word} {of}", Span(days, "wd"), f"task.{of}.done")  # type: ignore[arg-type]
    return task(key, *after, due=timing)


def lagging(key: str, before: str, lag: Span) -> Task:
    return replace(task(key), after=(Link(before, lag=lag),))


def planned(*tasks: Task, due: Timing = ENDS) -> tuple[Playbook, Run]:
    book = book_of(Stage("one", "One", "csm", tasks=tasks, due=due))
    run = running(book)
    for _ in range(2):
        Schedule(book, run, Outside(), Readings(book, run, Outside(), at(FIRST))).set_dates()
    return book, run


@pytest.mark.parametrize(
    ("tasks", "days"),
    [
        # Alone, or with others that have no date either: the stage's last day.
        ([task("upload")], [23]),
        ([task("upload"), task("check", "upload")], [23, 23]),
        # What is counted from it still ends with the stage, a promise as well as a plain date.
        ([task("upload"), dated("load", "after", 4, "upload", "upload")], [17, 23]),
        ([task("upload"), dated("load", "within", 4, "upload", "upload")], [17, 23]),
        # A step between two that are told apart takes a day of its own.
        ([task("upload"), dated("load", "after", 4, "upload"), task("sign", "load")], [16, 20, 23]),
        ([task("ask"), task("upload", "ask"), dated("load", "after", 4, "upload")], [16, 17, 23]),
        # What waits for it has its own day, or may come only so long after it.
        ([task("form"), replace(task("call", "form"), due=DAY_10)], [11, 12]),
        ([task("first"), lagging("second", "first", Span(2, "d"))], [20, 23]),
        # There is no room: not before the stage begins; the forecast tells what cannot be kept then.
        ([task("upload"), dated("load", "after", 40, "upload")], [2, 27]),
        # What is put off or before, not after, gives it no days.
        ([dated("load", "before", 3, "upload"), task("upload")], [18, 23]),
    ],
)
def test_a_step_without_a_date_leaves_what_follows_its_days(tasks: list[Task], days: list[int]) -> None:
    # red when it takes its stage's last day whatever is counted from it
    book, run = planned(*tasks)
    assert [row.due_on.day if row.due_on else None for row in run.tasks if row.is_written] == days
    if max(days) <= 23:
        found = forecast(book, run, Outside(), TODAY, {})
        assert {name: one.by for name, one in found.items() if one.by != AGREED} == {}, "a fresh plan can be kept"


def test_a_stage_that_comes_later_takes_such_a_step_along_by_as_many_days() -> None:
    book = book_of(
        Stage("zero", "Zero", "csm", tasks=(replace(task("call"), stage="zero"),), due=DAY_10),
        Stage(
            "one", "One", "csm", after=("zero",), due=ENDS,
            tasks=tuple(replace(one, stage="one") for one in (task("upload"), dated("load", "after", 4, "upload"))),
        ),
    )  # fmt: skip
    run = running(book)
    for _ in range(2):
        Schedule(book, run, Outside(), Readings(book, run, Outside(), at(FIRST))).set_dates()
    found = forecast(book, run, Outside(), TODAY, {})
    assert [found[f"task.{key}"].on for key in ("call", "upload", "load")] == [
        date(2026, 3, 12), date(2026, 3, 27), date(2026, 4, 2),
    ]  # fmt: skip
    # The first stage ends a week late: all that follows comes a week later, and no more.
    found = forecast(book, run, Outside(), date(2026, 3, 19), {})
    assert [found[f"task.{key}"].on for key in ("upload", "load")] == [date(2026, 4, 3), date(2026, 4, 9)]


def test_nothing_is_foreseen_before_it_may_begin() -> None:
    # red when the forecast knows the order and the dates, and not from when on a step may be done
    until = Timing("after", "20d after signed", Span(20, "d"), "signed")
    after = Timing("after", "2d after task.free.done", Span(2, "d"), "task.free.done")
    tasks = (
        replace(task("held"), starts=until),
        task("free"),
        replace(task("review"), starts=after),
    )
    book, run = planned(*tasks, due=Timing("none", "none"))
    rows = {row.key: row for row in run.tasks}
    rows["free"].due_on = date(2026, 3, 6)
    found = forecast(book, run, Outside(), TODAY, {})
    assert (found["stage.one"].on, found["stage.one"].by) == (date(2026, 3, 23), "task.held"), "the 22nd is a Sunday"
    assert (found["task.review"].on, found["task.review"].by) == (date(2026, 3, 9), "task.free"), "the 8th too"
    rows["held"].due_on = date(2026, 3, 20)
    found = forecast(book, run, Outside(), TODAY, {})
    assert (found["task.held"].on, found["task.held"].by) == (date(2026, 3, 23), STARTS)


@pytest.mark.parametrize(
    ("lag", "over"),
    [
        (Span(2, "d"), datetime(2026, 3, 8, 12, tzinfo=UTC)),
        (Span(2, "wd"), datetime(2026, 3, 10, tzinfo=UTC)),
        (Span(24, "h"), datetime(2026, 3, 7, 12, tzinfo=UTC)),
    ],
)
def test_two_working_days_after_a_friday_are_not_over_on_sunday(lag: Span, over: datetime) -> None:
    # red when a working day is counted as a day of the clock
    friday = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert lag_over(lag, friday, book_of(), Outside(), "csm") == over


@pytest.mark.parametrize(("first", "day"), [(9, 6), (3, 2), (2, 2)])
def test_somebody_is_named_a_working_day_before_what_is_theirs_to_do(first: int, day: int) -> None:
    # red when naming takes the stage's last day, after a form that only who is named can fill in
    ops = Role("ops", "Operations manager", "theirs", fill="asked", fill_by="csm")
    form = replace(task("form"), by="ops", due=Timing("after", f"{first - 2}d", Span(first - 2, "d"), "signed"))
    book = replace(book_of(Stage("one", "One", "csm", tasks=(form, task("call")), due=ENDS)), roles=(*SMALL.roles, ops))
    run = running(book)
    for _ in range(2):
        Schedule(book, run, Outside(), Readings(book, run, Outside(), at(FIRST))).set_dates()
    assert next(row for row in run.tasks if row.key == "fill_ops").due_on == date(2026, 3, day)


@pytest.mark.parametrize(
    ("tasks", "days_gone", "word"),
    [
        # Nothing may be done before the 20th day: silence counts from that day on.
        ([HELD], 19, "on_track"),
        ([HELD], 33, "on_track"),
        ([HELD], 36, "stalled"),
        # Something else may be done.
        ([HELD, task("free")], 16, "stalled"),
    ],
)
def test_a_journey_that_only_waits_for_a_day_is_not_stalled(tasks: list[Task], days_gone: int, word: str) -> None:
    book, run = planned(*tasks, due=Timing("none", "none"))
    now = at(FIRST + timedelta(days=days_gone))
    readings = Readings(book, run, Outside(), now)
    assert not list(settle(book, run, readings, now))
    for row in run.tasks:
        if row.key == "held" and row.opened_at:
            row.opened_at = at(FIRST + timedelta(days=20))
        elif row.opened_at:
            row.opened_at = at(FIRST)
    assert pace(book, run, readings, now).word == word


def test_a_day_off_is_said_where_a_date_moved_on_from_it() -> None:
    # red when the 60th day is a Friday on the page and a Monday in the plan, and nothing says why
    _, run = planned(replace(task("review"), due=Timing("after", "5d after signed", Span(5, "d"), "signed")))
    (row,) = [row for row in run.tasks if row.is_written]
    assert (row.due_on, row.due_why) == (date(2026, 3, 9), "5d after signed, moved on from a day off")


def test_whoever_sold_it_is_asked_for_where_there_is_no_deal() -> None:
    # red when the first step of the seller stands without anybody and nobody is asked to name one
    seller = Role("sales", "Account executive", "ours", fill="deal_owner")
    book = replace(book_of(Stage("one", "One", "csm", tasks=(task("call"),))), roles=(*SMALL.roles, seller))
    assert "Name the account executive" in [row.title for row in running(book).tasks]
