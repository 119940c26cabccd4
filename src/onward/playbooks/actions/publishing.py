"""Publish a playbook: parse, lint, refuse on errors, keep an immutable version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import Max

from onward.foundation.actions import act, action, record
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.refusals import invalid
from onward.playbooks import facts, models, queries
from onward.playbooks.decisions import definition
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.decisions.succession import succession


@dataclass(frozen=True)
class Published:
    """`state`: published (a new version), unchanged (it means what the current one means), or restored (it means what
    an older one meant, which is current again)."""

    state: Literal["published", "unchanged", "restored"]
    version_id: UUID
    key: str
    number: int
    address: str
    warnings: tuple[Problem, ...]


@action()
def publish(
    *,
    actor: Actor,
    text: str,
    file: str = "playbook.yaml",
    modules: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Published:
    """Publish a playbook's text with the modules (the parents of a variant among them; else the one that is current)
    and the texts and translations that lie beside it. Running journeys keep their version.

    Refusals: "invalid" with `details.problems` (file, line, column, level, code, message, mend) for any error;
    "forbidden".
    """
    require(actor, "publish", "playbook")
    for name, body in (texts or {}).items():
        if not _storable(name + body):
            raise invalid(f"The text {_printable(name)} holds characters that no text should.", mend="Remove them.")
    file = _printable(file) or "playbook.yaml"
    above = queries.above(text)
    modules, texts = {**above.modules, **(modules or {})}, {**above.texts, **(texts or {})}
    linted = lint(Draft(text, file, modules, texts))
    book = linted.playbook
    if book is None:
        raise refusal(linted.errors)
    beside = {name: texts[name] for name in linted.texts}
    draft = Draft(text, file, {name: modules[name] for name in linted.modules}, beside)
    address = definition.address(book)
    known = models.Version.objects.filter(playbook=book.id, address=address).first()
    current = models.Playbook.objects.filter(key=book.id).first()
    # What was published once is published again whatever came after it.
    after = (
        ()
        if known or current is None
        else succession(queries.past(book.id), queries.version(current.current_id), book, linted.places)
    )
    errors = tuple(problem for problem in after if problem.level == "error")
    if errors:
        raise refusal(errors)
    warnings = (*linted.warnings, *_beside_others(book, file), *after)
    if known is not None and current is not None and current.current_id == known.id:
        return Published("unchanged", known.id, book.id, known.number, address, warnings)
    kept = known or _kept(actor, book, address, draft, warnings)
    models.Playbook.objects.update_or_create(key=book.id, defaults={"current": kept})
    record(facts.PlaybookPublished(book.id, book.title, kept.id, kept.number, address, known is not None))
    return Published("restored" if known else "published", kept.id, book.id, kept.number, address, warnings)


def _storable(text: str) -> bool:
    """Whether PostgreSQL takes it: no NUL, and no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _printable(name: str) -> str:
    return "".join(character for character in name[:200] if character.isprintable())


def refusal(problems: tuple[Problem, ...]) -> Exception:
    """The refusal that lists what is wrong."""
    count = len(problems)
    first = problems[0] if problems else None
    what = f"{first.file}, line {first.line}: {first.message}." if first else "It is no playbook."
    message = f"This playbook has {count} error{'' if count == 1 else 's'}. {what}"
    mend = f"{first.mend[:1].upper()}{first.mend[1:]}." if first and first.mend else "Mend them, then publish again."
    return invalid(message, mend=mend, problems=[problem.as_dict() for problem in problems])


def _kept(actor: Actor, book: Playbook, address: str, draft: Draft, warnings: tuple[Problem, ...]) -> models.Version:
    last = models.Version.objects.filter(playbook=book.id).aggregate(last=Max("number"))["last"] or 0
    return models.Version.objects.create(
        playbook=book.id,
        number=last + 1,
        title=book.title,
        address=address,
        file=draft.file,
        text=draft.text,
        modules=dict(draft.modules),
        texts=dict(draft.texts),
        resolved=definition.to_json(book).decode(),
        choose_rank=book.choose_rank,
        problems=[problem.as_dict() for problem in warnings],
        published_by=actor.ref,
        published_at=act().now,
    )


def _beside_others(book: Playbook, file: str) -> list[Problem]:
    if book.choose_when is None:
        return []
    equals = [
        one.title
        for one in queries.current_versions().values()
        if one.id != book.id and one.choose_when and one.choose_rank == book.choose_rank
    ]
    if not equals:
        return []
    message = f"`choose_rank: {book.choose_rank}` is also that of {', '.join(equals)}"
    return [Problem(file, 1, 1, "warning", "equal_rank", message, "where both fit, a person will be asked")]
