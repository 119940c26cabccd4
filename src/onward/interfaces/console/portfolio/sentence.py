"""The filters as a sentence: the words that are set, the one that is being added, and those that could be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from onward.identity import queries as identity
from onward.insights import queries as insights
from onward.interfaces.console.portfolio.asked import View
from onward.interfaces.ui.words import segment
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id

Options = list[tuple[str, str]]
SORT_WORDS = {
    "urgency": "what needs help most",
    "waiting": "longest waiting",
    "silent": "longest silent",
    "due": "what is due next",
    "first_value": "first value due",
    "account": "account",
    "stage": "stage",
    "segment": "segment",
    "arr": "largest ARR",
    "signed": "newest signature",
    "owner": "owner",
}
PACES = [("on_track", "on track"), ("behind", "behind"), ("stalled", "stalled")]
SIDES = [("ours", "us"), ("theirs", "them"), ("nobody", "nobody")]
STATES = [("paused", "paused"), ("completed", "complete"), ("cancelled", "cancelled"), ("all", "in any state")]
VALUES = [
    ("late", "late for first value"),
    ("this_week", "due for first value this week"),
    ("not_yet", "before first value"),
    ("reached", "after first value"),
]


@dataclass(frozen=True, slots=True)
class Word:
    """A condition in the sentence. `kind`: choice, number, date or flag. `after` follows the field."""

    key: str
    lead: str
    title: str
    kind: str
    options: Options
    value: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`words` stand in the sentence; `more` are (key, title, kind) of those that can be added."""

    words: list[Word]
    more: list[tuple[str, str, str]]
    sorts: Options


def _plain(options: Options) -> Callable[[Actor, insights.Tiles], Options]:
    return lambda actor, tiles: options


def _owners(actor: Actor, tiles: insights.Tiles) -> Options:
    names = identity.user_names([UUID(one.value) for one in tiles.by_owner if one.value])
    people = sorted(((format_id("usr", key), name) for key, name in names.items()), key=lambda one: one[1].lower())
    return [("me", "me"), *people, ("none", "nobody")]


def _labels(actor: Actor, tiles: insights.Tiles) -> Options:
    return [(label, label.replace("=", ": ", 1)) for label, _ in insights.labels_in_use(actor)]


def _slices(name: str) -> Callable[[Actor, insights.Tiles], Options]:
    def options(actor: Actor, tiles: insights.Tiles) -> Options:
        found: Sequence[insights.Slice] = getattr(tiles, f"by_{name}")
        if name == "segment":
            return [(one.value, segment(one.value).lower()) for one in found if one.value]
        return [(one.value, one.label or one.value) for one in found if one.value]

    return options


# key: lead, title, kind, what may be chosen, what follows the field.
CONDITIONS: dict[str, tuple[str, str, str, Callable[[Actor, insights.Tiles], Options], str]] = {
    "state": ("", "State", "choice", _plain(STATES), ""),
    "by": ("owned by", "Owner", "choice", _owners, ""),
    "stage": ("in", "Stage", "choice", _slices("stage"), ""),
    "in": ("of segment", "Segment", "choice", _slices("segment"), ""),
    "pace": ("that are", "Pace", "choice", _plain(PACES), ""),
    "on": ("on", "Playbook", "choice", _slices("playbook"), ""),
    "value": ("", "First value", "choice", _plain(VALUES), ""),
    "waiting": ("waiting on", "Waiting on", "choice", _plain(SIDES), ""),
    "silent": ("silent over", "Silent over some days", "number", _plain([]), "days"),
    "from": ("signed from", "Signed from", "date", _plain([]), ""),
    "to": ("signed until", "Signed until", "date", _plain([]), ""),
    "field": ("with", "Account field", "choice", _labels, ""),
    "asked": ("with an open question", "With an open question", "flag", _plain([]), ""),
    "need": ("late, stalled or behind", "Late, stalled or behind", "flag", _plain([]), ""),
}


def is_narrowed(view: View) -> bool:
    """Whether less is shown than all of somebody's, or of everybody's."""
    return any(view.query.get(key) for key in ("q", *CONDITIONS) if key != "by")


def sentence(actor: Actor, view: View, tiles: insights.Tiles) -> Sentence:
    """Only what is set stands in it. Statements run for words that are there alone."""
    words, more = [], []
    adding = view.query.get("add", "")
    for key, (lead, title, kind, offered, after) in CONDITIONS.items():
        value = view.query.get(key, "")
        if not value and key != adding:
            more.append((key, title, kind))
            continue
        options = offered(actor, tiles)
        if value and kind == "choice" and value not in dict(options):
            options = [(value, value.replace("=", ": ", 1)), *options]
        words.append(Word(key, lead, title, kind, options, value, after))
    return Sentence(words, more, list(SORT_WORDS.items()))
