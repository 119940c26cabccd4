"""Who does a row: a person who is known, a side as a whole, or a role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from onward.accounts.decisions.stakeholders import STAKEHOLDER_ROLES
from onward.playbooks.decisions.editing.naming import id_for
from onward.playbooks.decisions.parts import Side
from onward.playbooks.decisions.planned.cells import plain
from onward.playbooks.decisions.planned.plan import OURS, THEIRS, Known, PlannedRole

_CSM = {"csm", "customer success manager"}
_US = _CSM | {"us", "we", "ours", "our team", "internal", "vendor", "wir", "intern"}
_THEM = {
    "customer",
    "client",
    "them",
    "they",
    "theirs",
    "the customer",
    "external",
    "kunde",
    "extern",
    "kundenteam",
    "customer contact",
}
_SIDE = re.compile(r"\s*[(\[](.+?)[)\]]\s*$")
_THEIR_ROLES = {plain(title) for key, title in STAKEHOLDER_ROLES.items() if key != "trainer"}
_OF_THEM = re.compile(r"\b(customer|client|kunde\w*|their)\b", re.I)


@dataclass(frozen=True)
class Owner:
    """Who a cell names; `told` says what was not understood, with how to mend it."""

    role: str
    person: str = ""
    told: tuple[str, str] | None = None


class Owners:
    """Reads owners and keeps the roles that they stand for. `sides`: what a person chose for a word."""

    def __init__(self, known: Known, sides: Mapping[str, str]) -> None:
        self.known, self.sides = known, {plain(word): side for word, side in sides.items()}
        self.roles: dict[str, PlannedRole] = {
            OURS: PlannedRole(OURS, "Customer success manager", "ours"),
            THEIRS: PlannedRole(THEIRS, "Customer contact", "theirs"),
        }
        self.by_word: dict[tuple[str, Side], str] = {}

    def read(self, text: str) -> Owner:
        """The owner of a cell; whoever looks after the account for an empty one."""
        words = " ".join(text.split())
        if not words:
            return Owner(OURS)
        if found := self._person(words):
            return found
        parts = [one.strip() for one in re.split(r"[;,/&\n]|\band\b|\bund\b", text) if one.strip()]
        if len(parts) > 1 and any(self._person(one) or self._whole(one) for one in parts):
            first = self._person(parts[0]) or self._role(parts[0])
            mend = "Write one owner a row, or split the task."
            return Owner(first.role, first.person, (f"Only {parts[0][:60]} is taken: a task has one owner.", mend))
        return self._role(words)

    def _person(self, words: str) -> Owner | None:
        last, comma, first = words.partition(",")
        address = re.search(r"[\w.+-]+@[\w.-]+", words)
        tried = [plain(words), plain(f"{first} {last}") if comma else "", address[0].lower() if address else ""]
        for one in filter(None, tried):
            ref = self.known.people.get(one)
            if ref:
                return Owner(THEIRS if ref.startswith("contact:") else OURS, ref)
            if ref == "":
                said = (
                    f"Several people are called {words[:60]}.",
                    "Write the mail address; it goes in without a person.",
                )
                return Owner(OURS, "", said)
        if address:
            side: Side = self._chosen(words, "ours")
            said = f"Nobody here has the address {address[0][:80]}.", "Correct it, or add the person first."
            return Owner(THEIRS if side == "theirs" else OURS, "", said)
        return None

    def _role(self, words: str) -> Owner:
        title, side = words, self._whole(words)
        if side:
            if plain(words) in _CSM:
                self.roles[OURS] = PlannedRole(OURS, words, "ours")
            return Owner(OURS if side == "ours" else THEIRS)
        if (aside := _SIDE.search(words)) and (told := self._whole(aside[1])) and words[: aside.start()].strip():
            title, side = words[: aside.start()].strip(), told
            if self._whole(title) == side:
                return Owner(OURS if side == "ours" else THEIRS)
        theirs = plain(title) in _THEIR_ROLES or _OF_THEM.search(title) is not None
        side = self._chosen(words, side or ("theirs" if theirs else "ours"))
        key = (plain(title), side)
        if key not in self.by_word:
            role_id = id_for(title[:400], [*self.roles, "manager"])
            self.by_word[key] = role_id
            self.roles[role_id] = PlannedRole(role_id, title[:400], side, words)
        return Owner(self.by_word[key])

    def _whole(self, words: str) -> Side | None:
        low = plain(words)
        if low in _US:
            return "ours"
        return "theirs" if low in _THEM else self.known.sides.get(low)

    def _chosen(self, words: str, guess: Side) -> Side:
        chosen = self.sides.get(plain(words))
        return "theirs" if chosen == "theirs" else "ours" if chosen == "ours" else guess


def owner_words(title: str, side: Side) -> str:
    """A role's title so that it reads back as a role of that side."""
    if side == "theirs" and plain(title) in _THEM:
        return title
    owners = Owners(Known(), {})
    read = owners.roles[owners.read(title).role]
    if read.side == side and (read.title == title or read.id == OURS):
        return title
    return f"{title} ({'customer' if side == 'theirs' else 'us'})"
