"""Who is who, and whose: a function of the edges and memberships alone, whatever order they came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

HOPS = 2


class Belonging(NamedTuple):
    """A group call: the group, when, and its key (which decides between equal times)."""

    at: datetime
    key: UUID
    grp: str


def person_of(who: str, edges: Mapping[str, str]) -> str:
    """Follow a visitor to its user, and a user to the one it was renamed to: two steps, so that rings end."""
    for _ in range(HOPS):
        who = edges.get(who, who)
    return who


def group_of(names: Iterable[str], belongings: Mapping[str, Belonging]) -> str:
    """The group of a person by the latest group call under any of its names; "" without one."""
    found = [belongings[name] for name in names if name in belongings]
    return max(found).grp if found else ""
