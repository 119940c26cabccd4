"""Which metrics people enter by hand until the product computes them."""

from __future__ import annotations

from collections.abc import Iterator

from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Check, Expr

#: Families that training, surveys, health and outreach will compute one day.
FAMILIES = ("training.", "course.", "walkthrough.", "survey.", "outreach.", "reading.", "health.", "risk.", "risks.")


def metrics_by_hand(book: Playbook) -> frozenset[str]:
    """The metrics that this playbook reads and that only a person can tell for now."""
    return frozenset(name for name in metrics_read(book) if name.startswith(FAMILIES))


def metrics_read(book: Playbook) -> frozenset[str]:
    """Every metric that the playbook's conditions read, figures resolved."""
    names = {name for expression in expressions(book) for name in expression.names}
    for figure in book.figures:
        names.update(figure.names)
    return frozenset(name.removesuffix(".known") for name in names)


def expressions(book: Playbook) -> Iterator[Expr]:
    """Every expression that a journey on this playbook evaluates."""
    for stage in book.stages:
        yield from _of_checks((*stage.exit, *stage.expect))
        yield from _given(stage.enter_when)
        for task in stage.tasks:
            yield from _given(task.exists_when, task.done_when)
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
