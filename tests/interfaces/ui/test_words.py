"""How values read on a page."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from onward.interfaces.ui import charts, drawings, given, words
from onward.interfaces.ui.markdown import markdown, plain
from onward.kernel.refusals import Refusal

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


@time_machine.travel(NOW, tick=False)
def test_dates_read_as_people_say_them() -> None:
    assert words.date_words(datetime(2026, 3, 13, 17, 0, tzinfo=UTC)) == "Fri 13 March"
    assert words.date_words("2025-12-01") == "Mon 1 December 2025"
    assert words.date_words(None, "no date") == "no date"
    assert words.short_date("2026-03-13T12:00:00+00:00") == "13 Mar"
    assert "title=" in words.time_tag(NOW)
    assert "Thu 12 March 2026, 09:30 UTC" in words.time_tag(NOW)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=4), "4 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=6), "6 days ago"),
        (-timedelta(days=1), "tomorrow"),
        (-timedelta(days=3), "in 3 days"),
    ],
)
def test_ages_are_told_in_the_coarsest_unit_that_matters(back: timedelta, said: str) -> None:
    assert words.ago(NOW - back) == said


def test_only_the_words_of_what_was_written_stand_in_an_excerpt() -> None:
    assert plain("**Hello** [you](https://x.example/)\n\n- one & two\n- `<b>`") == "Hello you one & two <b>"


def test_figures_keep_their_units() -> None:
    assert words.days(1) == "1 day"
    assert words.days(Decimal("90.05")) == "90.05 days"
    assert words.days(timedelta(days=6, hours=23)) == "6 days"
    assert words.plural(41, "journey") == "41 journeys"
    assert words.plural(1, "journey") == "1 journey"
    assert words.money(Decimal("84000"), "EUR") == "€84,000"
    assert words.short_money(84_000, "EUR") == "€84k"
    assert words.short_money(1_250_000, "CHF") == "CHF 1.2m"
    assert words.initials("Mara Lindqvist") == "ML"
    assert words.initials(None) == "?"
    assert words.listed(["a", "<b>", "c"]) == "a, &lt;b&gt; and c"
    assert words.joined(["a", "b & c", "d"]) == "a, b & c and d", "what a page escapes is not escaped before"
    assert (words.joined([]), words.joined(["a"])) == ("", "a")


def test_the_small_line_says_in_words_what_it_draws() -> None:
    drawn = drawings.line_small(7, 2, 1, 4, "Implementation, 1 of 4 proven")
    assert 'aria-label="Implementation, 1 of 4 proven"' in drawn
    assert drawings.line_small(0, 0)
    assert 'aria-label="1 of 3 stages closed"' in drawings.line_small(3, 3, cells="pcf"), "as one that was cancelled"
    assert drawings.line_small(4, 0, cells="pccf").count("<rect") == 2
    assert drawings.line_small(3, 9)


def test_charts_escape_names_and_survive_having_nothing_to_show() -> None:
    assert charts.survival_chart([])
    assert charts.funnel_chart([])
    assert charts.histogram([])
    assert "<script>" not in charts.funnel_chart([charts.Bar("<script>", 3), charts.Bar("b", 0)])
    drawn = charts.survival_chart([charts.Curve("All", [(5, 0.5, 0.4, 0.6)], [(7, 0.5)], 5)])
    assert 'class="median"' in drawn
    assert 'class="censored' in drawn


@pytest.mark.parametrize(
    ("typed", "is_number"),
    [
        ("8", 8), ("0,8", 0.8), ("0.125", 0.125), ("80%", 0.8), ("1,500", 1500), ("$1,500", 1500), ("1 500 €", 1500),
        ("1.500,25", 1500.25), ("1,500.25", 1500.25), ("1.234.567", 1234567), ("12,50", 12.5), ("0,800", 0.8),
        ("-3", -3),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed: str, is_number: float) -> None:
    assert given.number(typed, "It") == pytest.approx(is_number)


@pytest.mark.parametrize("typed", ["", "much", "1,50,0", "nan", "inf", "1e400", "1,500,00", "5 apples"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        given.number(typed, "It")


@pytest.mark.parametrize(
    ("source", "leads"),
    [
        ("[a](https://x.example/y)", True), ("[a](mailto:a@x.example)", True), ("[a](//x.example)", False),
        ("[a](/sign-out)", False), ("[a](usr_x)", False), ("[a](javascript:alert(1))", False),
        ("[a](https:///x)", False),
    ],
)  # fmt: skip
def test_links_in_what_people_write_say_where_they_lead(source: str, leads: bool) -> None:
    html = markdown(source)
    assert ("href=" in html) == leads
    assert not leads or 'rel="noopener noreferrer nofollow"' in html
