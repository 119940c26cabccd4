"""What a command answers: a document for programs, and words for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """`document` is JSON-able; `text` is for a person (default: the document, a line a value)."""

    document: Any
    text: str | None = None
    refused: bool = False


def as_json(document: Any) -> str:
    """One JSON document; times, ids and decimals as strings."""
    return json.dumps(document, ensure_ascii=False, default=str)


def as_text(answer: Answer) -> str:
    """The words, or the document in lines."""
    return answer.text if answer.text is not None else "\n".join(_lines(answer.document))


def _lines(value: Any, indent: str = "") -> list[str]:
    match value:
        case dict():
            return [line for key, item in value.items() for line in _pair(str(key), item, indent)]
        case list() | tuple():
            return [line for item in value for line in _pair("-", item, indent)]
        case None:
            return []
        case _:
            return [f"{indent}{value}"]


def _pair(key: str, item: Any, indent: str) -> list[str]:
    label = f"{indent}{key}" if key == "-" else f"{indent}{key}:"
    if isinstance(item, dict | list | tuple) and item:
        return [label, *_lines(item, indent + "  ")]
    shown = {None: "–", True: "yes", False: "no"}.get(item, item) if isinstance(item, bool | None) else item
    return [f"{label} {shown if shown not in ([], {}, ()) else 'none'}"]
