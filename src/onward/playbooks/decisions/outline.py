"""A playbook read aloud: its stages, tasks and checks as lines of text, everything resolved."""

from collections.abc import Iterator

from onward.playbooks.decisions.definition import Milestone, Playbook, Stage, Task
from onward.playbooks.decisions.parts import Check


def outline(book: Playbook) -> Iterator[str]:
    """The lines, indented by two spaces a level."""
    yield f"{book.title} ({book.id}), rank {book.choose_rank}"
    if book.source:
        yield f"  {' '.join(book.source.split())}"
    yield f"  For: {book.choose_when.text if book.choose_when else 'chosen by hand'}"
    yield f"  Day zero: {book.day_zero}; accountable: {book.accountable}"
    for name, timing in (("First value", book.targets.first_value), ("Complete", book.targets.complete)):
        if timing:
            yield f"  {name}: {timing.words}"
    for number, stage in enumerate(book.stages, 1):
        yield from _stage(number, stage)
    if book.completion:
        yield "Completion"
        for check in book.completion:
            yield f"  {check.category + ': ' if check.category else ''}{check_words(check)}"
    yield "Milestones"
    for milestone in book.milestones:
        yield f"  {milestone_words(milestone)}"
    if book.check_ins:
        yield "Check-ins"
        for one in book.check_ins:
            yield f"  {one.title}: {one.at.words if one.at else f'every {one.every} until {one.until}'}"
    for whose, rules in (("theirs", book.escalate.theirs), ("ours", book.escalate.ours)):
        if rules:
            yield f"Of a task of {whose}: {'; '.join(f'{one.to} after {one.after} {one.state}' for one in rules)}"
    if book.intents:
        yield "Kept as intents (nothing carries them out yet)"
        for intent in book.intents:
            yield f"  {intent.kind} {intent.id}: {intent.title}"


def _stage(number: int, stage: Stage) -> Iterator[str]:
    due = f", due {stage.due.words}" if stage.due else ""
    after = f", after {', '.join(stage.after)}" if stage.after else ""
    yield f"{number}. {stage.title} (owner {stage.owner}{after}{due})"
    for task in stage.tasks:
        yield f"   - {task_words(task)}"
    for check in stage.exit:
        yield f"   exit: {check_words(check)}"
    for check in stage.expect:
        yield f"   expected: {check_words(check)}"


def task_words(task: Task) -> str:
    """`Kickoff call (meeting by csm), due within 7d of signed, shared`"""
    parts = [f"{task.title} ({task.kind.replace('_', ' ')} by {task.by})"]
    parts += [f"due {task.due.words}"] if task.due else []
    parts += [f"after {', '.join(link.id for link in task.after)}"] if task.after else []
    parts += [f"only when {task.exists_when.text}"] if task.exists_when else []
    parts += [f"done when {task.done_when.text}"] if task.done_when else []
    parts += [f"every {task.every} until {task.until}"] if task.every else []
    parts += ["optional"] if task.optional else []
    parts += ["shared with the customer"] if task.shared else []
    return ", ".join(parts)


def check_words(check: Check) -> str:
    """`Weekly use holds: figure.weekly_active at least 60% for 14 days`"""
    lasts = f" for {check.lasts.words}" if check.lasts else ""
    if check.when is not None:
        return f"{check.title}: {check.when.text}{lasts}"
    if check.actual is not None and check.target is not None:
        return f"{check.title}: {check.actual.text} {check.target.words}{lasts}"
    return check.title


def milestone_words(milestone: Milestone) -> str:
    """`First value: one of first_report, first_deal; due within 30d of signed`"""
    what = milestone.when.text if milestone.when else f"one of {', '.join(milestone.pick)}"
    due = f"; due {milestone.due.words}" if milestone.due else ""
    return f"{milestone.title}: {what}{due} (owner {milestone.owner})"
