"""What is missing, in the reader's words instead of metric names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from onward.journeys.decisions.known import told
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import NAMED_ANSWER, Field

#: How what keeps a task from starting begins, where nobody can say yet if it is needed at all.
UNDECIDED = "not decided yet"
USAGE = ("event.", "usage.", "activation.", "person.", "days_since.last_seen")
KINDS = {"event", "figure", "task", "stage", "milestone", "check_in", "role", "form", "log", "reading"}


def missing_words(book: Playbook, names: Iterable[str], check: str = "") -> str:
    """Why a check is not known yet, as a sentence; that it needs what it is itself called says nothing."""
    titles = list(dict.fromkeys(title_of(book, name) for name in names if not name.startswith(USAGE)))
    if titles == [f"“{check}”"]:
        return "Not known yet: nobody has entered it, and no source has told it."
    if not titles:
        return "Not known yet: no source has delivered usage of this account."
    return f"Not known yet: needs {', '.join(titles)}."


def title_of(book: Playbook, name: str) -> str:
    """The title of what a metric tells of; the metric's own words when the playbook has none for it."""
    kind, _, rest = name.partition(".")
    if kind == "answer":
        form, _, key = rest.partition(".")
        try:
            return f"“{book.find('form', form).field(key).title}”"
        except KeyError:
            return _plain(name)
    if kind in KINDS:
        try:
            return f"“{book.find(kind, rest.split('.')[0]).title}”"
        except KeyError:
            return _plain(name)
    return _plain(name)


def with_answers(words_of: str, book: Playbook, answers: Mapping[str, Any], *, shared: bool) -> str:
    """A task's help with the answers that it names, like {answer.kickoff.which}. What nobody has said yet is told as
    that; so is, where the customer reads the task (`shared`), an answer that is not for them."""

    def words(found: re.Match[str]) -> str:
        try:
            form = book.find("form", found[1])
            item = form.field(found[2])
        except KeyError:
            return "(not said yet)"
        value = answers.get(form.id, {}).get("values", {}).get(item.id)
        if value in (None, "", []) or (shared and item.id not in told(book, form)):
            return "(not said yet)"
        # What somebody typed is no markdown.
        return " ".join("".join(" " if char in "{}[]<>*_`#\n" else char for char in _answer(item, value)).split())

    return NAMED_ANSWER.sub(words, words_of)


def _answer(item: Field, value: Any) -> str:
    titles = {choice.id: choice.title for choice in item.choices}
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(titles.get(one, str(one)) for one in value)
    if item.type == "date":
        return f"{date.fromisoformat(value):%-d %B %Y}"
    return titles.get(value, f"{value:g}" if isinstance(value, float) else str(value))


def _plain(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")
