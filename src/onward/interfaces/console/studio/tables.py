"""What differs by customer in a form: a date or a length as a small table, and pairs of names and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from onward.kernel import metrics
from onward.playbooks.decisions.tree import Refused, read

#: What a table may go by, in words; another one is written in the file and shown with its cases.
VARIES = {"account.complexity": "complexity", "account.segment": "segment"}
#: Looks of fields that may be tables.
DATED = ("timing", "span")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,9})(\.\d{1,6})?")


def is_table(value: Any) -> bool:
    """Whether a value is a table that a form can show."""
    return isinstance(value, dict) and "by" in value and all(isinstance(one, str) for one in value.values())


def cases_of(table: Mapping[str, str]) -> list[str]:
    """The rows of a table: what its metric may read as, and what else stands there; `otherwise` last."""
    use = metrics.find(table["by"])
    known = use.metric.choices if use else ()
    more = [key for key in table if key not in (*known, "by", "otherwise", "times")]
    return [*known, *more, "otherwise"]


def tabled(by: str, text: str) -> dict[str, str]:
    """A table by a metric whose cases are all alike."""
    return {"by": by, **dict.fromkeys(cases_of({"by": by}), text)}


def table_posted(name: str, post: Mapping[str, str], table: Mapping[str, str]) -> dict[str, str]:
    """The table as the form says it: a case that is left empty goes, `by` and `times` stay."""
    cases = {case: " ".join(post.get(f"{name}:{case}", "").split()) for case in cases_of(table)}
    kept = {"by": table["by"], **{case: text for case, text in cases.items() if text}}
    return {**kept, "times": table["times"]} if "times" in table else kept


def typed_table(text: str) -> dict[str, str] | None:
    """The table that somebody typed as the file has it: `{by: account.segment, enterprise: 45d, otherwise: 30d}`."""
    words = " ".join(text.split())
    if not (words.startswith("{") and words.endswith("}")):
        return None
    try:
        value: Any = read(f"typed: {words}\n", "").plain()["typed"]
    except Refused:
        return None
    return value if is_table(value) else None


def shown_pairs(value: Mapping[str, Any]) -> list[str]:
    """`sample_data: false`, a line each."""
    return [f"{key}: {_shown(one)}" for key, one in value.items()]


def pairs(text: str, value: Any) -> dict[str, Any] | None:
    """Lines as names with values; a name alone is yes. What stands there as it was keeps its type."""
    known = value if isinstance(value, dict) else {}
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        key, colon, rest = (part.strip() for part in line.partition(":"))
        found[key] = known[key] if key in known and _shown(known[key]) == rest else _typed(rest) if colon else True
    return found or None


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if found := _NUMBER.fullmatch(text):
        return float(text) if found[2] else int(text)
    return text
