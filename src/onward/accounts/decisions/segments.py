"""Which segment an account belongs to, and how much longer its work takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from onward.kernel.refusals import invalid

SEGMENTS = {
    "self_serve": "Self-serve",
    "mid_market": "Mid-market",
    "enterprise": "Enterprise",
    "strategic": "Strategic",
}
COMPLEXITIES = {
    "simple": "Simple",
    "standard": "Standard",
    "complex": "Complex",
    "very_complex": "Very complex",
}
_FACTORS = {
    "simple": Decimal("0.75"),
    "standard": Decimal("1"),
    "complex": Decimal("1.5"),
    "very_complex": Decimal("2"),
}
CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Rule:
    """The segment of accounts whose ARR in USD is above (exclusive) the threshold; None: of all the rest."""

    segment: str
    above: Decimal | None


DEFAULT_RULES = (
    Rule("self_serve", None),
    Rule("mid_market", Decimal(5_000)),
    Rule("enterprise", Decimal(50_000)),
    Rule("strategic", Decimal(100_000)),
)


def segment_for(arr: Decimal | None, rules: Sequence[Rule]) -> str:
    """The segment with the highest threshold that the ARR is above. An unknown ARR is judged as none."""
    have = arr if arr is not None else Decimal(0)
    fitting = [rule for rule in rules if rule.above is None or have > rule.above]
    best = max(fitting, key=lambda rule: Decimal("-Infinity") if rule.above is None else rule.above, default=None)
    return best.segment if best else "self_serve"


def checked_rules(above: Mapping[str, Decimal | None]) -> list[Rule]:
    """Rules as a person wrote them: thresholds by segment. Refusal "invalid" when they cannot all apply.

    Exactly one segment takes the rest (None), thresholds are positive, and no two are the same.
    """
    unknown = [segment for segment in above if segment not in SEGMENTS]
    if unknown:
        raise invalid(f"There is no segment {unknown[0]}.", mend=f"Segments are {', '.join(SEGMENTS)}.")
    rest = [segment for segment, threshold in above.items() if threshold is None]
    if len(rest) != 1:
        raise invalid(
            "Exactly one segment takes the accounts that no threshold fits.",
            mend="Leave one threshold empty.",
            segments=rest,
            field=rest[-1] if rest else "",
        )
    given = [threshold for threshold in above.values() if threshold is not None]
    for segment, threshold in above.items():
        if threshold is not None and not 0 <= threshold < Decimal(10) ** 13:
            raise invalid("A threshold is an amount of zero or more.", mend="Write it in USD a year.", field=segment)
        if threshold is not None and given.count(threshold) > 1:
            mend = "Give each its own, or leave one out."
            raise invalid("Two segments have the same threshold.", mend=mend, field=segment)
    return [Rule(segment, threshold) for segment, threshold in above.items()]


def factor_for(complexity: str | None) -> Decimal:
    """How much longer than the standard the work takes; 1 while the complexity is unknown."""
    return _FACTORS.get(complexity or "", Decimal(1))
