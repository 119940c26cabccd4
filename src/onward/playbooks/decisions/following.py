"""What would follow when a module or a parent is published anew: which playbooks, and how they would differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from onward.playbooks.decisions.addressed import HEADS, things
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.publishing import Draft, lint

_PARTS = {"tasks", "groups", "exit", "expect", "fields", "checks", "steps"}
_APART = {"id", "was", "texts", "translations", "intents", *(key for _, key in HEADS)}


@dataclass(frozen=True)
class Differences:
    """Two versions of a playbook by address. `renamed`: (former, new); `changed`: also `title`, `targets` and the like
    of the playbook itself, `texts/welcome.md`, `translation.de`."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    changed: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """`+ task.uat`, `- task.call`, `task.call -> task.ring`, `~ stage.setup`"""
        return [
            *(f"~ {one}" for one in self.changed),
            *(f"{was} -> {now}" for was, now in self.renamed),
            *(f"+ {one}" for one in self.added),
            *(f"- {one}" for one in self.removed),
        ]


@dataclass(frozen=True)
class Follower:
    """A playbook that uses what was changed. `problems` are the errors that it would have; else `differences`."""

    key: str
    differences: Differences
    problems: tuple[Problem, ...] = ()


def differences(old: Playbook, new: Playbook) -> Differences:
    """What a version has that another one has not."""
    before, after = things(old), things(new)
    renamed = tuple((was, now) for was, now in new.was if was in before and now in after and now not in before)
    gone, come = {was for was, _ in renamed}, {now for _, now in renamed}
    whole = (
        *((one.name, getattr(old, one.name), getattr(new, one.name)) for one in fields(old) if one.name not in _APART),
        *_pairs("", dict(old.texts), dict(new.texts)),
        *_pairs("translation.", _by_language(old), _by_language(new)),
        *((one, before[one], thing) for one, thing in after.items() if one in before),
    )
    return Differences(
        tuple(one for one in after if one not in before and one not in come),
        tuple(one for one in before if one not in after and one not in gone),
        renamed,
        tuple(name for name, was, now in whole if _alone(was) != _alone(now)),
    )


def followers(name: str, changed: Mapping[str, str], published: Iterable[tuple[Draft, Playbook]]) -> list[Follower]:
    """The published playbooks that use or follow `name`, with what would differ once they are published again.
    `changed`: the new texts of it and of what lies beside it."""
    found = []
    for draft, book in published:
        if name not in draft.modules:
            continue
        linted = lint(replace(draft, modules={**draft.modules, **changed}))
        there = differences(book, linted.playbook) if linted.playbook else Differences()
        found.append(Follower(book.id, there, linted.errors))
    return found


def _by_language(book: Playbook) -> dict[str, Any]:
    return {one.language: one for one in book.translations}


def _pairs(head: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(f"{head}{one}", old.get(one), new.get(one)) for one in sorted({*old, *new})]


def _alone(thing: Any) -> Any:
    """A thing without what is in it, which has an address of its own."""
    if not is_dataclass(thing):
        return thing
    return [getattr(thing, one.name) for one in fields(thing) if one.name not in _PARTS]
