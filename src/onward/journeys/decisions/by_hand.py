"""Which metrics people enter by hand until the product computes them."""

from __future__ import annotations

from collections.abc import Iterator

from onward.playbooks.decisions.definition import Playbook, Reading
from onward.playbooks.decisions.parts import Check, Expr

#: Families that training, surveys, health and outreach will compute one day.
FAMILIES = ("training.", "course.", "walkthrough.", "survey.", "outreach.", "reading.", "health.", "risk.", "risks.")


def metrics_by_hand(book: Playbook) -> frozenset[str]:
    """The metrics that this playbook reads and that only a person can tell for now, and the readings that it declares;
    how old a reading is follows by itself."""
    read = {name for name in metrics_read(book) if name.startswith(FAMILIES) and not name.endswith(".age_days")}
    return frozenset(read | {f"reading.{reading.id}" for reading in book.readings})


def reading_of(book: Playbook, metric: str) -> Reading | None:
    """The reading that a metric names, None for any other figure."""
    return next((one for one in book.readings if metric == f"reading.{one.id}"), None)


def metrics_read(book: Playbook) -> frozenset[str]:
    """Every metric that the playbook's conditions read, figures resolved."""
    names = {name for expression in expressions(book) for name in expression.names}
    for figure in book.figures:
        names.update(figure.names)
    # How many have to do what each does for themselves.
    names.update(f"contacts.{task.by}" for task in book.tasks if task.each)
    return frozenset(name.removesuffix(".known") for name in names)


def expressions(book: Playbook) -> Iterator[Expr]:
    """Every expression that a journey on this playbook evaluates."""
    for stage in book.stages:
        yield from _of_checks((*stage.exit, *stage.expect))
        yield from _given(stage.enter_when, stage.again.when if stage.again else None)
        for task in stage.tasks:
            yield from _given(task.exists_when, task.done_when, *(step.when for step in task.steps))
    for milestone in book.milestones:
        yield from _given(milestone.when)
    for measure in book.measures:
        yield measure.when
    yield from _of_checks((*book.completion, *book.goals))
    for activation in book.activations:
        yield from _of_checks(activation.checks)
        yield from _given(activation.account_when)
    for figure in book.figures:
        yield from _given(figure.part, figure.whole, figure.value)


def _of_checks(checks: tuple[Check, ...]) -> Iterator[Expr]:
    for check in checks:
        yield from _given(check.when, check.actual)


def _given(*found: Expr | None) -> Iterator[Expr]:
    yield from (expression for expression in found if expression is not None)
