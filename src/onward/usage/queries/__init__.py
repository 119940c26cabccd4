"""What is read of usage: sources, accounts' use, metrics for criteria, funnels and first times."""

from onward.usage.queries.metrics import instants, metrics_for, persons_metrics
from onward.usage.queries.sources import KeyRow, SightingRow, SourceRow, sightings, source, source_named, sources

__all__ = [
    "KeyRow",
    "SightingRow",
    "SourceRow",
    "instants",
    "metrics_for",
    "persons_metrics",
    "sightings",
    "source",
    "source_named",
    "sources",
]
