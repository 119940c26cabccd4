"""From a process told in lines to a first playbook: stages, tasks below them, who does each and by when."""

import re
from collections.abc import Iterable
from typing import Any

from onward.playbooks.decisions.editing import changed
from onward.playbooks.decisions.editing.doers import Doers
from onward.playbooks.decisions.editing.naming import id_for
from onward.playbooks.decisions.parts import DOER
from onward.playbooks.decisions.spoken import DATE, SPAN, dates, meant, span

_DUE = re.compile(rf"(?:\s*[,;(–]\s*|\s+-\s+|\s+)({DATE})\)?\s*$", re.I)
_LAG = re.compile(rf"(?:\s*[,;(–]\s*|\s+-\s+|\s+)at least ({SPAN}) after (?:the )?([^,;()]+?)\)?\s*$", re.I)
#: What sounds like a date at the end of a title, and is none that can be read.
_UNREAD = re.compile(
    r"(?:[,;(–]|\s-\s|\b(?:by|until|before|after|within|on|in|at)\b)\s*((?:[^,;()]*[^\w,;()])?(?:"
    r"\d+ ?(?:(?:working|business) )?(?:days?|weeks?|months?|hours?|d|w|wd)|\d{4}-\d\d-\d\d|\d+[./]\d+[./]\d+"
    r"|(?:\d+(?:st|nd|rd|th|\.)? ?)?(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?: \d+(?:st|nd|rd|th)?)?"
    r"|\d+ may|may \d+|(?:mon|tues|wednes|thurs|fri)days?|tomorrow|asap|(?:next|end of|same) (?:week|day|month)|q[1-4]"
    r")\b[^,;()]*)\)?\s*$",
    re.I,
)
_THEIRS = re.compile(r"\s*(?:[,(–-]\s*(?:by )?|\bby )(?:the )?(customer|client|them|theirs|their team)\)?\s*$", re.I)
_OURS = re.compile(r"\s*(?:[,(–-]\s*(?:by )?|\bby )(?:the )?(us|ours|csm|our team)\)?\s*$", re.I)
_MARK = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s+")
_NUMBER = re.compile(r"\d+[.)]\s+")
_MEETING = re.compile(r"\b(call|meeting|kickoff|kick-off|workshop|review|session)\b", re.I)
HEAD = """\
playbook: {key}
language: 1
title: {title}
day_zero: signed
accountable: csm
roles:
  ours:
    csm:
      title: Customer success manager
      fill: account owner
stages: []
milestones:
  - milestone: first_value
    title: First value
    first_value: true
    when: objectives.met >= 1
    by_hand: csm
"""


def blank(key: str, title: str) -> str:
    """A first text of one stage with one task, without a mistake."""
    return told(key, title, "Kickoff\n- Kickoff call, day 7\n")


def told(
    key: str, title: str, lines: str, contact: str = "", promise: str = "", remind: str = "", tell: str = ""
) -> str:
    """The playbook that lines tell: one without a mark is a stage, one that is indented or marked (`-`, `*`, `1.`) a
    task of it; where tasks have dashes, a number marks a stage. At a line's end may stand by whom (us, customer, sales,
    customer: IT contact) and by when (day 7, 2 weeks, 5 working days after the kickoff call). `contact`: what whoever
    does the customer's part is called; `promise`: within which time of the signature first value is promised;
    `remind`, `tell`: after how long the doer of a late step of the customer's is reminded, and the csm told. Nothing
    else is made up."""
    text = changed(HEAD.format(key=key, title="x"), ("title",), title or key.replace("_", " ").capitalize())
    stages: list[dict[str, Any]] = []
    doers = Doers(lines, contact)
    all_lines = lines.replace("\r", "").expandtabs(4).split("\n")
    has_dashes = any(line[:1] == " " or line[:1] in "-*•–" for line in all_lines if line.strip())
    for line in all_lines:
        words = line.strip()
        if not words:
            continue
        marked = _MARK.sub("", line).strip()
        is_numbered = has_dashes and _NUMBER.match(line) is not None
        is_task = stages and (line[:1] == " " or (marked != words and not is_numbered)) and not words.endswith(":")
        if is_task:
            stages[-1]["tasks"].append(_task(marked, stages, doers))
        else:
            name, due, aside = _dated(marked.rstrip(":"), [*stages, {"stage": "", "tasks": []}])
            name += aside
            stage: dict[str, Any] = {"stage": id_for(name, [one["stage"] for one in stages]), "title": name}
            stages.append({**stage, **({"due": due} if due else {}), "tasks": []})
    if stages:
        text = changed(text, ("stages",), [{name: value for name, value in one.items() if value} for one in stages])
    if doers.contact or any(doers.their in _people(task) for stage in stages for task in stage["tasks"]):
        role = {"title": doers.contact, "fill": "asked of csm"} if doers.contact else "asked of csm"
        text = changed(text, ("roles", "theirs", doers.their), role)
    for side, made in doers.made.items():
        for key, role in made.items():
            text = changed(text, ("roles", side, key), role)
    if length := span(promise):
        text = changed(text, ("milestones", 0, "due"), f"within {length} of signed")
    told_after = ((DOER, span(remind)), ("csm", span(tell)))
    rules = [{"after": f"{length} late", "to": to} for to, length in told_after if length]
    if rules:
        text = changed(text, ("escalate", "theirs"), rules, ("roles", "escalate", "stages"))
    return text


