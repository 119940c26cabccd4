"""The stakeholder roles that a contact can hold. A playbook may use further ones."""

from __future__ import annotations

import re
from collections.abc import Iterable

from onward.kernel.refusals import invalid

STAKEHOLDER_ROLES = {
    "champion": "Champion",
    "sponsor": "Executive sponsor",
    "project_owner": "Project owner",
    "admin": "Administrator",
    "technical_lead": "Technical lead",
    "end_user": "End user",
    "trainer": "Trainer",
    "billing": "Billing",
    "security": "Security and legal",
}
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def clean_roles(roles: Iterable[str]) -> list[str]:
    """Roles in one form (lower case, underscores), each once, in the order given. Refusal "invalid"."""
    out: list[str] = []
    for role in roles:
        word = re.sub(r"[\s-]+", "_", role.strip().lower())
        if not word:
            continue
        if not _ROLE.fullmatch(word):
            raise invalid(
                f"“{role[:60]}” is not a stakeholder role.",
                mend=f"Use letters, digits and underscores, such as {', '.join(list(STAKEHOLDER_ROLES)[:4])}.",
                field="roles",
            )
        if word not in out:
            out.append(word)
    return out


def role_title(role: str) -> str:
    """The role in words, also for roles that only a playbook knows."""
    return STAKEHOLDER_ROLES.get(role) or role.replace("_", " ").capitalize()
