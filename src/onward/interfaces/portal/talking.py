"""What the portal's pages show of a conversation, and what a refused form leaves on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from onward.interfaces.portal.who import Visitor
from onward.interfaces.ui.talk import Talk, talk
from onward.journeys.queries import JourneyView, TaskView
from onward.kernel.refusals import Refusal


def of_task(request: HttpRequest, visitor: Visitor, seen: TaskView) -> Talk:
    """What was said about a task, and its files."""
    place = f"/portal/tasks/{seen.line.ref}"
    return _talk(request, visitor, seen.journey_id, seen.journey_ref, seen.line.id, place, "task", 0)


def of_journey(request: HttpRequest, visitor: Visitor, view: JourneyView, at: str, latest: int = 0) -> Talk:
    """What was said in a journey and about its tasks. `at` is the page: home, conversation or documents."""
    return _talk(request, visitor, view.id, view.ref, None, f"/portal/journeys/{view.ref}", at, latest)


def refuse(request: HttpRequest, refusal: Refusal, adding: str = "") -> None:
    """Let the page that is drawn next show this, with all that was typed; `adding` opens that form."""
    given = {**request.POST.dict(), "adding": adding, "question": request.POST.get("question", "0")}
    request.refused_talk = (given, refusal)  # type: ignore[attr-defined]


def _talk(
    request: HttpRequest,
    visitor: Visitor,
    journey_id: UUID,
    journey_ref: str,
    task_id: UUID | None,
    place: str,
    at: str,
    latest: int,
) -> Talk:
    given, refusal = getattr(request, "refused_talk", ({}, None))
    # A colleague who previews is known to the console only.
    seen_by: dict[str, Any] = (
        {"files_at": "/files", "tasks_at": f"/portal/preview/{journey_ref}/tasks"} if visitor.preview else {}
    )
    return talk(
        visitor.actor,
        journey_id=journey_id,
        task_id=task_id,
        place=place,
        door="/portal",
        at=at,
        vendor=visitor.vendor,
        customer=visitor.account,
        writes=not visitor.preview,
        latest=latest,
        given=given,
        refusal=refusal,
        **seen_by,
    )