def _people(task: dict[str, Any]) -> list[str]:
    return [task["by"], *task.get("attendees", {}).get("must", [])]


def undated(titles: Iterable[str]) -> list[tuple[str, str]]:
    """Titles whose end sounds like a date that could not be read, each with that end."""
    return [(title, found[1].strip()) for title in titles if (found := _UNREAD.search(title))]


def _task(words: str, stages: list[dict[str, Any]], doers: Doers) -> dict[str, Any]:
    by, due, aside = "csm", "", ""
    words, after, is_lag = _lagging(words, stages)
    for _ in range(2):
        words, found, kept = (words, "", "") if is_lag and not after else _dated(words, stages)
        due, aside = due or found, aside or kept
        unread = _UNREAD.search(words)
        head, tail = (words[: unread.start()], words[unread.start() :]) if unread else (words, "")
        # A date that was taken off its end has taken the bracket with it.
        is_cut = head.count("(") > head.count(")")
        rest, named = doers.taken_off(f"{head})" if is_cut else head)
        if named:
            words, by, head = rest + tail, named, ""
        for pattern, role in ((_THEIRS, doers.their), (_OURS, "csm")):
            if pattern.search(head):
                words, by = pattern.sub("", head) + tail, role
    title = (words.strip(" ,;-–") or "To do") + aside
    taken = [task["task"] for stage in stages for task in stage["tasks"]]
    # What is due so long after a step comes after it.
    counted = re.search(r" (?:after|of) task\.(\w+)\.(?:done|held)$", due)
    after = after or ([counted[1]] if counted else [])
    task: dict[str, Any] = {"task": id_for(title, taken), "title": title}
    # A call that only says by when is none.
    if _MEETING.search(title.removesuffix(aside)):
        ours, theirs = ("csm", by) if doers.is_theirs(by) else (by, doers.their)
        task |= {"kind": "meeting", "by": ours, "attendees": {"must": [ours, theirs]}}
    else:
        task |= {"by": by}
    return task | ({"after": after} if after else {}) | ({"due": due} if due else {})


def _lagging(words: str, stages: list[dict[str, Any]]) -> tuple[str, list[Any], bool]:
    """A line without "at least 2 days after reception" at its end, and that as what it begins after; whole where no one
    step above is meant. And whether it ends so."""
    found = _LAG.search(words)
    if found is None:
        return words, [], False
    titles = {task["task"]: task["title"] for stage in stages for task in stage["tasks"]}
    key, lag = meant(found[2], titles, whole=True), span(found[1])
    return (words[: found.start()], [{"task": key, "lag": lag}], True) if key and lag else (words, [], True)


def _dated(words: str, stages: list[dict[str, Any]]) -> tuple[str, str, str]:
    """A line without the date at its end, that date as a timing, and where it counts from something that has no name
    yet, that date as words for the title."""

    def moment_of(named: str) -> str:
        key = id_for(named)
        if key == "first_value":
            return "milestone.first_value.met"
        titles = {one["task"]: one["title"] for stage in stages for one in stage["tasks"]}
        titles |= {one["stage"]: one["title"] for one in stages[:-1]}
        if key not in titles:
            # "The welcome call" is the welcome call with the customer, where no other step has all of these words.
            key = meant(named, titles, whole=True) or key
        task = next((one for stage in stages for one in stage["tasks"] if one["task"] == key), None)
        if task:
            return f"task.{key}.{'held' if task.get('kind') == 'meeting' else 'done'}"
        # The stage that a line stands in is over when the line is done: it cannot count from that.
        return f"stage.{key}.closed" if any(stage["stage"] == key for stage in stages[:-1]) else ""

    found = _DUE.search(words)
    rest = words[: found.start()].strip(" ,;") if found else ""
    if found is None or not rest:
        return words.strip(), "", ""
    timings = dates(found[1], moment_of)
    if timings:
        return rest, timings[0], ""
    is_counted = re.search(r" (?:before|after) ", found[1], re.I)
    return (rest, "", f" ({found[1]})") if is_counted else (words.strip(), "", "")
