"""What goes from one of us to another: a role that is handed over, and at the end who owns it then and who is free."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from onward.journeys import facts
from onward.journeys.decisions.state import Run
from onward.kernel.fact import Fact
from onward.kernel.ids import parse_id
from onward.playbooks.decisions.definition import Playbook

#: Who owns the journey's account after it, where the playbook has no role for that.
NEXT_OWNER = "next_owner"


def next_role(book: Playbook) -> str:
    """The role whose person owns it next: the one that the accountable role is handed over to, else NEXT_OWNER."""
    over = (task for task in book.tasks if task.kind == "hand_over" and task.hand_over_role == book.accountable)
    return next((task.hand_over_to for task in over), NEXT_OWNER)


def hand_over(book: Playbook, run: Run, now: datetime) -> Iterator[Fact]:
    """Give on each role whose handing over is done and that nobody was named for since."""
    for row in run.tasks:
        if row.kind != "hand_over" or row.state != "done" or row.done_at is None:
            continue
        spec = book.task(row.key)
        since = (run.journey.roles.get(spec.hand_over_role) or {}).get("at")
        if since is None or datetime.fromisoformat(since) < row.done_at:
            yield from _give(book, run, spec.hand_over_role, run.holder_of(spec.hand_over_to), now)


def conclude(book: Playbook, run: Run, now: datetime) -> Iterator[Fact]:
    """The journey is complete: ownership goes to whoever was chosen, and the playbook's specialists are free."""
    yield from _give(book, run, book.accountable, run.holder_of(next_role(book)), now)
    for role in book.on_complete.free:
        held = run.journey.roles.get(role) or {}
        if held.get("person") and not held.get("until"):
            run.journey.roles = {**run.journey.roles, role: {**held, "until": now.isoformat()}}
            yield facts.RoleEnded(role, held["person"])


def resume(run: Run) -> None:
    """What was complete goes on: the roles that ended with it are held again."""
    roles = run.journey.roles.items()
    run.journey.roles = {role: {key: held[key] for key in held if key != "until"} for role, held in roles}


def _give(book: Playbook, run: Run, role: str, person: str, now: datetime) -> Iterator[Fact]:
    before = run.holder_of(role)
    if not person or person == before:
        return
    run.journey.roles = {
        **run.journey.roles,
        role: {"person": person, "at": now.isoformat(), **({"before": before} if before else {})},
    }
    if role == book.accountable:
        run.journey.owner_id = parse_id("usr", person.removeprefix("user:"))
    run.journey.edition += 1
    yield facts.RoleHandedOver(role, before or None, person)
