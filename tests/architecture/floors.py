"""Which floor an app is on, and which app a table or a line of code belongs to. Read from the import contract."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "onward"
PLUMBING = {"config", "interfaces", "foundation", "kernel"}


@cache
def contracts() -> list[dict[str, Any]]:
    """The import contracts of pyproject.toml."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


@cache
def floors() -> dict[str, int]:
    """Folder -> floor; a folder may use lower numbers only."""
    (layers,) = [contract["layers"] for contract in contracts() if contract["id"] == "floors"]
    return {name.strip(" ()"): floor for floor, layer in enumerate(reversed(layers)) for name in layer.split("|")}


@cache
def apps() -> frozenset[str]:
    """The folders that are apps of the domain."""
    return frozenset(floors()) - PLUMBING


@cache
def _named(apps: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf'\b(?:from|join|into|update|only|table)\s+"?(({"|".join(sorted(apps))})_\w+)', re.IGNORECASE)


@cache
def tables_of(sql: str) -> frozenset[tuple[str, str]]:
    """(table, app) of every domain table that a statement reads or writes; none for a DELETE, which may cascade."""
    if sql.lstrip()[:6].lower() == "delete":
        return frozenset()
    return frozenset((hit[1].lower(), hit[2].lower()) for hit in _named(apps()).finditer(sql))


def caller() -> str | None:
    """The app whose code asks for the running statement; plumbing and libraries act on somebody's behalf."""
    frame = sys._getframe(1)
    here = f"{PACKAGE}/"
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(here):
            folder, _, rest = name.removeprefix(here).partition("/")
            if folder in apps():
                return None if rest.startswith("migrations/") else folder
        frame = frame.f_back  # type: ignore[assignment]
    return None


class Trespasses:
    """An execute_wrapper that notes each statement which names a table of another app than the one that asks."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        foreign = {table for table, app in tables_of(str(sql)) if app != (caller() or app)}
        if foreign:
            self.found.add(f"{caller()} names {', '.join(sorted(foreign))} in: {str(sql)[:300]}")
        return execute(sql, params, many, context)


def climbing(relations: Iterable[tuple[str, str, str, str]]) -> list[str]:
    """What is wrong with foreign keys, given as (app, field, other app, related_name)."""
    known = floors()
    wrong = []
    for app, field, other, back in relations:
        if app == other or app not in apps():
            continue
        if known.get(other, 0) >= known[app]:
            wrong.append(f"{app}.{field} points up or sideways to {other}")
        if not back.endswith("+"):
            wrong.append(f'{app}.{field} gives {other} a name for what lies above it: related_name="+"')
    return wrong
