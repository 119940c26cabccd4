"""Write a playbook before it is published: begin a draft, save it, ask for a review, publish it, drop it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from onward.foundation.actions import act, action
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal, conflict, invalid, not_found
from onward.playbooks import models, queries
from onward.playbooks.actions.publishing import Published, publish
from onward.playbooks.decisions.editing.naming import id_for
from onward.playbooks.decisions.planned import TITLE, Known, make_how, open_sheet, playbook_text, read_plan
from onward.playbooks.decisions.tree import LARGEST, Refused, read

SAID = 2000
NOBODY = Known()


@action()
def begin_draft(
    *,
    actor: Actor,
    key: str,
    text: str | None = None,
    file: str = "playbook.yaml",
    modules: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> int:
    """A draft of a playbook: of its current version, or with a `text` of one that is new. Its edition.

    Refusals: "conflict" when there is a draft already, or a new one takes the id of a playbook that is there;
    "invalid" (no id, no text that can be kept); "not_found"; "forbidden".
    """
    require(actor, "write", "playbook")
    if models.Draft.objects.filter(key=key).exists():
        raise conflict("A draft of this playbook is there already.", mend="Open it, or drop it first.")
    base = None
    if text is None:
        row = queries.version_row(actor, key)
        base = models.Version.objects.get(id=row.id)
        text, file, modules, texts = row.text, row.file, row.modules, row.texts
    else:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key):
            raise invalid("This is no id for a playbook.", mend="Small letters, digits and _, a letter first.")
        if models.Version.objects.filter(playbook=key).exists():
            raise conflict(f"A playbook “{key}” is published already.", mend="Change that one, or take another name.")
    models.Draft.objects.create(
        key=key,
        base=base,
        text=_kept(text),
        file=file,
        modules=dict(modules or {}),
        texts=dict(texts or {}),
        begun_by=actor.ref,
        begun_at=act().now,
        saved_by=actor.ref,
        saved_at=act().now,
    )
    return 1


@action()
def draft_planned(
    *, actor: Actor, content: bytes, mapping: Mapping[str, Any] | None = None, title: str = "", known: Known = NOBODY
) -> str:
    """A draft of a new playbook from a sheet (CSV), with all rows but those with an error; its key.

    `mapping` as MAP_KEYS of the sheet; `known`: who is meant by a name. What was done, and on which day, is left out:
    days count from day zero. Refusals: "invalid" (no sheet, no row that can be taken), "forbidden".
    """
    require(actor, "write", "playbook")
    given = mapping or {}
    sheet = open_sheet(content, given)
    name = " ".join(title.split())[:200] or TITLE
    keys = (models.Draft, "key"), (models.Playbook, "key")
    taken = [key for model, field in keys for key in model.objects.values_list(field, flat=True)]
    key = id_for(name, taken)
    text = playbook_text(read_plan(sheet, make_how(sheet, given), known), key, name)
    begin_draft(actor=actor, key=key, text=text, file=f"{key}.yaml")
    return key


@action()
def save_draft(*, actor: Actor, key: str, text: str, edition: int) -> int:
    """Keep a draft's text, right or wrong as it is; its new edition. The text before is kept for one undo.

    Refusals: "stale" when somebody saved since that edition; "not_found"; "invalid"; "forbidden".
    """
    row = _held(actor, key, edition)
    if row.text == text:
        return row.edition
    row.before, row.text = row.text, _kept(text)
    return _saved(actor, row)


@action()
def undo_draft(*, actor: Actor, key: str, edition: int) -> int:
    """The text as it was before the last save; done twice it is back. Refusals as in `save_draft`."""
    row = _held(actor, key, edition)
    if not row.before:
        raise conflict("There is no change to take back.", mend="Go on writing.")
    row.before, row.text = row.text, row.before
    return _saved(actor, row)


@action()
def remark_on_draft(
    *, actor: Actor, key: str, kind: Literal["asked", "said", "agreed"], text: str, edition: int
) -> None:
    """Ask for a review, say something, or agree; it says to which edition. Refusals: "not_found", "invalid" (nothing
    said), "forbidden"."""
    row = _held(actor, key, None)
    words = text.replace("\x00", "").strip()
    if kind == "said" and not words:
        raise invalid("Nothing is said yet.", mend="Write it in a few words.")
    if kind not in ("asked", "said", "agreed") or len(words) > SAID:
        raise invalid(f"A remark has at most {SAID} characters.", mend="Shorten it.")
    row.remarks = [
        *row.remarks,
        {"by": actor.ref, "at": act().now.isoformat(), "kind": kind, "text": words, "edition": edition},
    ]
    row.save(update_fields=["remarks"])


@action()
def publish_draft(*, actor: Actor, key: str, edition: int, over: int | None = None) -> Published:
    """Publish a draft and drop it. `over`: the current version's number as its author saw it (None: there is none).

    Refusals: those of `publish`; "stale" when the draft was saved since, or another version came out.
    """
    row = _held(actor, key, edition)
    current = models.Playbook.objects.filter(key=key).values_list("current__number", flat=True).first()
    if current != over:
        raise Refusal(
            "stale",
            f"Version {current} came out while you were looking.",
            mend="Look at what it changed, then publish again.",
        )
    try:
        named = read(row.text, row.file).at(("playbook",)).value
    except Refused:
        named = key
    if isinstance(named, str) and named != key:
        raise invalid(
            f"The file says that it is the playbook “{named}”, and this is a draft of “{key}”.",
            mend=f"Write “playbook: {key}” at its head, or begin a new playbook from this one.",
        )
    beside = queries.beside(row.modules, row.texts)
    done = publish(actor=actor, text=row.text, file=row.file, modules=beside.modules, texts=beside.texts)
    row.delete()
    return done


@action()
def drop_draft(*, actor: Actor, key: str) -> None:
    """Throw a draft away; what is published stays. Refusals: "not_found", "forbidden"."""
    _held(actor, key, None).delete()


def _held(actor: Actor, key: str, edition: int | None) -> models.Draft:
    require(actor, "write", "playbook")
    row = models.Draft.objects.filter(key=key).first()
    if row is None:
        raise not_found("draft", key[:60])
    if edition is not None and row.edition != edition:
        raise Refusal(
            "stale",
            "Somebody else has saved this draft since you opened it.",
            mend="Look at theirs in another window. What you wrote is still in this one; saving again keeps yours.",
            details={"edition": row.edition},
        )
    return row


def _saved(actor: Actor, row: models.Draft) -> int:
    row.edition += 1
    row.saved_by, row.saved_at = actor.ref, act().now
    row.save(update_fields=["text", "before", "edition", "saved_by", "saved_at"])
    return row.edition


def _kept(text: str) -> str:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise invalid("The file holds characters that no text should.", mend="Remove them.")
    if len(text) > LARGEST:
        raise invalid(f"The file is longer than {LARGEST:,} characters.", mend="Split it into modules.")
    return text.replace("\r\n", "\n")
