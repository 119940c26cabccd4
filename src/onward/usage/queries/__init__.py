"""What is read of usage: sources, accounts' use, metrics for criteria, funnels and first times."""

from onward.usage.queries.accounts import (
    AccountUsage,
    EventTotals,
    PersonRow,
    WaitingGroup,
    WeekOfUse,
    account_usage,
    waiting_groups,
    weekly_use,
)
from onward.usage.queries.auditing import Difference, differences
from onward.usage.queries.funnels import FIRST_EVENT, FirstTime, Step, first_times, funnel, last_event_at, received
from onward.usage.queries.metrics import instants, metrics_for, persons_metrics
from onward.usage.queries.sources import KeyRow, SightingRow, SourceRow, sightings, source, source_named, sources

__all__ = [
    "FIRST_EVENT",
    "AccountUsage",
    "Difference",
    "EventTotals",
    "FirstTime",
    "KeyRow",
    "PersonRow",
    "SightingRow",
    "SourceRow",
    "Step",
    "WaitingGroup",
    "WeekOfUse",
    "account_usage",
    "differences",
    "first_times",
    "funnel",
    "instants",
    "last_event_at",
    "metrics_for",
    "persons_metrics",
    "received",
    "sightings",
    "source",
    "source_named",
    "sources",
    "waiting_groups",
    "weekly_use",
]
