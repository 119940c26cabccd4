"""The Jinja2 environment of every page."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from onward.interfaces.console import order
from onward.interfaces.console.presence import is_seen, page_of
from onward.interfaces.console.shell import is_inside, shell
from onward.interfaces.console.shortcuts import has_keys, sheet
from onward.interfaces.ui import charts, drawings, markdown, words
from onward.interfaces.ui.answers import answer_words
from onward.interfaces.ui.given import wrong_at

FILTERS = {
    "answer_words": answer_words,
    "date": words.date_words,
    "short_date": words.short_date,
    "time": words.time_tag,
    "due": words.due_tag,
    "late": words.late_words,
    "days_over": words.days_over,
    "days_since": words.days_since,
    "typed": words.typed,
    "clock": words.clock_words,
    "hour": words.hour_words,
    "ago": words.ago,
    "days": words.days,
    "count": words.count,
    "plural": words.plural,
    "money": words.money,
    "short_money": words.short_money,
    "segment": words.segment,
    "stages_at": words.stages_at,
    "worth": words.worth,
    "evidence": words.evidence,
    "initials": words.initials,
    "eid": words.external_id,
    "joined": words.joined,
    "listed": words.listed,
    "timing": words.timing,
    "said": markdown.said,
    "markdown": markdown.markdown,
    "plain": markdown.plain,
}
GLOBALS = {
    "url": lambda name, *args, **kwargs: reverse(name, args=args, kwargs=kwargs),
    "static": static,
    "icon": drawings.icon,
    "mark": drawings.mark,
    "side": drawings.side,
    "avatar": drawings.avatar,
    "photo_of": drawings.photo_of,
    "logo": drawings.logo,
    "line_small": drawings.line_small,
    "split_bar": drawings.split_bar,
    "charts": charts,
    "today": words.today,
    "zone_words": words.zone_words,
    "shell": shell,
    "is_inside": is_inside,
    "key_sheet": sheet,
    "has_keys": has_keys,
    "is_seen": is_seen,
    "page_seen": page_of,
    "order_rule": order.RULE,
    "why_here": order.why_here,
    "wrong_at": wrong_at,
}


def environment(**options: Any) -> Environment:
    """Strict: a name that a page was not given is an error, never an empty string."""
    env = Environment(
        **{**options, "undefined": StrictUndefined, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    )
    env.filters.update(FILTERS)
    env.globals.update(GLOBALS)
    return env
