"""What the console's pages show of a conversation, and what a refused form leaves on them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest

from onward.conversation.actions import see_mentions
from onward.conversation.queries import named
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.interfaces.ui.talk import Talk, talk
from onward.interfaces.ui.words import plural, short_date
from onward.journeys import queries as journeys
from onward.journeys.queries import JourneyView, TaskLine, TaskView
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal


def of_task(request: HttpRequest, actor: Actor, view: TaskView) -> Talk:
    """What was said about a task, and its files."""
    at = f"/tasks/{view.line.ref}"
    return _talk(request, actor, view.journey_id, view.line.id, at, "task", view.account_name)


def of_journey(request: HttpRequest, actor: Actor, view: JourneyView, at: str = "journey") -> Talk:
    """What was said in a journey and about all of its tasks, and all files. `at` is the tab: journey or files."""
    late = journeys.late_of(view.tasks, request.GET.get("call", "")) if request.GET.get("late") else ()
    return _talk(request, actor, view.id, None, f"/journeys/{view.ref}", at, view.account_name, late)


def refuse(request: HttpRequest, refusal: Refusal, adding: str = "") -> None:
    """Let the page that is drawn next show this, with all that was typed; `adding` opens that form."""
    request.refused_talk = ({**request.POST.dict(), "adding": adding}, refusal)  # type: ignore[attr-defined]


def _talk(
    request: HttpRequest,
    actor: Actor,
    journey_id: UUID,
    task_id: UUID | None,
    place: str,
    at: str,
    customer: str,
    late: Sequence[TaskLine] = (),
) -> Talk:
    # Whoever answers, or has just spoken, goes on so. Else only a question that waits chooses the wider circle, and the
    # page says so (ui/conversation.html).
    to = "shared" if request.GET.get("answer") else request.GET.get("to", "")
    asked = {"shown": to} if to in {"shared", "internal"} else {}
    called = request.GET.get("call", "")
    # Colleagues alone: a contact's name has no place in another account's page.
    if called.startswith("user:") and (name := journeys.names_of([called]).get(called)):
        asked |= {"text": _asking_for(name, late), "asks": name.split()[0]}
    given, refusal = getattr(request, "refused_talk", (asked, None))
    organization = getattr(request, "organization", None) or identity.organization()
    made = talk(
        actor,
        journey_id=journey_id,
        task_id=task_id,
        place=place,
        at=at,
        vendor=organization.name,
        customer=customer,
        writes=may(actor, "change", "comment"),
        channel=request.GET.get("channel", ""),
        given=given,
        refusal=refusal,
    )
    if request.method == "GET" and any(one.is_new for one in made.comments):
        see_mentions(actor=actor, journey_id=journey_id, task_id=task_id)
    return made


def _asking_for(name: str, late: Sequence[TaskLine]) -> str:
    """The beginning of a note to a colleague; whole, where it asks for several late steps: each by name, so that each
    counts as asked for."""
    if not late:
        return f"@{name}, "
    steps = "\n".join(f"- {named(line.title)}, due {short_date(line.due_on)}" for line in late)
    are = "is" if len(late) == 1 else "are"
    return f"@{name}, {plural(len(late), 'step')} of yours here {are} late:\n\n{steps}\n\nIs anything in the way?"
