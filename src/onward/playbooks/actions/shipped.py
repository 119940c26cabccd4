"""The playbooks that come with the product, published on the first start and followed until somebody takes over."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from onward.kernel.actor import SYSTEM, Actor
from onward.playbooks import models
from onward.playbooks.actions.publishing import Published, publish
from onward.playbooks.decisions.translating import translates
from onward.playbooks.queries import Shelf, read_shelf


def publish_shipped(*, actor: Actor = SYSTEM, folder: Path | None = None) -> list[Published]:
    """Publish what is new in the shipped folder; safe to call at every start. A playbook whose current version
    somebody else published is theirs, and left alone."""
    shelf = read_shelf(folder or settings.PLAYBOOKS_DIR)
    return [
        publish(actor=actor, text=text, file=name, modules=shelf.beside, texts=shelf.texts)
        for name, text in shelf.playbooks.items()
        if _is_ours(actor, name, text, shelf)
    ]


def _is_ours(actor: Actor, name: str, text: str, shelf: Shelf) -> bool:
    """Whether to publish: unknown yet, or published by us and written otherwise now. Spares linting at every start."""
    row = models.Playbook.objects.filter(key=Path(name).stem).select_related("current").first()
    if row is None:
        return True
    current = row.current
    if current.published_by != actor.ref:
        return False
    beside = shelf.beside
    same_modules = all(beside.get(module) == body for module, body in current.modules.items())
    same_texts = all(shelf.texts.get(path) == body for path, body in current.texts.items())
    translations = {path for path in shelf.texts if (translates(path) or ("",))[0] in (row.key, *current.modules)}
    return not (current.text == text and same_modules and same_texts and translations <= current.texts.keys())
