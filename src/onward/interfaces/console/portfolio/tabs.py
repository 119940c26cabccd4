"""Views as tabs and in the rail: two that everybody has, those that are shared, one's own; with how many each has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onward.insights import queries as insights
from onward.interfaces.console.portfolio.asked import View, of_words
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, not_found

UP_TO = 1000
FRESH = timedelta(seconds=30)
# A view's figure is good for half a minute: that of a seldom list may cost more than the page.
_counted: dict[tuple[UUID, str, str], tuple[datetime, int]] = {}


@dataclass(frozen=True, slots=True)
class Tab:
    """`count` None: its words mean nothing any more, for example because its owner is gone."""

    name: str
    href: str
    count: int | None
    is_now: bool
    view: insights.ViewRow | None = None

    @property
    def shown(self) -> str:
        """The figure, as far as it is counted."""
        if self.count is None:
            return "–"
        return f"{self.count:,}+" if self.count >= UP_TO and self.view else f"{self.count:,}"


@dataclass(frozen=True, slots=True)
class Tabs:
    """`now` is the view that the page shows; `is_changed`: with other words than it keeps. `total`: of the list."""

    tabs: list[Tab]
    now: insights.ViewRow | None
    is_changed: bool
    total: int


def tabs(actor: Actor, view: View, everybody: insights.Tiles, moment: datetime) -> Tabs:
    """Two statements: the views, and all figures that are not known yet."""
    rows = insights.views(actor)
    wanted = view.query.get("view", "")
    now = next((row for row in rows if row.ref == wanted), None)
    if wanted and now is None:
        raise not_found("view", wanted[:40])
    kept = view.kept
    if now is None:
        now = next((row for row in rows if row.query == kept and kept), None)
    lists = {row.id: _filters(row, actor) for row in rows}
    total, needy, found = _counts(actor, view, rows, lists, everybody, moment)
    if now is not None and now.query == kept:
        # Its figure may be a moment old, and the list below it is not.
        found[now.id] = total
        _counted[(now.id, now.query, actor.id)] = (moment, total)
    mine = {"by": "me", "need": "1"}
    words = {key: value for key, value in view.query.items() if key not in {"after", "view", "add", "as"}}
    as_layout = f"as={view.layout}" if view.layout else ""
    every = [
        Tab(
            "All journeys",
            f"/journeys{'?' if as_layout else ''}{as_layout}",
            everybody.count("state", "open"),
            now is None and not words,
        ),
        Tab(
            "Need help",
            f"/journeys?need=1{'&' if as_layout else ''}{as_layout}",
            everybody.needy,
            now is None and words == {"need": "1"},
        ),
        Tab(
            "Mine that need help",
            f"/journeys?by=me&need=1{'&' if as_layout else ''}{as_layout}",
            needy,
            now is None and words == mine,
        ),
    ]
    for row in rows:
        href = f"/journeys?{row.query}{'&' if row.query else ''}view={row.ref}"
        every.append(Tab(row.name, href, found.get(row.id), now is not None and row.id == now.id, row))
    return Tabs(every, now, now is not None and now.query != kept, total)


def _filters(row: insights.ViewRow, actor: Actor) -> insights.Filters | None:
    try:
        return of_words(row.query, actor).filters
    except Refusal:
        return None


def _counts(
    actor: Actor,
    view: View,
    rows: Sequence[insights.ViewRow],
    lists: dict[UUID, insights.Filters | None],
    everybody: insights.Tiles,
    moment: datetime,
) -> tuple[int, int, dict[UUID, int]]:
    known: dict[UUID, int] = {}
    asked: list[tuple[UUID, insights.Filters]] = []
    for row in rows:
        at, figure = _counted.get((row.id, row.query, actor.id), (None, 0))
        if at is not None and timedelta(0) <= moment - at < FRESH:
            known[row.id] = figure
        elif (filters := lists[row.id]) is not None:
            asked.append((row.id, filters))
    mine = insights.Filters(owner=parse_id("usr", actor.id), needy=True)
    is_all = view.filters == insights.Filters()
    first = [mine] if is_all else [mine, view.filters]
    figures = insights.counts(actor, [*first, *(filters for _, filters in asked)], moment, up_to=UP_TO)
    if len(_counted) > 5000:
        _counted.clear()
    queries = {row.id: row.query for row in rows}
    for (row_id, _), figure in zip(asked, figures[len(first) :], strict=True):
        known[row_id] = figure
        _counted[(row_id, queries[row_id], actor.id)] = (moment, figure)
    total = everybody.count("state", "open") if is_all else figures[1]
    return total, figures[0], known
