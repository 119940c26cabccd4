"""The words of a playbook that people read, by address; and the playbook in the words of another language."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from onward.playbooks.decisions.addressed import HEADS
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Choice

Say = Callable[[str, str], str]


def words(book: Playbook) -> dict[str, str]:
    """Every word by its address, in the order of the playbook: `task.uat.title`, `form.kickoff.way.choices.mail`."""
    found: dict[str, str] = {}

    def keep(address: str, said: str) -> str:
        found[address] = said
        return said

    _worded(book, keep)
    return found


def in_language(book: Playbook, language: str) -> Playbook:
    """The playbook in the words of a language (`de`, `de-AT`, which falls back on `de`); what is not translated stays
    as it was written."""
    known = {one.language: dict(one.words) for one in book.translations}
    said: Mapping[str, str] = {**known.get(language.partition("-")[0], {}), **known.get(language, {})}
    return _worded(book, lambda address, own: said.get(address, own)) if said else book


def _worded(book: Playbook, say: Say) -> Playbook:
    title = say("title", book.title)
    new: dict[str, Any] = {
        key: tuple(_thing(thing, f"{head}.{thing.id}", say) for thing in getattr(book, key)) for head, key in HEADS
    }
    intents = tuple(_thing(one, f"{one.kind}.{one.id}", say) for one in book.intents)
    return replace(book, title=title, intents=intents, **new)


def _thing(thing: Any, address: str, say: Say) -> Any:
    """One thing with all that is in it."""
    new: dict[str, Any] = {}
    for one in fields(thing):
        value = getattr(thing, one.name)
        if not value:
            continue
        if one.name in ("title", "help", "category"):
            new[one.name] = say(f"{address}.{one.name}", value)
        elif one.name == "agenda":
            new[one.name] = tuple(say(f"{address}.agenda.{at}", line) for at, line in enumerate(value, 1))
        elif one.name == "choices":
            new[one.name] = tuple(_choice(choice, address, say) for choice in value)
        elif one.name in ("exit", "expect"):
            new[one.name] = tuple(_thing(check, f"{address}.{one.name}.{check.id}", say) for check in value)
        elif one.name in ("fields", "checks", "steps"):
            new[one.name] = tuple(_thing(part, f"{address}.{part.id}", say) for part in value)
        elif one.name in ("tasks", "groups") and not isinstance(value[0], str):
            head = "task" if one.name == "tasks" else "task_group"
            new[one.name] = tuple(_thing(part, f"{head}.{part.id}", say) for part in value)
    return replace(thing, **new)


def _choice(choice: Any, address: str, say: Say) -> Any:
    if isinstance(choice, Choice):
        return replace(choice, title=say(f"{address}.choices.{choice.id}", choice.title))
    return choice[0], say(f"{address}.choices.{choice[0]}", choice[1])
