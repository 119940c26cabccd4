"""How long an onboarding should take: the organization's table of ranges, and what it says of one account. Pure.

The numbers begin as published guides give them: one goes by segment, adjusted by complexity, and gives the setup; one
goes by complexity alone. Of strategic accounts none tells: theirs begins as the enterprise's (docs/why/0067).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from onward.accounts.decisions.segments import COMPLEXITIES, SEGMENTS, factor_for
from onward.kernel.refusals import invalid

#: What a row of each part is called by, and the part's own name on pages.
PARTS = {"segments": SEGMENTS, "complexities": COMPLEXITIES, "setup": COMPLEXITIES}
GOES_BY = {"segment": "segment", "complexity": "complexity"}
LONGEST = 730
TEN_YEARS = 3650
STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Days:
    """A range in whole days; `least` 0: it has no lower end. `most` is the target."""

    least: int
    most: int

    @property
    def words(self) -> str:
        """ "30 to 90 days"."""
        return f"{self.least} to {self.most} days" if self.least else f"up to {self.most} days"

    def times(self, factor: Decimal) -> Days:
        """Both ends stretched, to the nearest day, at least one and at most ten years."""
        return Days(_stretched(self.least, factor), max(1, _stretched(self.most, factor)))


@dataclass(frozen=True, slots=True)
class DurationTargets:
    """`goes_by` says which of the two tables is the target of the whole: "segment" or "complexity". `setup` is that of
    the implementation stage, by complexity."""

    goes_by: str
    segments: Mapping[str, Days]
    complexities: Mapping[str, Days]
    setup: Mapping[str, Days]

    def table(self) -> dict[str, Any]:
        """As it is stored and told: {"goes_by": "segment", "segments": {"self_serve": [0, 30], ...}, ...}."""
        parts = {part: {key: [one.least, one.most] for key, one in getattr(self, part).items()} for part in PARTS}
        return {"goes_by": self.goes_by, **parts}


@dataclass(frozen=True, slots=True)
class Aim:
    """What the table says of one account: the whole and its setup, each with why in words."""

    whole: Days
    why: str
    setup: Days
    setup_why: str


DEFAULT_TARGETS = DurationTargets(
    "segment",
    {
        "self_serve": Days(0, 30),
        "mid_market": Days(30, 90),
        "enterprise": Days(90, 180),
        "strategic": Days(90, 180),
    },
    {"simple": Days(14, 30), "standard": Days(30, 60), "complex": Days(60, 90), "very_complex": Days(90, 120)},
    {"simple": Days(0, 14), "standard": Days(14, 28), "complex": Days(28, 42), "very_complex": Days(42, 56)},
)


def aim_of(targets: DurationTargets, segment: str, complexity: str | None, factor: Decimal) -> Aim:
    """The targets of an account. By segment all of its factor counts; by complexity only what somebody set otherwise
    than the complexity says, so that no account is stretched twice. Unknown complexity is taken as standard."""
    own = factor / factor_for(complexity)
    setup, setup_why = _by_complexity(targets.setup, complexity, own)
    if targets.goes_by == "complexity":
        return Aim(*_by_complexity(targets.complexities, complexity, own), setup, setup_why)
    days = targets.segments[segment]
    why = f"{SEGMENTS[segment]}: {days.words}"
    if factor != 1:
        why += f", times its complexity factor {_short(factor)}"
    return Aim(days.times(factor), why, setup, setup_why)


def targets_from(table: Mapping[str, Any]) -> DurationTargets:
    """The targets of a stored table."""
    parts = {part: {key: Days(*table[part][key]) for key in rows} for part, rows in PARTS.items()}
    return DurationTargets(table["goes_by"], **parts)


def checked_targets(goes_by: str, given: Mapping[str, Mapping[str, tuple[str, str]]]) -> DurationTargets:
    """The targets as a person wrote them: (least, most) in words by part and row. Refusal "invalid" names the row and
    its field ("segments.mid_market.most")."""
    if goes_by not in GOES_BY:
        raise invalid(f"Targets do not go by “{goes_by[:40]}”.", mend="By segment or by complexity.", field="goes_by")
    parts = {part: {key: _days(part, key, *given[part][key]) for key in rows} for part, rows in PARTS.items()}
    return DurationTargets(goes_by, **parts)


def _by_complexity(rows: Mapping[str, Days], complexity: str | None, own: Decimal) -> tuple[Days, str]:
    days = rows[complexity or STANDARD]
    named = COMPLEXITIES[complexity] if complexity else "Complexity not known, taken as standard"
    stretched = f", times {_short(own)} as its own factor says" if own != 1 else ""
    return days.times(own), f"{named}: {days.words}{stretched}"


def _days(part: str, key: str, least: str, most: str) -> Days:
    name = f"{PARTS[part][key]}{', setup' if part == 'setup' else ''}"
    low, high = _number(least or "0", name, f"{part}.{key}.least"), _number(most, name, f"{part}.{key}.most")
    if not 1 <= high <= LONGEST:
        raise invalid(
            f"{name}: the target is 1 to {LONGEST} days.", mend="Write whole days.", field=f"{part}.{key}.most"
        )
    if low > high:
        raise invalid(
            f"{name}: {low} to {high} days is no range.",
            mend="Write the fewer days first, or leave them empty.",
            field=f"{part}.{key}.least",
        )
    return Days(low, high)


def _number(text: str, name: str, field: str) -> int:
    text = text.strip()
    if not text:
        raise invalid(f"{name}: the days are missing.", mend="Write whole days, such as 90.", field=field)
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise invalid(f"{name}: “{text[:20]}” is no number of days.", mend="Write whole days, such as 90.", field=field)
    return int(text)


def _stretched(days: int, factor: Decimal) -> int:
    return min(int((days * factor).quantize(Decimal(1), ROUND_HALF_UP)), TEN_YEARS)


def _short(factor: Decimal) -> str:
    return f"{factor.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".")
