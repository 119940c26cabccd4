"""From the text of a playbook to the playbook that runs, or to everything that is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from onward.playbooks.decisions.definition import Milestone, Playbook, Stage
from onward.playbooks.decisions.lints import lints
from onward.playbooks.decisions.merging import with_modules
from onward.playbooks.decisions.parts import Form, Measure
from onward.playbooks.decisions.problems import Problem, nearest
from onward.playbooks.decisions.resolving import resolve, resolve_module
from onward.playbooks.decisions.shape import shaped
from onward.playbooks.decisions.source import ModuleFile, PlaybookFile
from onward.playbooks.decisions.tree import Piece, Refused, read


@dataclass(frozen=True)
class Draft:
    """A playbook's text, its file's name for messages, and what lies beside it: modules by name, texts by path."""

    text: str
    file: str = "playbook.yaml"
    modules: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Linted:
    """`playbook` is None when there is any error (or for a module). Problems stand in the order of the file.
    `modules` names those that it uses."""

    playbook: Playbook | None
    problems: tuple[Problem, ...] = ()
    modules: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "warning")


def lint(draft: Draft) -> Linted:
    """Everything that is right or wrong with a playbook's (or a module's) text. Never raises for any text."""
    try:
        tree = read(draft.text, draft.file)
        modules = {name: read(draft.modules[name], f"{name}.yaml") for name in _used(tree) if name in draft.modules}
    except Refused as refused:
        return Linted(None, (refused.problem,))
    if not isinstance(tree.value, dict):
        return Linted(None, (tree.place.problem("yaml", "a playbook is a set of keys", "begin with `playbook: id`"),))
    if "module" in tree.value:
        return _linted_module(draft, tree)
    return _linted(draft, tree, modules)


def _used(tree: Piece) -> list[str]:
    use = tree.at(("use",)).value
    return [one.value for one in use if isinstance(one.value, str)] if isinstance(use, list) else []


def _linted(draft: Draft, tree: Piece, modules: Mapping[str, Piece]) -> Linted:
    merged, problems = with_modules(tree, modules, draft.modules)
    file, wrong = shaped(PlaybookFile, merged)
    if file is None or problems:
        return Linted(None, tuple(sorted([*problems, *wrong])))
    playbook, problems = resolve(file, merged, draft.texts)
    # Lints read what the names stand for, so they wait until every name stands for something.
    if not any(problem.level == "error" for problem in problems):
        problems.extend(lints(playbook, merged))
    linted = Linted(playbook, tuple(sorted(set(problems))), tuple(modules))
    return Linted(None, linted.problems) if linted.errors else linted


def _linted_module(draft: Draft, tree: Piece) -> Linted:
    file, problems = shaped(ModuleFile, tree)
    if file is not None:
        problems = resolve_module(file, tree, draft.texts)
    return Linted(None, tuple(sorted(set(problems))))


def succession(old: Playbook, new: Playbook, text: str, file: str) -> list[Problem]:
    """Warnings for ids that are gone while a like one is new: a rename should say `was:`, or running plans lose it."""
    found = []
    for kind in ("stage", "task", "milestone", "form", "measure", "role"):
        before, after = _ids(old, kind), _ids(new, kind)
        fresh = sorted(after - before)
        for gone in sorted(before - after):
            like = nearest(gone, fresh)
            if like and not re.search(rf"\bwas: *{gone}\b", text):
                line = next((at for at, one in enumerate(text.split("\n"), 1) if re.search(rf"\b{like}\b", one)), 1)
                message = f"{kind} `{gone}` is gone and `{like}` is new"
                mend = f"add `was: {gone}` if it was renamed"
                found.append(Problem(file, line, 1, "warning", "renamed", message, mend))
    return found


def _ids(playbook: Playbook, kind: str) -> set[str]:
    if kind == "role":
        return {role.id for role in playbook.roles}
    if kind == "task":
        return {task.id for task in playbook.tasks}
    things: dict[str, tuple[Stage | Milestone | Form | Measure, ...]] = {
        "stage": playbook.stages,
        "milestone": playbook.milestones,
        "form": playbook.forms,
        "measure": playbook.measures,
    }
    return {thing.id for thing in things[kind]}
