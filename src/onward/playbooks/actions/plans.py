"""The plan of one journey that is no published version whole: one that took some of a new version, and kept some; or
one that came from a sheet."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import act
from onward.playbooks import models, queries
from onward.playbooks.decisions import definition
from onward.playbooks.decisions.definition import Playbook


def keep_plan(book: Playbook, version_id: UUID) -> UUID:
    """The version that means exactly this: the published one where it does, else a plan of its own beside it, which no
    list of versions shows. Plans that mean the same are one. Called in a running action."""
    if book == queries.version(version_id):
        return version_id
    published = models.Version.objects.get(id=version_id)
    return _kept(book, published.number, published.file, published.text)


def keep_sheet(book: Playbook, text: str) -> UUID:
    """The version of a plan that follows no playbook. Called in a running action."""
    return _kept(book, 1, "plan.yaml", text)


def _kept(book: Playbook, number: int, file: str, text: str) -> UUID:
    address = definition.address(book)
    name = f"{models.PLANS}{address}"
    models.Version.objects.bulk_create(
        [
            models.Version(
                playbook=name,
                number=number,
                title=book.title,
                address=address,
                file=file,
                text=text,
                resolved=definition.to_json(book).decode(),
                choose_rank=book.choose_rank,
                published_by=act().actor.ref,
                published_at=act().now,
            )
        ],
        ignore_conflicts=True,
    )
    return models.Version.objects.values_list("id", flat=True).get(playbook=name, address=address)
