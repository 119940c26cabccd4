"""The catalogue of metrics: every name that authors may use, with its type and when it is absent.

A pattern such as `task.{task}.done` stands for one name per declared task. Singular is one named thing, plural counts
over all. The reference page (docs/reference/metrics.md) is written from the catalogue.
"""

from onward.kernel.metrics.catalogue import BANDS, CATALOGUE, COMPLEXITIES, MOMENTS, NEVER, SEGMENTS, Metric
from onward.kernel.metrics.naming import WINDOW, Use, expand, find, find_moment

__all__ = [
    "BANDS",
    "CATALOGUE",
    "COMPLEXITIES",
    "MOMENTS",
    "NEVER",
    "SEGMENTS",
    "WINDOW",
    "Metric",
    "Use",
    "expand",
    "find",
    "find_moment",
]
