"""What can be mended by one click: the nearest right name in place of a wrong one, quotes, a doer."""

import re

from onward.playbooks.decisions.editing import Unwritable, added, changed, value_at
from onward.playbooks.decisions.editing.parts import Part
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.tree import Refused

_MEANT = re.compile(r"(?:did you mean (?=.*\?$)|the nearest name is )([^?]+)\??$")
_WORD = re.compile(r"[\w.-]+")


def offer(problem: Problem, text: str) -> str:
    """What a click would do, as a button says it; "" where a person has to decide."""
    found = _MEANT.match(problem.mend)
    if found and _word_at(problem, text):
        return f"Write “{found[1]}” instead"
    if problem.mend == "put quotes round it":
        return "Put quotes round it"
    if problem.code == "no_doer":
        return "Give it to whoever is accountable"
    if problem.mend in ("write true", "write false"):
        return f"Write “{problem.mend.removeprefix('write ')}”"
    if problem.code == "component" and problem.message.endswith("no goals"):
        return "Add the goal that first value is reached"
    return ""


def mended(problem: Problem, text: str, part: Part) -> str:
    """The text with that problem mended; as it is where there is no such mend any more."""
    try:
        if problem.code == "no_doer":
            return changed(text, (*part.path, "by"), value_at(text, ("accountable",)) or "csm")
        if problem.code == "component":
            goal = {"goal": "first_value_reached", "when": "milestone.first_value.met"}
            return added(text, ("goals",), goal)
    except (Unwritable, Refused):
        return text
    found, word = _MEANT.match(problem.mend), _word_at(problem, text)
    if not word:
        return text
    start = _index(problem, text)
    written = found[1] if found else f'"{word}"'
    if problem.mend.startswith("write "):
        written = problem.mend.removeprefix("write ")
    return text[:start] + written + text[start + len(word) :]


def _index(problem: Problem, text: str) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: problem.line - 1]) + problem.column - 1


def _word_at(problem: Problem, text: str) -> str:
    if not 0 < problem.line <= text.count("\n") + 1:
        return ""
    found = _WORD.match(text, _index(problem, text))
    return found[0] if found else ""
