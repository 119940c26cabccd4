"""Which steps decide the day of a goal and how far others can slip: by hand, and at random for what always holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given

from onward.journeys.decisions.critical import slack_of
from onward.journeys.decisions.forecast import reckoned
from onward.journeys.decisions.graph import graph_of
from onward.journeys.decisions.state import Run
from onward.kernel.clock import Span
from onward.playbooks.decisions.definition import Playbook, Stage
from onward.playbooks.decisions.parts import Link
from tests.journeys.test_forecast import OUTSIDE, PATIENT, TODAY_IS, begin, book_of, journeys, plan, running, task


def test_the_longest_way_decides_and_what_stands_beside_it_has_slack() -> None:
    # red when slack is not in the doer's own working days, or when what is put off takes part
    after_short = task("check", by="champion")
    tasks = (task("connect"), task("long", "connect"), task("short", "connect"), after_short, task("later"))
    book = book_of(Stage("one", "One", "csm", tasks=tasks))
    run = running(book)
    rows = plan(
        run, connect=date(2026, 3, 17), long=date(2026, 3, 25), short=date(2026, 3, 18), check=date(2026, 3, 18),
        later=date(2026, 5, 4),
    )  # fmt: skip
    rows["later"].deferred_at = rows["later"].due_at
    begin(rows["connect"], date(2026, 3, 2))
    found = slack_of(graph_of(book, run, OUTSIDE, {}), TODAY_IS, "stage.one")
    # Friday the 20th is a holiday of ours; they work from Sunday to Thursday. Connecting may end on the 24th: one day
    # of work is left for "long", which the plan gave more.
    assert {name: one.days for name, one in found.items()} == {
        "stage.one": 0, "task.long": 0, "task.connect": 4, "task.short": 4, "task.check": 5,
    }  # fmt: skip
    assert found["task.connect"].latest == date(2026, 3, 24)


def test_what_is_late_decides_through_its_lag() -> None:
    # red when a lag or today's day is left out of the way back
    check = task("check", "connect")
    lagged = Link("connect", lag=Span(2, "wd"))
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect"), replace(check, after=(lagged,)), task("own"))))
    run = running(book)
    rows = plan(run, connect=date(2026, 3, 10), check=date(2026, 3, 13), own=date(2026, 3, 18))
    begin(rows["connect"], date(2026, 3, 2))
    found = slack_of(graph_of(book, run, OUTSIDE, {}), TODAY_IS, "stage.one")
    # Monday the 16th, two working days and one of work.
    assert {name: (one.on.day, one.days) for name, one in found.items()} == {
        "stage.one": (19, 0), "task.connect": (16, 0), "task.check": (19, 0), "task.own": (18, 1),
    }  # fmt: skip


def test_what_begins_with_another_waits_for_its_beginning_not_for_its_end() -> None:
    # red when the way back through a beginning is left out, or taken for one through the end
    beside = Link("connect", "start_to_start", Span(5, "wd"))
    lagged = replace(task("connect"), after=(Link("first", lag=Span(1, "wd")),))
    tasks = (task("first"), lagged, replace(task("beside"), after=(beside,)))
    book = book_of(Stage("one", "One", "csm", tasks=tasks))
    run = running(book)
    begin(plan(run, first=date(2026, 3, 17), connect=date(2026, 3, 18))["first"], date(2026, 3, 2))
    found = slack_of(graph_of(book, run, OUTSIDE, {}), TODAY_IS, "stage.one")
    # One and five working days after the 17th, around the holiday; connecting alone could take until then.
    assert {name: (one.on.day, one.days) for name, one in found.items()} == {
        "stage.one": (26, 0), "task.first": (17, 0), "task.connect": (18, 5), "task.beside": (26, 0),
    }  # fmt: skip


def test_a_goal_that_is_reached_or_unknown_waits_for_nothing() -> None:
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect"),)))
    run = running(book)
    things = graph_of(book, run, OUTSIDE, {})
    assert slack_of(things, TODAY_IS, "milestone.live") == {}
    things["stage.one"].over = TODAY_IS
    assert slack_of(things, TODAY_IS, "stage.one") == {}


@PATIENT
@given(journeys())
def test_a_step_may_slip_as_far_as_its_slack_and_not_a_day_further(made: tuple[Playbook, Run]) -> None:
    # red when the way back is not the way there
    book, run = made
    things = graph_of(book, run, OUTSIDE, {})
    goal = f"stage.{book.stages[-1].id}"
    ends, _, _ = reckoned(things, TODAY_IS)
    found = slack_of(things, TODAY_IS, goal)
    for name, thing in things.items():
        if thing.over or name == goal or name not in ends:
            continue
        slack = found[name].days if name in found else 60
        thing.to = thing.calendar.later(ends[name], slack)
        assert reckoned(things, TODAY_IS)[0].get(goal) == ends.get(goal), name
        if name in found:
            thing.to = thing.calendar.later(ends[name], slack + 1)
            assert reckoned(things, TODAY_IS)[0][goal] > ends[goal], name
        thing.to = None
