"""What is missing, in the reader's words instead of metric names."""

from __future__ import annotations

from collections.abc import Iterable

from onward.playbooks.decisions.definition import Playbook

USAGE = ("event.", "usage.", "activation.", "person.", "days_since.last_seen")
KINDS = {"event", "figure", "task", "stage", "milestone", "check_in", "role", "form", "log", "reading"}


def missing_words(book: Playbook, names: Iterable[str]) -> str:
    """Why a check is not known yet, as a sentence."""
    names = list(names)
    titles = list(dict.fromkeys(title_of(book, name) for name in names if not name.startswith(USAGE)))
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


def _plain(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")
