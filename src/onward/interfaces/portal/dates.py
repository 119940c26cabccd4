"""Why a date is what it is, for somebody who has never seen a playbook."""

from __future__ import annotations

import re

from onward.journeys.queries import JourneyView
from onward.kernel.clock import parse_span

_TIMING = re.compile(r"(?:within )?(\d+ ?(?:h|d|wd|w|mo)) (of|after|before) ([\w.]+)")
#: Which line of a table it is: the customer knows what they are.
_CASE = re.compile(r", as [\w.]+ is .+\Z")
_DAY = re.compile(r"day (\d+)")


def due_words(view: JourneyView, why: str) -> str:
    """`5wd before answer.kickoff.go_live` -> "5 working days before go live"; what a person wrote stays as it is.

    Empty where only the vendor's own work would explain the date.
    """
    why = _CASE.sub("", why).removesuffix(" (planned)")
    if day := _DAY.fullmatch(why):
        return f"{day[1]} days after signing"
    if found := _TIMING.fullmatch(why):
        span, moment = parse_span(found[1]), _moment(view, found[3])
        if span is None or not moment:
            return ""
        return f"{'within ' if found[2] == 'of' else ''}{span.words} {found[2]} {moment}"
    return "" if re.search(r"[a-z]+[._][a-z]+[._]?", why) else why


def _moment(view: JourneyView, name: str) -> str:
    plain = {"signed": "signing", "entered": "the start of this stage", "day_zero": "signing"}
    if name in plain:
        return plain[name]
    kind, _, rest = name.partition(".")
    key, _, event = rest.partition(".")
    if kind == "answer":
        return event.replace("_", " ")
    titles = {
        "task": {item.key: item.title for item in view.tasks},
        "milestone": {item.key: item.title for item in view.milestones},
        "stage": {item.key: item.title for item in view.stages},
    }
    return titles.get(kind, {}).get(key, "")
