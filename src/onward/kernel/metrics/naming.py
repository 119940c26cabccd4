"""Names read by the catalogue: which metric or moment a name means, and every name that a pattern stands for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from onward.kernel.metrics.catalogue import CATALOGUE, MOMENTS, Metric

WINDOW = re.compile(r"(?:last|prev|first)_[1-9]\d{0,2}d|in_stage")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Use:
    """A name read by the catalogue: its metric, the ids that fill the pattern, its window, whether of a person."""

    name: str
    metric: Metric
    ids: tuple[tuple[str, str], ...] = ()
    window: str = ""
    of_person: bool = False

    def id_of(self, kind: str) -> str:
        return dict(self.ids).get(kind, "")


def find(name: str) -> Use | None:
    """The metric that a name means, whatever ids it carries; None when no pattern fits."""
    parts = name.split(".")
    of_person = parts[0] == "person" and len(parts) > 2
    if of_person:
        parts = parts[1:]
    if parts[0] in ("days_since", "days_until"):
        return _dated(name, parts)
    window = next((part for part in parts[1:-1] if WINDOW.fullmatch(part)), "")
    bare = [part for part in parts if part != window] if window else parts
    for metric in _by_shape().get((bare[0], len(bare)), ()):
        ids = _fill(metric.parts, bare)
        if ids is not None and (metric.windows or not window) and (metric.person or not of_person):
            return Use(name, metric, ids, window, of_person)
    return None


def find_moment(name: str) -> Use | None:
    """The moment that a name means, with the ids that it carries."""
    for pattern, doc in MOMENTS.items():
        ids = _fill(tuple(pattern.split(".")), name.split("."))
        if ids is not None:
            return Use(name, Metric(pattern, "date", "", doc), ids)
    return None


def expand(pattern: str, ids: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Every name that a pattern stands for, given the declared ids by kind (`field` as `form.field`)."""
    slots = _SLOT.findall(pattern)
    if not slots:
        yield pattern
    elif slots == ["form", "field"]:
        for pair in ids.get("field", ()):
            yield pattern.replace("{form}.{field}", pair)
    else:
        for one in ids.get(slots[0], ()):
            yield pattern.replace("{" + slots[0] + "}", one)


def _dated(name: str, parts: list[str]) -> Use | None:
    exact = next((metric for metric in CATALOGUE if metric.pattern == name), None)
    if exact is not None:
        return Use(name, exact)
    moment = find_moment(".".join(parts[1:]))
    metric = next(metric for metric in CATALOGUE if metric.pattern == f"{parts[0]}.{{moment}}")
    return Use(name, metric, moment.ids) if moment else None


def _fill(pattern: tuple[str, ...], parts: list[str]) -> tuple[tuple[str, str], ...] | None:
    if len(pattern) != len(parts):
        return None
    ids = []
    for slot, part in zip(pattern, parts, strict=True):
        if slot.startswith("{"):
            ids.append((slot[1:-1], part))
        elif slot != part:
            return None
    return tuple(ids)


@lru_cache(maxsize=1)
def _by_shape() -> dict[tuple[str, int], tuple[Metric, ...]]:
    shapes: dict[tuple[str, int], tuple[Metric, ...]] = {}
    # Exact names before patterns: contacts.total is no group called "total".
    for metric in sorted(CATALOGUE, key=lambda metric: "{" in metric.parts[-1]):
        shape = (metric.parts[0], len(metric.parts))
        shapes[shape] = (*shapes.get(shape, ()), metric)
    return shapes
