"""A module that is for some accounts only: its `when:` written into everything of it that acts."""

from dataclasses import replace

from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.tree import Path, Piece

_BY_KEY = {"risks": "when", "nudges": "when", "sequences": "only_when", "walkthroughs": "offer_when"}
_CHECKS = ("goals", "completion")
_ALWAYS = ("milestones", "kpis", "activation", "check_ins", "training", "surveys", "health")


def chosen(tree: Piece, when: Piece) -> tuple[Piece, list[Problem]]:
    """The tree of a module whose tasks, risks and messages exist only where `when` holds; what cannot be so is a
    problem. What is only declared (forms, events, figures) stays: nothing comes of it by itself."""
    condition = str(when.value)
    problems: list[Problem] = []
    for key in _ALWAYS:
        if tree.get((key,)).value:
            message = f"a module that is used `when:` cannot bring `{key}:`, for every account has these or none"
            problems.append(when.place.problem("module_when", message, f"put its `{key}:` into a module of their own"))
    for key, inner in _BY_KEY.items():
        for at in range(_count(tree, (key,))):
            tree = _both(tree, (key, at), inner, condition)
    for key in _CHECKS:
        tree = _excused(tree, (key,), condition, when, problems)
    for at in range(_count(tree, ("stages",))):
        stage: Path = ("stages", at)
        for one in range(_count(tree, (*stage, "tasks"))):
            task: Path = (*stage, "tasks", one)
            inside = _count(tree, (*task, "tasks"))
            for path in [(*task, "tasks", member) for member in range(inside)] or [task]:
                tree = _both(tree, path, "when", condition)
        for key in ("exit", "expect"):
            tree = _excused(tree, (*stage, key), condition, when, problems)
    return tree, problems


def _count(tree: Piece, path: Path) -> int:
    value = tree.get(path).value
    return len(value) if isinstance(value, list) else 0


def _both(tree: Piece, path: Path, key: str, condition: str) -> Piece:
    held = tree.get((*path, key))
    text = f"({condition}) and ({held.value})" if isinstance(held.value, str) else condition
    return tree.put((*path, key), replace(held, value=text, raw=""))


def _excused(tree: Piece, path: Path, condition: str, when: Piece, problems: list[Problem]) -> Piece:
    """Checks that ask nothing of an account for which the module is not."""
    for at in range(_count(tree, path)):
        held = tree.get((*path, at, "when"))
        if isinstance(held.value, str):
            tree = tree.put((*path, at, "when"), replace(held, value=f"not ({condition}) or ({held.value})", raw=""))
        else:
            name = tree.get((*path, at, "check")).value or tree.get((*path, at, "goal")).value
            message = f"a module that is used `when:` cannot bring the check `{name}`, which compares numbers"
            problems.append(when.place.problem("module_when", message, "write it with `when:` in the module"))
    return tree
