"""From a process told in lines to a first playbook: stages, tasks below them, who does each and by when."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from onward.playbooks.decisions.editing import added, changed
from onward.playbooks.decisions.shape import reserved

_DAY = re.compile(r"[,;(]?\s*\b(by |on |until |within )?(day \d+|week \d+|\d+ ?(?:days?|weeks?|hours?))\)?\s*$", re.I)
_THEIRS = re.compile(r"\s*(?:[,(–-]\s*(?:by )?|\bby )(?:the )?(customer|client|them|theirs|their team)\)?\s*$", re.I)
_OURS = re.compile(r"\s*(?:[,(–-]\s*(?:by )?|\bby )(?:the )?(us|ours|csm|our team)\)?\s*$", re.I)
_MARK = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s+")
_NUMBER = re.compile(r"\d+[.)]\s+")
_MEETING = re.compile(r"\b(call|meeting|kickoff|kick-off|workshop|review)\b", re.I)
#: A day counted from something that has no name yet: it stays in the title, where it is seen and set by hand.
_COUNTED = re.compile(r"[,;(]?\s*(\d+) ?(working days?|days?|weeks?) (before|after) (.+?)\)?\s*$", re.I)
HEAD = """\
playbook: {key}
language: 1
title: {title}
day_zero: signed
targets:
  first_value: 30d
  complete: 90d
goals:
  - goal: first_value_reached
    when: milestone.first_value.met
kpis:
  - kpi: time_to_first_value
    from: signed
    to: milestone.first_value.met
    target: at most 30d
accountable: csm
roles:
  ours:
    csm:
      title: Customer success manager
      fill: account owner
  theirs:
    champion: asked of csm
stages: []
milestones:
  - milestone: first_value
    title: First value
    first_value: true
    when: objectives.met >= 1
    by_hand: csm
    due: within 30d of signed
"""


def id_for(title: str, taken: Iterable[str] = ()) -> str:
    """An id made of a title: small letters, digits, _; told apart from those that are taken."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    key = key if key[:1].isalpha() else f"x_{key}".strip("_")
    known, number, found = set(taken), 2, key
    while found in known or reserved(found):
        found, number = f"{key}_{number}", number + 1
    return found


def blank(key: str, title: str) -> str:
    """A first text of one stage with one task, without a mistake."""
    return told(key, title, "Kickoff\n- Kickoff call, day 7\n")


def told(key: str, title: str, lines: str) -> str:
    """The playbook that lines tell: one without a mark is a stage, one that is indented or marked (`-`, `*`, `1.`) a
    task of it; where tasks have dashes, a number marks a stage. At a line's end may stand by whom (us, customer) and by
    when (day 7, 2 weeks)."""
    text = changed(HEAD.format(key=key, title="x"), ("title",), title or key.replace("_", " ").capitalize())
    stages: list[dict[str, Any]] = []
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
            taken = [task["task"] for stage in stages for task in stage["tasks"]]
            stages[-1]["tasks"].append(_task(marked, taken))
        else:
            name, due = _dated(marked.rstrip(":"))
            stage: dict[str, Any] = {"stage": id_for(name, [one["stage"] for one in stages]), "title": name}
            stages.append({**stage, **({"due": due} if due else {}), "tasks": []})
    for stage in stages:
        text = added(text, ("stages",), {name: value for name, value in stage.items() if value})
    return text


def _task(words: str, taken: list[str]) -> dict[str, Any]:
    by, due = "csm", ""
    words, due, aside = _counted(words)
    for _ in range(2):
        words, found = _dated(words)
        due = due or found
        for pattern, role in ((_THEIRS, "champion"), (_OURS, "csm")):
            if pattern.search(words):
                words, by = pattern.sub("", words), role
    title = (words.strip(" ,;-–") or "To do") + aside
    task: dict[str, Any] = {"task": id_for(title, taken), "title": title}
    if _MEETING.search(title):
        task |= {"kind": "meeting", "by": "csm", "attendees": {"must": ["csm", "champion"]}}
    else:
        task |= {"by": by}
    return task | ({"due": due} if due else {})


def _counted(words: str) -> tuple[str, str, str]:
    """A line without "4 weeks after first value" at its end: as a timing where that has a name, else as words."""
    found = _COUNTED.search(words)
    if not found or not words[: found.start()].strip(" ,;"):
        return words, "", ""
    number, unit, side, moment = found.groups()
    named = {"first value": "milestone.first_value.met", "signature": "signed", "signing": "signed"}
    short = {"working": "wd", "day": "d", "days": "d", "week": "w", "weeks": "w"}[unit.lower().split()[0]]
    known = named.get(moment.lower().removeprefix("the ").strip())
    rest = words[: found.start()].strip(" ,;")
    return (
        (rest, f"{number}{short} {side.lower()} {known}", "") if known else (rest, "", f" ({found[0].strip(' ,;()')})")
    )


def _dated(words: str) -> tuple[str, str]:
    """A line without the day at its end, and that day as a timing."""
    found = _DAY.search(words)
    if not found or not words[: found.start()].strip(" ,;"):
        return words.strip(), ""
    span = found[2].lower()
    if span.startswith(("day", "week")):
        return words[: found.start()].strip(" ,;"), span
    number, unit = re.match(r"(\d+) ?(\w)", span).groups()  # type: ignore[union-attr]
    # "Within two weeks" is a promise to the customer; "two weeks" is how long it takes once it begins.
    timing = f"within {number}{unit} of signed" if found[1] else f"{number}{unit} after entered"
    return words[: found.start()].strip(" ,;"), timing
