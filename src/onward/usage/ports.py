"""What usage asks of others: how an author's event looks. Playbooks has the types; only their shape matters here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Where(Protocol):
    """A property of the event must be one of these values."""

    @property
    def values(self) -> tuple[str | float | bool, ...]: ...
    @property
    def property(self) -> str: ...


class EventSpec(Protocol):
    """A declared event: its names as sent, and how it is filtered and counted.

    `distinct` and `sum` name a property ("" for none); `source` is "server" when browser events do not count.
    """

    @property
    def track(self) -> tuple[str, ...]: ...
    @property
    def where(self) -> Sequence[Where]: ...
    @property
    def distinct(self) -> str: ...
    @property
    def sum(self) -> str: ...
    @property
    def source(self) -> str: ...
