"""Who had to be at a meeting, and was not."""

from __future__ import annotations

from onward.journeys.decisions.state import Run, TaskRow
from onward.playbooks.decisions.definition import Playbook


def absent(book: Playbook, run: Run, row: TaskRow) -> list[str]:
    """The roles that have to be at a meeting and were not; for a group any of the customer's people stands."""
    groups = {group.id for group in book.groups}
    came = set(row.attended)

    def was_there(role: str) -> bool:
        if role in groups:
            return any(ref.startswith("contact:") for ref in came)
        return (run.journey.roles.get(role) or {}).get("person") in came

    return [role for role in book.task(row.key).must if not was_there(role)]
