"""The list itself: its words become a page, a fragment of it, or a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from onward.foundation.clock import now
from onward.identity.decisions import may
from onward.insights import queries as insights
from onward.interfaces.console.order import outside_words
from onward.interfaces.console.portfolio import ledes
from onward.interfaces.console.portfolio.asked import LAYOUTS, View, asked
from onward.interfaces.console.portfolio.columns import ACCOUNT, COLUMNS, USUAL, fields_of, moved, without
from onward.interfaces.console.portfolio.sentence import is_narrowed, sentence
from onward.interfaces.console.portfolio.tabs import tabs
from onward.interfaces.console.portfolio.timeline import GROUPS, ZOOMS, timeline
from onward.interfaces.console.shell import staff
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor

STAGES = 10


def page(request: HttpRequest) -> HttpResponse:
    """The list, whole or (with X-Fragment) what changes by itself."""
    actor, moment = staff(request), now()
    view = asked(request.GET.dict(), actor)
    context = _context(request, actor, view, moment)
    fragment = request.headers.get("X-Fragment")
    return render(request, "console/portfolio/_list.html" if fragment else "console/portfolio/page.html", context)


def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole filtered list as a file; of the chosen columns where the address names some."""
    actor = staff(request)
    view = asked(request.GET.dict(), actor)
    columns = fields_of(view.columns) if view.query.get("cols") else None
    return file_of(insights.portfolio_csv(actor, view.filters, sort=view.sort, now=now(), columns=columns))


def file_of(lines: Iterable[str]) -> StreamingHttpResponse:
    """CSV as a download, line by line."""
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="journeys.csv"'
    return answer


def _context(request: HttpRequest, actor: Actor, view: View, moment: datetime) -> dict[str, Any]:
    owner_id = view.filters.owner if isinstance(view.filters.owner, UUID) else None
    tiles = insights.tiles(actor, owner_id=owner_id)
    everybody = insights.tiles(actor) if owner_id else tiles
    waits = len(journeys.waiting_deals(actor, limit=200))
    shown = tabs(actor, view, everybody, moment)
    context = {
        "view": view,
        "now": moment,
        "layouts": [(key, words, view.href(**{"as": key, "sort": ""})) for key, words in LAYOUTS.items()],
        "tabs": shown,
        "sentence": sentence(actor, view, everybody),
        "has_any": sum(one.n for one in everybody.by_state) > 0,
        "waits": waits,
        "csv": f"/journeys.csv{view.words()}",
        "fragment": request.get_full_path(),
        "may_change": may(actor, "open", "journey"),
        "may_write": may(actor, "send", "message"),
        "may_share": may(actor, "share", "insight"),
        "may_import": may(actor, "start", "import"),
        "after": "",
    }
    if view.layout == "board":
        columns = insights.board(actor, view.filters, now=moment)
        names = [column.stand.stage for column in columns]
        at = view.query.get("stop", "")
        return {
            **context,
            "board": columns,
            "stop": at if at in names else next(iter(names), ""),
            "rows": columns,
            "lede": ledes.of_board(columns, view),
        }
    if view.layout == "timeline":
        drawn = timeline(actor, view, moment, request.GET.get("after", ""))
        return {
            **context,
            "drawn": drawn,
            "rows": drawn.rows,
            "groups": GROUPS,
            "zooms": ZOOMS,
            "after": _next(view, drawn.next),
            "lede": ledes.of_timeline(drawn.rows, view, moment),
        }
    table = _table(request, actor, view, moment, tiles, shown.total, waits)
    if view.query.get("by") == "me":
        table["lede"] += outside_words(everybody.needy - tiles.needy, everybody.needy)
    return context | table


def _table(
    request: HttpRequest,
    actor: Actor,
    view: View,
    moment: datetime,
    tiles: insights.Tiles,
    total: int,
    waits: int,
) -> dict[str, Any]:
    owner_id = view.filters.owner if isinstance(view.filters.owner, UUID) else None
    figures = insights.lede(actor, moment, of=tiles, owner_id=owner_id)
    found = insights.portfolio(actor, view.filters, sort=view.sort, cursor=request.GET.get("after", ""), now=moment)
    # The fullest ones, whatever the list below is narrowed to; of equals the one that comes first in its playbook.
    stages = sorted(tiles.by_stage, key=lambda one: (-one.n, one.rank, one.label, one.value))[:STAGES]
    whole = replace(view, query={"by": view.query["by"]} if "by" in view.query else {})
    keys = view.columns
    return {
        "whole": whole,
        "rows": found.rows,
        "later": journeys.first_values_later(actor, [row.journey_id for row in found.rows]) if "value" in keys else {},
        "after": _next(view, found.next),
        "tiles": tiles,
        "stages": stages,
        "elsewhere": sum(one.n for one in tiles.by_stage) - sum(one.n for one in stages),
        "most": max((one.n for one in stages), default=0),
        "lede": ledes.lede(figures, whole, waits, total if is_narrowed(view) else None),
        "figures": figures,
        "columns": [ACCOUNT, *(COLUMNS[key] for key in keys)],
        "chooser": [
            (
                COLUMNS[key],
                view.href(cols=moved(keys, key, -1)) if number else "",
                view.href(cols=moved(keys, key, 1)) if number < len(keys) - 1 else "",
                view.href(cols=without(keys, key)) if len(keys) > 1 else "",
            )
            for number, key in enumerate(keys)
        ],
        "addable": [(one, view.href(cols=".".join([*keys, key]))) for key, one in COLUMNS.items() if key not in keys],
        "usual": view.href(cols="") if keys != USUAL else "",
    }


def _next(view: View, cursor: str) -> str:
    words = view.words()
    return f"/journeys{words}{'&' if words else '?'}{urlencode({'after': cursor})}" if cursor else ""
