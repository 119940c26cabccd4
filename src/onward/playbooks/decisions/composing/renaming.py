"""The things of a module under the names that the playbook has for them: `where: {role.csm: pm}`."""

import re
from collections.abc import Mapping
from dataclasses import replace

from onward.playbooks.decisions.addresses import MAPS
from onward.playbooks.decisions.tree import Piece

_PEOPLE = ("role", "group")
# Which kinds of things a key names by their bare ids.
_KEYS = {
    **dict.fromkeys(("by", "and", "with", "confirm", "owner", "to", "cc", "reply_to", "for", "must", "may"), _PEOPLE),
    **dict.fromkeys(("role", "asked"), ("role",)),
    **{kind: (kind,) for kind in ("task", "stage", "form", "course", "survey", "log", "risk", "intervention")},
    **{kind: (kind,) for kind in ("measure", "milestone", "sequence", "activation", "check_in", "goal", "kpi")},
    **{kind: (kind,) for kind in ("walkthrough", "nudge")},
    "meeting": ("task",),
    "before": ("task",),
    "picks": ("milestone",),
    "pick": ("measure",),
    "respond": ("intervention",),
    "of": ("form", "task"),
}
_SAID_AS = {"role": ("role", "contacts"), "group": ("contacts",), "form": ("form", "answer"), "task_group": ("group",)}
_PROSE = frozenset({"title", "help", "because", "category", "source", "agenda"})

Names = Mapping[str, str]


def renamed(tree: Piece, names: Names) -> Piece:
    """The tree of a module with other ids; `names`: address -> new id."""
    if not names:
        return tree
    found = _walk(tree, names, "", _patterns(names))
    for kind, key in MAPS.items():
        held = found.get((key,))
        for one in held.value if isinstance(held.value, dict) else ():
            if new := names.get(f"{kind}.{one}"):
                found = found.put((key, one), None).put((key, new), held.value[one], held.keys[one])
    return found


def in_words(text: str, names: Names) -> str:
    """An expression, a moment or a timing with the new names in it."""
    for pattern, new in _patterns(names):
        text = pattern.sub(new, text)
    return text


Patterns = tuple[tuple[re.Pattern[str], str], ...]


def _patterns(names: Names) -> Patterns:
    found = []
    for address, new in names.items():
        head, _, last = address.rpartition(".")
        for said in _SAID_AS.get(head, (head,)):
            before = r"(?<![\w.])((?:person\.|days_since\.|days_until\.)*)"
            pattern = re.compile(rf"{before}{re.escape(said)}\.{re.escape(last)}(?![\w])")
            found.append((pattern, rf"\g<1>{said}.{new}"))
    return tuple(found)


def _walk(piece: Piece, names: Names, key: str, patterns: Patterns) -> Piece:
    if isinstance(piece.value, dict):
        after = "stage" if "stage" in piece.value else "task"
        values = {}
        for inner, one in piece.value.items():
            kinds = (after,) if inner == "after" else _KEYS.get(inner, ())
            if inner == "from" and "sequence" in piece.value:
                kinds = ("role",)
            values[inner] = _named(one, names, kinds) if kinds else one
            values[inner] = _walk(values[inner], names, inner, patterns)
        return replace(piece, value=values)
    if isinstance(piece.value, list):
        return replace(piece, value=[_walk(one, names, key, patterns) for one in piece.value])
    if isinstance(piece.value, str) and key not in _PROSE:
        return _said(piece, in_words(piece.value, names))
    return piece


def _named(piece: Piece, names: Names, kinds: tuple[str, ...]) -> Piece:
    if isinstance(piece.value, list):
        return replace(piece, value=[_named(one, names, kinds) for one in piece.value])
    new = next((names[one] for kind in kinds if (one := f"{kind}.{piece.value}") in names), None)
    return _said(piece, new) if new and isinstance(piece.value, str) else piece


def _said(piece: Piece, text: str) -> Piece:
    """Another text in that place; what is wrong in it can only be placed as a whole."""
    return piece if text == piece.value else replace(piece, value=text, raw="")
