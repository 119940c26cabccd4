"""Who acts. Every action takes an Actor first and every fact names one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Kind = Literal["staff", "contact", "key", "automation", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff user, a customer's contact, an API key, automation, or the system itself.

    `id` is the external id ("usr_...", "con_...", "key_..."); `account_id` is set for contacts only and bounds
    everything they can reach; `role` is set for staff, `scopes` for keys and for staff with a role of the team's own.
    """

    kind: Kind
    id: str
    name: str
    role: str | None = None
    account_id: UUID | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)

    @property
    def ref(self) -> str:
        """The form stored with facts, e.g. "staff:usr_01h...". Names are looked up when shown."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    @property
    def is_contact(self) -> bool:
        return self.kind == "contact"


AUTOMATION = Actor("automation", "", "Onward")
SYSTEM = Actor("system", "", "Onward")
