"""What is known already: the customer confirms it, and whoever knows better puts it right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.journeys import facts
from onward.journeys.actions.changing import changing, known_person, stream_by
from onward.journeys.decisions.answers import checked_answers, is_complete
from onward.journeys.decisions.known import confirmed, corrected, keeping, may_put_right, stamp
from onward.journeys.decisions.state import Run
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal, conflict, forbidden, not_found
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Field, Form


@action(stream_by("journey_id"))
def correct_answer(*, actor: Actor, journey_id: UUID, answer: str, value: Any, seen: str = "") -> None:
    """Put right what a form says: `answer` is "form.field", `seen` the stamp of the value that was read. A contact
    puts right what stands on their page of what is known; a colleague, any answer of a form that was filled in."""
    with changing(actor, journey_id, "fill", shared=True) as run:
        book = playbooks.version(run.journey.version_id)
        form, field = _field(book, run, answer, theirs=actor.is_contact)
        known = run.journey.answers[form.id]
        before = known["values"].get(field.id)
        after = checked_answers(form, {field.id: value}, by_contact=actor.is_contact)[field.id]
        if after == before:
            return
        _refuse_stale(seen, before, field)
        if known.get("complete"):
            is_complete(form, {**known["values"], field.id: after}, complain=True)
        answer_now = corrected(known, field.id, after, actor.ref, act().now)
        if actor.is_contact:
            answer_now = confirmed(answer_now, [field.id], actor.ref, act().now)
        run.journey.answers = keeping(book, {**run.journey.answers, form.id: answer_now})
        record(facts.AnswerCorrected(form.id, field.id, field.title, before, after), journey=journey_id)


@action(stream_by("journey_id"))
def confirm_answers(*, actor: Actor, journey_id: UUID, seen: Mapping[str, str], contact_id: UUID | None = None) -> int:
    """The customer says that these answers are right; how many were not confirmed before. `seen` maps "form.field" to
    the stamp of the value that was read: one that has changed since is refused. A key hands on what somebody of theirs,
    `contact_id`, said elsewhere; the fact and the answer show both."""
    if not actor.is_contact and (actor.kind != "key" or contact_id is None):
        raise forbidden("Only somebody of theirs confirms what is known about them.", mend="Ask them to look.")
    with changing(actor, journey_id, "confirm", shared=True) as run:
        said = "" if actor.is_contact else f"contact:{format_id('con', contact_id)}" if contact_id else ""
        by = known_person(run.journey.account_id, said) if said else actor.ref
        book = playbooks.version(run.journey.version_id)
        fresh: dict[str, list[Field]] = {}
        for key, read in seen.items():
            form, field = _field(book, run, key, theirs=True)
            known = run.journey.answers[form.id]
            _refuse_stale(read, known["values"].get(field.id), field)
            if field.id not in known.get("sure", {}):
                fresh.setdefault(form.id, []).append(field)
        for form_id, fields in fresh.items():
            names = [field.id for field in fields]
            through = actor.ref if said else ""
            answer = confirmed(run.journey.answers[form_id], names, by, act().now, through)
            run.journey.answers = {**run.journey.answers, form_id: answer}
        told = [(f"{form_id}.{field.id}", field.title) for form_id, fields in fresh.items() for field in fields]
        if told:
            keys, titles = [key for key, _ in told], [title for _, title in told]
            record(facts.AnswersConfirmed(keys, titles, said), journey=journey_id)
        return len(told)


def _field(book: Playbook, run: Run, answer: str, *, theirs: bool) -> tuple[Form, Field]:
    form_id, _, name = answer.partition(".")
    form = next((form for form in book.forms if form.id == form_id), None)
    field = next((field for field in form.fields if field.id == name), None) if form else None
    known = run.journey.answers.get(form_id)
    if form is None or field is None or (theirs and not may_put_right(known or {}, field)):
        raise not_found("answer", answer[:60])
    if known is None:
        raise conflict(f"“{form.title}” is not filled in yet.", mend="Fill it in at its task.")
    return form, field


def _refuse_stale(read: str, value: Any, field: Field) -> None:
    if read and read != stamp(value):
        raise Refusal(
            "stale",
            f"“{field.title}” has changed since you opened the page.",
            mend="Read it again, then confirm or correct it.",
        )
