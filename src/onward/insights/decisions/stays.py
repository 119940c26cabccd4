"""How long journeys stay in their stages, and how many go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from onward.insights.decisions.survival import Survival, observe, survival


@dataclass(frozen=True, slots=True)
class Stay:
    """One journey's time in one stage. `left_at`: the journey was cancelled while the stage was open."""

    playbook: str
    stage: str
    title: str
    rank: int
    entered_at: datetime
    closed_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class StageFigures:
    """`entered` = `closed` + `in_it` + `left`. Median and p90 are Kaplan-Meier quantiles over all who entered: the
    least t by which half (nine in ten) had closed it, with those still in it, or who left, counted for as long as
    they stayed; None when that share has not been reached. Nobody open: the nearest-rank quantile. The `closed_`
    figures are nearest-rank over closed stays alone. `so_far_days`: the median age of the stays that go on."""

    playbook: str
    stage: str
    title: str
    rank: int
    entered: int
    closed: int
    in_it: int
    left: int
    median_days: float | None
    p90_days: float | None
    closed_median_days: float | None
    closed_p90_days: float | None
    so_far_days: float | None


def stage_figures(stays: Iterable[Stay], as_of: datetime) -> list[StageFigures]:
    """Funnel and durations of every stage of every playbook, as known at `as_of`, in playbook and rank order."""
    stages: dict[tuple[str, str], list[Stay]] = {}
    for stay in stays:
        if stay.entered_at <= as_of:
            stages.setdefault((stay.playbook, stay.stage), []).append(stay)
    figures = [_figures(inside, as_of) for inside in stages.values()]
    return sorted(figures, key=lambda one: (one.playbook, one.rank, one.stage))


def _figures(stays: list[Stay], as_of: datetime) -> StageFigures:
    seen = [observe(stay.entered_at, stay.closed_at, stay.left_at, as_of) for stay in stays]
    everyone: Survival = survival(seen)
    closed: Survival = survival(one for one in seen if one.reached)
    ages = [
        one.days
        for one, stay in zip(seen, stays, strict=True)
        if not one.reached and (stay.left_at is None or stay.left_at > as_of)
    ]
    newest = max(stays, key=lambda stay: stay.entered_at)
    return StageFigures(
        playbook=newest.playbook,
        stage=newest.stage,
        title=newest.title,
        rank=newest.rank,
        entered=len(stays),
        closed=everyone.reached,
        in_it=len(ages),
        # Who closed the stage and left later did not leave from it.
        left=len(stays) - everyone.reached - len(ages),
        median_days=everyone.median_days,
        p90_days=everyone.quantile(0.9),
        closed_median_days=closed.median_days,
        closed_p90_days=closed.quantile(0.9),
        so_far_days=median(ages) if ages else None,
    )
