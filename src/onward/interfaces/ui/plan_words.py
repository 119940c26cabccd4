"""What was done to a success plan and told of its objectives, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

Data = Mapping[str, Any]

#: What was done to a version of the plan.
OF_PLAN = {
    "journey.success_plan.proposed": "proposed",
    "journey.success_plan.agreed": "agreed to",
    "journey.success_plan.refused": "did not agree to",
    "journey.success_plan.withdrawn": "took back",
}


def planned(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    """Like "Dana did not agree to version 2 of the success plan: “In April.”"; `_name` is the fact's."""
    words = data.get("note") or data.get("words")
    said = Markup(": “{}”").format(words) if words else Markup(".")
    done = OF_PLAN[str(data["_name"])]
    return Markup("{} {} <strong>version {}</strong> of the success plan{}").format(who, done, data.get("number"), said)


def measured(who: str, data: Data, names: Mapping[str, str]) -> Markup:
    """Like "Mara entered 4 people for Know by nine which trucks will be late: asked in the weekly call"."""
    figure = f"{data.get('value', 0):g} {data.get('unit', '')}".strip()
    return Markup("{} entered <strong>{}</strong> for {}: {}").format(
        who, figure, data.get("outcome"), data.get("note")
    )
