"""What a playbook that runs is made of, by address: what versions are compared by, and what words belong to."""

from collections.abc import Iterator
from typing import Any

from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.parts import Field, Role

HEADS = (
    ("role", "roles"),
    ("group", "groups"),
    ("event", "events"),
    ("figure", "figures"),
    ("form", "forms"),
    ("measure", "measures"),
    ("reading", "readings"),
    ("stage", "stages"),
    ("milestone", "milestones"),
    ("completion", "completion"),
    ("goal", "goals"),
    ("kpi", "kpis"),
    ("activation", "activations"),
    ("check_in", "check_ins"),
    ("log", "logs"),
)


def things(book: Playbook) -> dict[str, Any]:
    """Everything with an id, in the order of the playbook: `task.uat`, `form.kickoff.go_live`, `risk.silent`."""
    return dict(_things(book))


def sort_of(thing: Any) -> str:
    """What makes two things of one id different things: a task's kind, a field's or reading's type, a role's side."""
    if isinstance(thing, Task):
        return f"a task of kind {thing.kind}"
    if isinstance(thing, Role):
        return f"a role of {thing.side}"
    kind = getattr(thing, "type", "")
    return f"a {'field' if isinstance(thing, Field) else 'reading'} of type {kind}" if kind else ""


def _things(book: Playbook) -> Iterator[tuple[str, Any]]:
    for head, key in HEADS:
        for thing in getattr(book, key):
            yield f"{head}.{thing.id}", thing
            yield from _parts(f"{head}.{thing.id}", thing)
    for intent in book.intents:
        yield f"{intent.kind}.{intent.id}", intent


def _parts(address: str, thing: Any) -> Iterator[tuple[str, Any]]:
    for key in ("fields", "checks"):
        yield from ((f"{address}.{one.id}", one) for one in getattr(thing, key, ()))
    for key in ("exit", "expect"):
        yield from ((f"{address}.{key}.{one.id}", one) for one in getattr(thing, key, ()))
    for task in getattr(thing, "tasks", ()):
        yield f"task.{task.id}", task
        yield from ((f"task.{task.id}.{step.id}", step) for step in task.steps)
    yield from ((f"task_group.{group.id}", group) for group in getattr(thing, "groups", ()))
