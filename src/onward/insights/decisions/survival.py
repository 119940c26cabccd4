"""Kaplan-Meier: how long until it happens, with those for whom it has not happened yet counted as such."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, inf, log, sqrt
from statistics import NormalDist

METHODS = ("log-log", "log")
SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Observation:
    """One account, journey or person: followed for `days`; `reached` says whether it happened then."""

    days: float
    reached: bool


@dataclass(frozen=True, slots=True)
class Point:
    """The share still waiting just after `days`, with its confidence bounds (none where the variance is undefined)."""

    days: float
    waiting: float
    lower: float | None
    upper: float | None
    at_risk: int
    reached: int


@dataclass(frozen=True, slots=True)
class Survival:
    """`median_days` is the least t with S(t) <= 0.5, None when the curve never falls so far; the same of its bounds."""

    n: int
    reached: int
    median_days: float | None
    ci: tuple[float | None, float | None]
    ci_method: str
    curve: tuple[Point, ...]
    censored: tuple[tuple[float, float], ...]

    @property
    def followed_days(self) -> float:
        """How long the longest was followed: what comes later is not known, unless nobody was left waiting."""
        if self.curve and self.curve[-1].waiting == 0:
            return inf
        return max([0.0, *(point.days for point in self.curve), *(days for days, _ in self.censored)])

    def quantile(self, share: float) -> float | None:
        """Days after which that share had got there: the least t with S(t) <= 1 - share."""
        return _first(((point.days, point.waiting) for point in self.curve), 1 - share)

    def waiting(self, days: float) -> float:
        """S(days): the share that had not got there by then."""
        share = 1.0
        for point in self.curve:
            if point.days > days:
                break
            share = point.waiting
        return share


def observe(start: datetime, reached_at: datetime | None, left_at: datetime | None, as_of: datetime) -> Observation:
    """Follow one from `start`: until it happened, until it left (cancelled), or until `as_of`, whichever is first.

    What happened before the start counts as day 0. Days are seconds / 86,400.
    """
    end = as_of if left_at is None else min(left_at, as_of)
    reached = reached_at is not None and reached_at <= end
    stop = reached_at if reached and reached_at is not None else end
    return Observation(max((stop - start).total_seconds() / SECONDS_A_DAY, 0.0), reached)


def survival(observations: Iterable[Observation], *, ci_method: str = "log-log", level: float = 0.95) -> Survival:
    """The Kaplan-Meier estimate with pointwise bounds by Greenwood's variance on the log-log or the log scale.

    Events at a time come before those censored at that time. "log-log" keeps the bounds within 0 and 1 (lifelines'
    default), "log" is R's default.
    """
    if ci_method not in METHODS:
        raise ValueError(f"ci_method is one of {METHODS}")
    seen = list(observations)
    events = Counter(item.days for item in seen if item.reached)
    losses = Counter(item.days for item in seen if not item.reached)
    at_risk, share, variance = len(seen), 1.0, 0.0
    z = NormalDist().inv_cdf(0.5 + level / 2)
    curve: list[Point] = []
    censored: list[tuple[float, float]] = []
    for days in sorted(events.keys() | losses.keys()):
        if count := events.get(days, 0):
            share *= 1 - count / at_risk
            if at_risk > count:
                variance += count / (at_risk * (at_risk - count))
            else:
                share = 0.0
            lower, upper = _bounds(share, variance, z, ci_method)
            curve.append(Point(days, share, lower, upper, at_risk, count))
        if days in losses:
            censored.append((days, share))
        at_risk -= count + losses.get(days, 0)
    return Survival(
        n=len(seen),
        reached=sum(events.values()),
        median_days=_first(((point.days, point.waiting) for point in curve), 0.5),
        ci=(
            _first(((point.days, point.lower) for point in curve), 0.5),
            _first(((point.days, point.upper) for point in curve), 0.5),
        ),
        ci_method=ci_method,
        curve=tuple(curve),
        censored=tuple(censored),
    )


def _bounds(share: float, variance: float, z: float, method: str) -> tuple[float | None, float | None]:
    if share <= 0.0:
        return None, None
    if method == "log":
        spread = z * sqrt(variance)
        return share * exp(-spread), min(share * exp(spread), 1.0)
    spread = z * sqrt(variance) / log(share)
    return share ** exp(-spread), share ** exp(spread)


# S falls by products of rationals: 0.5 may come out as 0.5000000000000001, and the median would slip a whole step.
_SLACK = 1e-12


def _first(steps: Iterable[tuple[float, float | None]], share: float) -> float | None:
    for days, value in steps:
        if value is not None and value <= share + _SLACK:
            return days
    return None


def by_group(groups: Sequence[tuple[str, Observation]], *, ci_method: str = "log-log") -> dict[str, Survival]:
    """One curve a value, by value."""
    sorted_groups: dict[str, list[Observation]] = {}
    for value, observation in groups:
        sorted_groups.setdefault(value, []).append(observation)
    return {value: survival(sorted_groups[value], ci_method=ci_method) for value in sorted(sorted_groups)}
