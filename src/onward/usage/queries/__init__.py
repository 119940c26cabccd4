"""What is read of usage: sources, accounts' use, metrics for criteria, funnels and first times."""

from onward.usage.queries.metrics import instants, metrics_for, persons_metrics

__all__ = ["instants", "metrics_for", "persons_metrics"]
