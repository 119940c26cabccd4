"""What happens to playbooks; in the organization's stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from onward.kernel.fact import Fact


@dataclass(frozen=True)
class PlaybookPublished(Fact):
    """A version became the current one; `restored`: its meaning had been published before."""

    name: ClassVar[str] = "playbook.published"
    playbook: str
    title: str
    version_id: UUID
    number: int
    address: str
    restored: bool = False
