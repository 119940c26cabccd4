"""A vendor's color stays readable in the portal, whatever it is, and never looks like the customer's side."""

from hypothesis import given
from hypothesis import strategies as st

from onward.identity.decisions.accent import APART, ON_FILL, PAPER, THEIRS_HUE, accent_of, contrast, oklch


@given(st.integers(0, 0xFFFFFF))
def test_any_color_becomes_readable_in_both_themes_or_is_left_out(number: int) -> None:
    found = accent_of(f"#{number:06x}")
    if found is None:
        return
    for own, paper, fill in zip((found.light, found.dark), PAPER, ON_FILL, strict=True):
        assert contrast(own, paper) >= 4.5
        assert contrast(own, fill) >= 4.5
    assert found.light[0] <= 0.46
    assert found.dark[0] >= 0.78
    gap = abs((found.light[2] - THEIRS_HUE + 180) % 360 - 180)
    assert gap >= APART - 0.01


def test_a_blue_stays_that_blue_and_a_pink_is_turned_away() -> None:
    blue = accent_of("#284fae")
    assert blue is not None
    assert not blue.was_turned
    assert abs(blue.light[2] - oklch("#284fae")[2]) < 0.01
    assert "--ours: light-dark(oklch(" in blue.css()
    pink = accent_of("#c2185b")
    assert pink is not None
    assert pink.was_turned


def test_what_is_no_color_changes_nothing() -> None:
    for given_color in ("", "red", "#12345", "#808080", "url(x)", "#284fae;}"):
        assert accent_of(given_color) is None
