"""The address as a list: its words are the whole state of the page, so that it can be kept, shared and gone back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from onward.insights import queries as insights
from onward.interfaces.console.portfolio.columns import chosen
from onward.interfaces.ui.given import day
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import invalid

LAYOUTS = {"": "Table", "board": "Board", "timeline": "Timeline"}
# Where one is in the list, and what one is about to do: not part of what a view keeps.
PASSING = ("after", "view", "add", "at", "stop")


@dataclass(frozen=True, slots=True)
class View:
    """The list that an address asks for."""

    filters: insights.Filters
    sort: str
    query: dict[str, str]

    @property
    def layout(self) -> str:
        """Table (""), board or timeline."""
        return self.query.get("as", "")

    @property
    def columns(self) -> list[str]:
        """The chosen columns, in their order."""
        return chosen(self.query.get("cols", ""))

    @property
    def kept(self) -> str:
        """What a view keeps of it, in one order."""
        return urlencode(sorted((key, value) for key, value in self.query.items() if key not in PASSING))

    def href(self, **changes: str) -> str:
        """The address of this list with some words changed; "" drops one. It begins at the first page."""
        return f"/journeys{self.words(**changes)}"

    def words(self, **changes: str) -> str:
        """The part of the address behind the path."""
        given = {**{key: value for key, value in self.query.items() if key not in {"after", "add", "stop"}}, **changes}
        kept = {key: value for key, value in given.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def asked(given: Mapping[str, str], actor: Actor) -> View:
    """The list of these words; a Refusal for words that mean nothing here."""
    query = {key: str(value)[:200] for key, value in given.items() if value and "\0" not in value}
    if query.get("as", "") not in LAYOUTS:
        raise invalid("Journeys are not drawn like that.", mend="As a table, a board or a timeline.")
    owner: UUID | str | None = query.get("by") or None
    if owner == "me":
        owner = parse_id("usr", actor.id)
    elif owner not in (None, "none"):
        owner = parse_id("usr", owner)
    filters = insights.Filters(
        words=query.get("q", ""),
        owner=owner,
        segment=query.get("in", ""),
        state=query.get("state", "open"),
        pace=query.get("pace", ""),
        stage=query.get("stage", ""),
        playbook=query.get("on", ""),
        waiting_on=query.get("waiting", ""),
        first_value=query.get("value", ""),
        needy="need" in query,
        asked="asked" in query,
        silent=_days(query.get("silent", "")),
        signed_from=_day(query, "from"),
        signed_to=_day(query, "to"),
        label=query.get("field", ""),
    )
    return View(filters, query.get("sort", "urgency"), query)


def of_words(words: str, actor: Actor) -> View:
    """The list of a kept query."""
    return asked(dict(parse_qsl(words.lstrip("?"))), actor)


def _days(given: str) -> int | None:
    if not given:
        return None
    if not given.isdecimal() or len(given) > 4:
        raise invalid("Silent for how many days?", mend="Write a whole number from 1 to 3,650.")
    return int(given)


def _day(query: dict[str, str], key: str) -> date | None:
    return day(query.get(key, ""))
