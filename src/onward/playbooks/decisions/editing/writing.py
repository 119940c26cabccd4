"""Values as YAML text: plain where that reads back as the same value, else quoted; block style where it is long."""

import json
import re
from typing import Any

from onward.playbooks.decisions.tree import Refused, read

Value = Any
WIDTH = 110
#: Words with single spaces: no sign of YAML can be in them, unless they are a word of YAML themselves.
_SURE = re.compile(r"[^\W\d]\w*(?: \w+)*")
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_BREAKS = {"\x85": "\\x85", "\u2028": "\\u2028", "\u2029": "\\u2029", "\ufeff": "\\ufeff"}


class Unwritable(Exception):
    """No text was found that reads back as what was asked for."""


def scalar(value: Value, *, flow: bool, indent: int, was: str | None = None, had: Value = None) -> str:
    """One value. `indent`: the column of lines that follow; `was` and `had`: the style and value that stood there."""
    if not isinstance(value, str):
        return json.dumps(value)
    if was is None and _SURE.fullmatch(value) and value.lower() not in _TAKEN:
        return value
    single = "'" + value.replace("'", "''") + "'"
    ways = [value, single, _double(value)]
    if was == '"':
        # Breaks of lines had to be in these quotes on one line, whatever stood there before.
        ways = [value, _double(value)] if "\n" in str(had) else [_double(value)]
    elif was == "'" and isinstance(had, str) and _reads_as(had, had, flow):
        ways = [single, _double(value)]
    if "\n" in value:
        ways = [_double(value)] if flow else [_literal(value, indent), _double(value)]
    found = next((way for way in ways if _reads_as(way, value, flow)), None)
    if found is None:
        raise Unwritable(value[:60])
    return found


def flowing(value: Value) -> str:
    """A value on one line: `[a, b]`, `{a: 1}`."""
    if isinstance(value, list):
        return f"[{', '.join(flowing(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {flowing(one)}' for key, one in value.items())}}}"
    return scalar(value, flow=True, indent=0)


def after_key(value: Value, indent: int) -> str:
    """What stands after `key:` when the key stands in column `indent`, with the space or the line break before it."""
    if isinstance(value, dict) and value:
        return "\n" + block(value, indent + 2, first=True)
    if isinstance(value, list) and not _is_short(value):
        return "\n" + block(value, indent + 2, first=True)
    if isinstance(value, list | dict):
        return f" {flowing(value)}"
    return f" {scalar(value, flow=False, indent=indent + 2)}"


def block(value: Value, indent: int, *, first: bool = False) -> str:
    """A value in block style whose lines stand in column `indent`; without `first` the first line's indent is left
    out, because something stands before it there."""
    lines: list[str] = []
    if isinstance(value, dict) and value:
        lines = [f"{key}:{after_key(one, indent)}" for key, one in value.items()]
    elif isinstance(value, list) and not _is_short(value):
        lines = [f"- {block(one, indent + 2)}" for one in value]
    else:
        lines = [
            flowing(value) if isinstance(value, list | dict) else scalar(value, flow=False, indent=indent),
        ]
    text = ("\n" + " " * indent).join(lines)
    return " " * indent + text if first else text


def _is_short(value: list[Value]) -> bool:
    plain = all(isinstance(one, bool | int | float) or (isinstance(one, str) and "\n" not in one) for one in value)
    words = all(not isinstance(one, str) or " " not in one for one in value)
    return not value or (plain and words and len(flowing(value)) <= WIDTH)


def _double(value: str) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    for character, escape in _BREAKS.items():
        quoted = quoted.replace(character, escape)
    return quoted


def _literal(value: str, indent: int) -> str:
    body = value.rstrip("\n")
    ends = len(value) - len(body)
    sign = {0: "|-", 1: "|"}.get(ends, "|+")
    lines = [" " * indent + line if line else "" for line in body.split("\n")]
    return sign + "\n" + "\n".join(lines) + "\n" * max(ends - 1, 0)


def _reads_as(text: str, value: str, flow: bool) -> bool:
    """Whether the text, where a value stands, is read as that value and nothing else."""
    probe = f"k: {{a: {text}, b: [{text}, 1]}}\n" if flow else f"k:\n  a: {text}\n  b: 1\n"
    if "\n" in text and not flow:
        probe = "k:\n" + f"  a: {_reindented(text)}\n  b: 1\n"
    try:
        found = read(probe, "").plain()
    except Refused:
        return False
    inside = found.get("k") if isinstance(found, dict) else None
    wanted = {"a": value, "b": [value, 1]} if flow else {"a": value, "b": 1}
    if inside != wanted:
        return False
    return not _is_cut(probe)


def _is_cut(probe: str) -> bool:
    piece = read(probe, "").at(("k", "a"))
    return piece.cut


def _reindented(text: str) -> str:
    """A literal at whatever indent, at four columns."""
    head, *rest = text.split("\n")
    least = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
    return "\n".join([head, *("    " + line[least:] if line.strip() else line[least:] for line in rest)])
