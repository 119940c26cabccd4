"""A fresh journey from a playbook: its rows before anything has happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from onward.journeys.decisions.state import JourneyRow, MilestoneRow, Run, StageRow, TaskRow
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.parts import Role

NewId = Callable[[], UUID]


def opened(book: Playbook, journey: JourneyRow, new_id: NewId) -> Run:
    """All stages, tasks, milestones of the playbook as waiting rows."""
    run = Run(journey)
    ids = (journey.id, journey.account_id)
    for rank, stage in enumerate(book.stages):
        run.stages.append(StageRow(new_id(), *ids, stage.id, stage.title, rank, stage.owner))
    for task in book.tasks:
        run.tasks.append(task_row(book, task, journey, len(run.tasks), new_id()))
    run.tasks.extend(asking(book, journey, len(run.tasks), new_id))
    for rank, milestone in enumerate(book.milestones):
        run.milestones.append(
            MilestoneRow(new_id(), *ids, milestone.id, milestone.title, rank, milestone.owner, milestone.first_value)
        )
    return run


def fresh(
    book: Playbook,
    journey_id: UUID,
    account_id: UUID,
    version_id: UUID,
    *,
    now: datetime,
    signed_at: datetime | None,
    roles: Mapping[str, dict[str, str]],
    title: str = "",
    deal_id: UUID | None = None,
    owner_id: UUID | None = None,
    judged_on: datetime | None = None,
    silent_before: datetime | None = None,
    is_demo: bool = False,
) -> JourneyRow:
    """The journey's own row on the day on which it is opened."""
    return JourneyRow(
        id=journey_id,
        account_id=account_id,
        deal_id=deal_id,
        version_id=version_id,
        playbook=book.id,
        title=title or book.title,
        state="asked" if book.approve else "open",
        owner_id=owner_id,
        signed_at=signed_at,
        started_at=now,
        paused_at=None,
        paused_days=0.0,
        ended_at=None,
        end_reason="",
        silent_before=silent_before,
        judged_on=judged_on,
        roles=dict(roles),
        groups={},
        answers={},
        picks={},
        checklist=[],
        pace="on_track",
        pace_reason="",
        active_at=max(signed_at, now) if signed_at and signed_at > now else (judged_on or now),
        next_check_at=now,
        edition=1,
        is_demo=is_demo,
    )


def task_row(book: Playbook, task: Task, journey: JourneyRow, rank: int, task_id: UUID, cycle: int = 1) -> TaskRow:
    """One task of the playbook as a waiting row."""
    return TaskRow(
        task_id,
        journey.id,
        journey.account_id,
        task.id,
        cycle,
        task.stage,
        rank,
        task.title,
        task.kind,
        side_of(book, task),
        task.by,
        task.shared,
        task.required,
    )


def side_of(book: Playbook, task: Task) -> str:
    """Whose it is: ours, theirs, or both when people of both sides have to say done, or to confirm."""
    sides = {role_side(book, role) for role in (task.by, *task.also, *((task.confirm,) if task.confirm else ()))}
    return sides.pop() if len(sides) == 1 else "both"


def role_side(book: Playbook, role: str) -> str:
    """Ours or theirs; groups are the customer's people, and what is not declared (the manager) is ours."""
    if any(group.id == role for group in book.groups):
        return "theirs"
    return next((item.side for item in book.roles if item.id == role), "ours")


def asking(book: Playbook, journey: JourneyRow, rank: int, new_id: NewId) -> list[TaskRow]:
    """A task for each role that somebody has to name and that nobody fills yet."""
    wanted = [role for role in book.roles if _is_asked(role) and role.id not in journey.roles]
    first = book.stages[0].id
    return [
        TaskRow(
            new_id(),
            journey.id,
            journey.account_id,
            f"fill_{role.id}",
            1,
            first,
            rank + number,
            f"Name the {in_a_sentence(role.title)}",
            "fill_role",
            "ours",
            role.fill_by or book.accountable,
            shared=False,
            required=False,
        )
        for number, role in enumerate(wanted)
    ]


def in_a_sentence(title: str) -> str:
    """Small, but for what is written in capitals (IT lead)."""
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def _is_asked(role: Role) -> bool:
    """Somebody has to name who it is: a journey may have no deal whose owner that would be."""
    return role.fill in {"asked", "by_hand", "deal_owner"} and not role.optional


def holders(
    book: Playbook,
    now: datetime,
    *,
    account_owner: str | None,
    deal_owner: str | None,
    by_load: Mapping[str, tuple[str, str]],
    contacts_by_role: Mapping[str, list[str]],
    chosen: Mapping[str, str],
) -> dict[str, dict[str, str]]:
    """Who holds each role at the start: {"csm": {"person": "user:usr_...", "at": ...}}; nobody is left out. Of those
    in `by_load` (person, why) the reason stays with them as "why". `chosen` goes before all.

    A contact who is the only one with a stakeholder role of that name is not asked for again.
    """
    found: dict[str, dict[str, str]] = {}
    for role in book.roles:
        person, why = chosen.get(role.id), ""
        if person:
            pass
        elif role.side == "theirs":
            known = contacts_by_role.get(role.id, [])
            person = known[0] if len(known) == 1 else None
        elif role.fill == "account_owner":
            person = account_owner or deal_owner
        elif role.fill == "deal_owner":
            person = deal_owner
        elif role.fill == "least_loaded":
            person, why = by_load.get(role.id, (None, ""))
        if person:
            found[role.id] = {"person": person, "at": now.isoformat(), **({"why": why} if why else {})}
    return found
