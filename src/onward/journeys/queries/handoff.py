"""The handoff from sales, and what the customer reads of what is known: each answer with who said it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.identity.decisions import Thing, require
from onward.journeys.decisions.known import handoff_of, known_to_them, source_of, stamp, told
from onward.journeys.decisions.state import Run
from onward.journeys.queries.lines import book_of, names_of, visible_run
from onward.journeys.queries.person import Person
from onward.journeys.queries.task import FieldView, field_view
from onward.kernel.actor import Actor
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Field, Form

#: The document that the last stage goes through with the customer.
REVIEW = "onboarding_review"


@dataclass(frozen=True, slots=True)
class KnownView:
    """An answer with its source. `key` is "form.field"; `field.origin` says from where it was taken over. `was`: what
    stood there before somebody put it right, `was_by` whose it was. `sure_by`: who of theirs says that it is right.
    `is_told`: the customer reads it."""

    key: str
    form_title: str
    field: FieldView
    stamp: str
    by: Person | None
    at: datetime | None
    is_corrected: bool
    was: FieldView
    was_by: Person | None
    sure_by: Person | None
    sure_at: datetime | None
    is_told: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """What does not begin before sales has handed over. `stage` and `check` name the criterion that holds a stage;
    both are empty where only tasks wait. `titles` is what waits. Of a waived one: by whom, why and since when."""

    stage: str
    check: str
    titles: tuple[str, ...]
    is_passed: bool
    waived_by: Person | None = None
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandoffView:
    """`required` of its fields have to be answered, `answered` of these are. `task` is the key of its task."""

    title: str
    fields: tuple[KnownView, ...]
    required: int
    answered: int
    is_complete: bool
    waits: tuple[Waits, ...]
    task: str


def known_views(actor: Actor, journey_id: UUID) -> tuple[KnownView, ...]:
    """What the customer reads on their page of what is known, in the playbook's order; for both sides alike."""
    run = visible_run(actor, journey_id)
    book = book_of(run)
    wanted = {f"{form}.{field}" for form, field in known_to_them(book, run.journey.answers)}
    return tuple(view for form in book.forms for view in _views(book, run, form, actor) if view.key in wanted)


def document_answers(actor: Actor, journey_id: UUID, document: str) -> tuple[KnownView, ...]:
    """What was answered where a document is gone through (its task's form), as far as the actor may read it."""
    run = visible_run(actor, journey_id)
    book = book_of(run)
    forms = {task.form for task in book.tasks if task.document == document and task.form}
    views = (view for form in book.forms if form.id in forms for view in _views(book, run, form, actor))
    return tuple(view for view in views if view.by is not None)


def handoff_view(actor: Actor, journey_id: UUID) -> HandoffView | None:
    """The handoff of a journey, for colleagues; None where its playbook has no form for it."""
    run = visible_run(actor, journey_id)
    require(actor, "see", Thing("journey", run.journey.account_id))
    book = book_of(run)
    form = handoff_of(book)
    if form is None:
        return None
    values = run.journey.answers.get(form.id, {}).get("values", {})
    required = [field for field in form.fields if field.required]
    task = next((task.id for task in book.tasks if task.form == form.id), "")
    return HandoffView(
        form.title,
        tuple(_views(book, run, form, actor)),
        len(required),
        sum(values.get(field.id) is not None for field in required),
        bool(run.journey.answers.get(form.id, {}).get("complete")),
        tuple(_waits(book, run, form.id, task)),
        task,
    )


def _views(book: Playbook, run: Run, form: Form, actor: Actor) -> Iterator[KnownView]:
    answer = run.journey.answers.get(form.id, {})
    said = {item.id: source_of(answer, item.id) for item in form.fields}
    sure = answer.get("sure", {})
    names = names_of(_refs(said.values()) | _refs(sure.values()))
    open_to_them = told(book, form)

    for item in form.fields:
        if actor.is_contact and item.id not in open_to_them:
            continue
        source, right = said[item.id], sure.get(item.id, {})
        value = answer.get("values", {}).get(item.id)
        yield KnownView(
            f"{form.id}.{item.id}",
            form.title,
            field_view(run, form.id, item, source.get("from", "")),
            stamp(value),
            _person(source.get("by", ""), names),
            _moment(source.get("at")),
            "was_by" in source,
            _before(item, source.get("was")),
            _person(source.get("was_by", ""), names),
            _person(right.get("by", ""), names, " (by API key)" if right.get("through") else ""),
            _moment(right.get("at")),
            item.id in open_to_them,
        )


def _before(item: Field, was: Any) -> FieldView:
    choices = tuple((choice.id, choice.title) for choice in item.choices)
    return FieldView(item.id, item.title, item.type, False, choices, item.scale, item.internal, "", "", was, "")


def _refs(sources: Iterable[dict[str, Any]]) -> set[str]:
    return {str(source[key]) for source in sources for key in ("by", "was_by") if source.get(key)}


def _person(ref: str, names: dict[str, str], how: str = "") -> Person | None:
    if not ref:
        return None
    kind = ref.partition(":")[0]
    side = "theirs" if kind == "contact" else "ours"
    return Person(ref, names.get(ref, "Onward" if kind in {"automation", "system"} else "Somebody") + how, side)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _waits(book: Playbook, run: Run, form: str, task: str) -> Iterator[Waits]:
    """A stage that does not close before it, and with it those that come after; else tasks that begin after it."""
    held = False
    for stage in book.stages:
        for check in stage.exit:
            if not _rests_on(check.names, form, task):
                continue
            held = True
            row = run.stage(stage.id)
            record = next((one for one in (row.checks if row else []) if one["id"] == check.id), {})
            ref = record.get("waived_by", "")
            yield Waits(
                stage.id,
                check.id,
                tuple(one.title for one in book.stages if stage.id in one.after),
                record.get("state") in {"met", "waived"} or bool(row and row.closed_at),
                _person(ref, names_of([ref])) if ref else None,
                record.get("reason", ""),
                _moment(record.get("since")) if ref else None,
            )
    row_of = run.task(task)
    after = [one.title for one in book.tasks if any(link.id == task for link in one.after)]
    if not held and after and row_of is not None:
        skipped = row_of.state == "skipped"
        by = _person(row_of.done_by, names_of([row_of.done_by])) if skipped else None
        yield Waits("", "", tuple(after), row_of.is_over, by, row_of.note if skipped else "")


def _rests_on(names: Iterable[str], form: str, task: str) -> bool:
    return any(name.startswith((f"form.{form}.", f"task.{task}.")) for name in names)
