"""Judging checks, reckoning dates, choosing a playbook, walking circles: tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from onward.kernel.clock import Span, WorkingCalendar
from onward.kernel.expressions import Value
from onward.playbooks.decisions import graph
from onward.playbooks.decisions.choosing import Candidate, choose
from onward.playbooks.decisions.judge import figure_value, judge
from onward.playbooks.decisions.parts import Case, Check, Expr, Figure, Target, Timing
from onward.playbooks.decisions.timing import Moment, due

SIGNED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday
USE = Expr("figure.weekly_active", (("figure.weekly_active", "number"),))
DONE = Expr("task.review.done", (("task.review.done", "yes_no"),))


def timing(word: str, **more: object) -> Timing:
    return Timing(word, "as written", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("check", "readings", "state", "actual", "sentence"),
    [
        (Check("c", "C", when=DONE), {"task.review.done": True}, "met", "", ""),
        (Check("c", "C", when=DONE), {"task.review.done": False}, "not_met", "", "Not yet."),
        (Check("c", "C", when=DONE), {}, "unknown", "", "Not known yet: needs task.review.done."),
        (
            Check("c", "C", actual=USE, target=Target("at_least", 0.6, "60%")),
            {"figure.weekly_active": 0.599},
            "not_met",
            "59%",
            "It is 59%; the target is at least 60%.",
        ),
        (
            Check("c", "C", actual=USE, target=Target("at_least", 0.8, "80%")),
            {"figure.weekly_active": 0.1 + 0.7},
            "met",
            "80%",
            "",
        ),
        (
            Check("c", "C", actual=USE, target=Target("at_least", 1, "100%")),
            {"figure.weekly_active": 0.999},
            "not_met",
            "99%",
            "It is 99%; the target is at least 100%.",
        ),
        (Check("c", "C", actual=DONE, target=Target("is", True, "yes")), {"task.review.done": True}, "met", "yes", ""),
    ],
)
def test_a_check_shows_both_numbers_and_says_why_not(
    check: Check, readings: dict[str, Value | None], state: str, actual: str, sentence: str
) -> None:  # covers 112
    found = judge(check, readings)
    assert (found.state, found.actual, found.sentence) == (state, actual, sentence)


def test_a_share_of_nothing_is_unknown() -> None:
    number: tuple[tuple[str, str], ...] = (("account.seats", "number"),)
    seats = Expr("account.seats", number)  # type: ignore[arg-type]
    figure = Figure("f", "F", part=seats, whole=seats)
    assert figure_value(figure, {"account.seats": 0}).problem == "a share of nothing: the whole is 0"
    assert figure_value(figure, {}).missing == ("account.seats", "account.seats")
    assert figure_value(figure, {"account.seats": 4}).value == 1


@pytest.mark.parametrize(
    ("what", "day", "promise"),
    [
        (timing("within", span=Span(24, "h"), moment="signed"), datetime(2026, 3, 3, 10, tzinfo=UTC), True),
        (timing("within", span=Span(7, "d"), moment="signed"), date(2026, 3, 9), True),
        (timing("after", span=Span(2, "w"), moment="entered"), date(2026, 3, 18), False),
        (timing("before", span=Span(1, "wd"), moment="task.kickoff.held"), date(2026, 3, 6), False),
        (timing("at", moment="signed"), SIGNED, False),
        (timing("day", day=14), date(2026, 3, 16), False),
        (timing("day", day=-7), date(2026, 2, 23), False),
        (
            timing("after", span=Span(30, "d"), moment="signed", times="account.complexity_factor"),
            date(2026, 4, 16),
            False,
        ),
        (
            Timing("within", "within account.setup_days of signed", Span(1, "d"), "signed", times="account.setup_days"),
            date(2026, 4, 13),
            True,
        ),
        (timing("none"), None, False),
        (timing("at", moment="renewal"), None, False),
    ],
)
def test_a_timing_gives_a_date_or_says_what_it_waits_for(  # covers 13, 34
    what: Timing, day: date | None, promise: bool
) -> None:
    moments = {
        "signed": Moment(SIGNED),
        "day_zero": Moment(SIGNED),
        "entered": Moment(datetime(2026, 3, 4, 8, tzinfo=UTC)),
        "task.kickoff.held": Moment(datetime(2026, 3, 9, 9, tzinfo=UTC), planned=True),
    }
    readings: dict[str, Value | None] = {"account.complexity_factor": 1.5, "account.setup_days": 42}
    found = due(what, moments=moments, readings=readings, calendar=WorkingCalendar())
    assert found.promise is promise
    assert found.planned is (what.moment == "task.kickoff.held")
    if isinstance(day, datetime):
        assert found.at == day
    else:
        assert (found.at.date() if found.at else None) == day
    if what.counts_days:
        assert found.because == "within 42d of signed"
    if what.moment == "renewal":
        assert found.waits_for == ("renewal",)


def test_day_one_counts_from_one() -> None:
    moments = {"day_zero": Moment(SIGNED)}
    found = due(timing("day", day=14), moments=moments, readings={}, calendar=WorkingCalendar(), day_one=True)
    assert found.at is not None
    assert found.at.date() == date(2026, 3, 15)


@pytest.mark.parametrize(("complexity", "days"), [("simple", 14), ("very_complex", 28), (None, 28)])
def test_a_table_chooses_by_a_metric(complexity: str | None, days: int) -> None:  # covers 31, 32, 35
    table = timing(
        "table",
        by="account.complexity",
        cases=(Case("simple", timing("after", span=Span(2, "w"), moment="signed")),),
        otherwise=timing("after", span=Span(4, "w"), moment="signed"),
    )
    found = due(
        table,
        moments={"signed": Moment(SIGNED)},
        readings={"account.complexity": complexity},
        calendar=WorkingCalendar(),
    )
    assert found.at is not None
    assert (found.at.date() - SIGNED.date()).days == days


ENTERPRISE = Expr('account.segment == "enterprise"', (("account.segment", "text"),))
LARGE = Expr("account.arr > 250000", (("account.arr", "number"),))
ALL = Expr("true")
A, B = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("candidates", "readings", "chosen", "why"),
    [
        ([(A, 1, ENTERPRISE)], {"account.segment": "enterprise"}, A, "It is the only one that fits."),
        ([(A, 1, ENTERPRISE)], {"account.segment": "mid_market"}, None, "No playbook fits this account."),
        ([(A, 1, ALL), (B, 2, ALL)], {}, B, "It has the highest rank of 2 that fit."),
        ([(A, 2, ALL), (B, 2, ALL)], {}, None, "Playbook 0 and Playbook 1 fit equally well."),
        ([(A, 2, LARGE), (B, 1, ALL)], {}, None, "Playbook 0 may fit: account.arr is not known."),
        ([(A, 1, LARGE), (B, 2, ALL)], {}, B, "It is the only one that fits."),
        ([(A, 2, LARGE), (B, 1, ALL)], {"account.arr": 1}, B, "It is the only one that fits."),
        ([(A, 2, None)], {}, None, "No playbook fits this account."),
    ],
)
def test_the_fitting_playbook_or_a_person(  # covers 15
    candidates: list[tuple[object, int, Expr | None]], readings: dict[str, Value | None], chosen: object, why: str
) -> None:
    found = choose(
        (
            Candidate(version, f"p{at}", f"Playbook {at}", rank, when)  # type: ignore[arg-type]
            for at, (version, rank, when) in enumerate(candidates)
        ),
        readings,
    )
    assert (found.version_id, found.why) == (chosen, why)


def test_a_circle_is_found_however_long() -> None:
    chain: graph.Edges = {("task", str(at)): {("task", str(at + 1))} for at in range(5000)}
    assert graph.cycle(chain) == []
    chain["task", "5000"] = {("task", "4998")}
    assert graph.cycle(chain) == [("task", "4998"), ("task", "4999"), ("task", "5000")]
