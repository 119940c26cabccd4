"""Lists that programs read page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Referred(Protocol):
    """A row with its external id."""

    @property
    def ref(self) -> str: ...


R = TypeVar("R", bound=Referred)


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows in order, and the cursor of the next page ("" at the end)."""

    rows: list[R]
    next: str


def page_by_id(rows: list[R], limit: int) -> Page[R]:
    """The page of `limit` rows in the order of their ids; `rows` has one more where there are more."""
    return Page(rows[:limit], rows[limit - 1].ref if len(rows) > limit else "")
