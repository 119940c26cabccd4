"""What can be mended by one click: the nearest right name in place of a wrong one, quotes, a doer."""

import re

from onward.playbooks.decisions.editing import Unwritable, added, changed, value_at
from onward.playbooks.decisions.editing.adding import with_part
from onward.playbooks.decisions.editing.parts import Part
from onward.playbooks.decisions.parts import NEW_EVENT
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.tree import Refused

_MEANT = re.compile(r"(?:did you mean (?=.*\?$)|the nearest name is )([^?]+)\??$")
NEW_FORM = "Make a new question form for it"
_BY_BROWSER = re.compile(r"may be proven by a browser: (.+)$")
_WORD = re.compile(r"[\w.-]+")
#: The one right writing of what stands between the quotes of the message.
_EVENT = re.compile(r"nothing is called (?:person\.)?event\.([a-z][a-z0-9_]*)\.")
_RIGHT = re.compile(r"write `([^`]+)`$")


def offer(problem: Problem, text: str) -> str:
    """What a click would do, as a button says it; "" where a person has to decide."""
    found = _MEANT.match(problem.mend)
    if found and _word_at(problem, text):
        return f"Write “{found[1]}” instead"
    if (right := _RIGHT.match(problem.mend)) and _said_at(problem, text):
        return f"Write “{right[1]}” instead{', and declare that event' if problem.code == 'new_event' else ''}"
    if event := _EVENT.match(problem.message):
        return f"Declare the event “{event[1]}”"
    if _lacks_form(problem):
        return NEW_FORM
    if _loose(problem, text):
        return "Only your server sends it"
    if problem.mend == "put quotes round it":
        return "Put quotes round it"
    if problem.code == "no_doer":
        return "Give it to whoever is accountable"
    if problem.mend in ("write true", "write false"):
        return f"Write “{problem.mend.removeprefix('write ')}”"
    if problem.code == "component" and problem.message.endswith(" goals"):
        return "Add the goal that first value is reached"
    return ""


def is_sure(problem: Problem, text: str) -> bool:
    """Whether words were written that can mean one thing alone, all of whose names there are."""
    is_one = _RIGHT.match(problem.mend) is not None and problem.code in ("expression", "timing", "span")
    return is_one and _said_at(problem, text) is not None


def mended(problem: Problem, text: str, part: Part) -> str:
    """The text with that problem mended; as it is where there is no such mend any more."""
    try:
        if problem.code == "no_doer":
            return changed(text, (*part.path, "by"), value_at(text, ("accountable",)) or "csm")
        if (event := _EVENT.match(problem.message)) and not _MEANT.match(problem.mend):
            return changed(text, ("events", event[1]), event[1].replace("_", " ").capitalize())
        if _lacks_form(problem):
            text, made = with_part(text, part, "form", part.title)
            return changed(text, (*part.path, "form"), made.removeprefix("form."))
        if loose := _loose(problem, text):
            for name in loose:
                said = value_at(text, ("events", name))
                long = said if isinstance(said, dict) else {"track": said}
                text = changed(text, ("events", name), {**long, "source": "server"})
            return text
        if problem.code == "component":
            goal = {"goal": "first_value_reached", "when": "milestone.first_value.met"}
            return added(text, ("goals",), goal)
    except (Unwritable, Refused):
        return text
    if right := _RIGHT.match(problem.mend):
        start, said = _said_at(problem, text) or (0, "")
        text = text[:start] + right[1] + text[start + len(said) :] if said else text
        return _with_event(text, right[1].split(".")[1]) if said and problem.code == "new_event" else text
    found, word = _MEANT.match(problem.mend), _word_at(problem, text)
    if not word:
        return text
    start = _index(problem, text)
    written = found[1] if found else f'"{word}"'
    if problem.mend.startswith("write "):
        written = problem.mend.removeprefix("write ")
    return text[:start] + written + text[start + len(word) :]


def _with_event(text: str, key: str) -> str:
    """With an event of which nobody has said yet what the product calls it."""
    event = {"track": NEW_EVENT, "title": key.replace("_", " ").capitalize()}
    return changed(text, ("events", key), event, ("track", "title"))


def _index(problem: Problem, text: str) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: problem.line - 1]) + problem.column - 1


def _loose(problem: Problem, text: str) -> list[str]:
    """The events, written in this text, that a browser may send and that prove a milestone."""
    if not (found := _BY_BROWSER.search(problem.message)):
        return []
    names = {name.split(".")[1] for name in found[1].split(", ") if name.startswith("event.")}
    try:
        return [name for name in sorted(names) if value_at(text, ("events", name)) is not None]
    except (Unwritable, Refused):
        return []


def _lacks_form(problem: Problem) -> bool:
    return problem.code == "missing" and problem.message.startswith("`form` ")


def _said_at(problem: Problem, text: str) -> tuple[int, str] | None:
    """What the message says in quotes, where the problem stands, and where it begins; None where it is not there."""
    said = problem.message.split("`")[1] if problem.message.count("`") == 2 else ""
    start = _index(problem, text) if 0 < problem.line <= text.count("\n") + 1 else 0
    start += text[start : start + 1] in ("'", '"')
    return (start, said) if said and text.startswith(said, start) else None


def _word_at(problem: Problem, text: str) -> str:
    if not 0 < problem.line <= text.count("\n") + 1:
        return ""
    found = _WORD.match(text, _index(problem, text))
    return found[0] if found else ""
