"""`onward import`: read accounts, products, users, deals or usage events from a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from onward.accounts.actions import imports as actions
from onward.accounts.decisions.sheets import KINDS, MAP_KEYS, Problem
from onward.accounts.queries.imports import import_problems, import_run, problem_groups, problems_csv
from onward.interfaces.cli.answers import Answer
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal, invalid
from onward.usage.actions.importing import SOURCE, import_events

HELP = "See onward import --help for its keys."


def register(subparsers: Any) -> None:
    """Add the command."""
    keys = "\n".join(f"  {key}: {about}" for key, about in MAP_KEYS.items())
    parser = subparsers.add_parser(
        "import",
        help="read accounts, products, users, deals or events from a CSV file (also .gz)",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"MAP.yaml has these keys, none needed:\n{keys}",
    )
    kinds = parser.add_subparsers(required=True, metavar="|".join((*KINDS, "events")))
    for kind in KINDS:
        each = kinds.add_parser(kind, help=f"one row is one of the {kind}")
        each.add_argument("file", type=Path, metavar="FILE")
        each.add_argument("--map", type=Path, metavar="MAP.yaml", help="columns, date format and more")
        each.add_argument("--problems", type=Path, metavar="OUT.csv", help="write every problem to this file")
        if kind == "deals":
            each.add_argument("--journeys", choices=["deal", "account"], help="one journey a deal, or one an account")
            each.add_argument("--as-of", type=moment, metavar="T", help="the day by which pace is judged")
        each.set_defaults(run=run_import, kind=kind)
    _register_events(kinds)


def run_import(arguments: argparse.Namespace) -> Answer:
    """Read the file in and answer with its figures."""
    import_id = actions.begin_import(
        actor=SYSTEM, kind=arguments.kind, file_name=arguments.file.name, content=read_bytes(arguments.file)
    )
    try:
        actions.map_import(
            actor=SYSTEM,
            import_id=import_id,
            mapping=read_map(arguments.map),
            journeys=getattr(arguments, "journeys", None),
            as_of=getattr(arguments, "as_of", None),
        )
        actions.carry_out(import_id=import_id, progress=_progress())
    except Refusal:
        actions.discard_import(actor=SYSTEM, import_id=import_id)
        raise
    row = import_run(SYSTEM, import_id)
    if arguments.problems:
        found = import_problems(SYSTEM, import_id, limit=10_000_000)
        arguments.problems.write_text(problems_csv(found), encoding="utf-8")
    lines = [f"{name}: {number:,}" for name, number in row.counts.items()]
    for level, message, mend, number, first in problem_groups(SYSTEM, import_id)[:20]:
        lines.append(f"{number:,} x {level}, first in row {first:,}: {message} {mend}")
    return Answer(row.counts, "\n".join(lines))


def read_bytes(file: Path) -> bytes:
    """The file's bytes; refused with the reason when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise invalid(f"{file} cannot be read ({error.strerror}).", mend="Check its name and rights.") from None


def read_map(file: Path | None) -> dict[str, Any]:
    """MAP.yaml as a dictionary."""
    if file is None:
        return {}
    try:
        document = yaml.safe_load(read_bytes(file).decode())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise invalid(f"{file} is not YAML: {str(error)[:300]}.", mend=HELP) from None
    if document is not None and not isinstance(document, dict):
        raise invalid(f"{file} is a list of keys and values.", mend=HELP)
    return document or {}


def moment(text: str) -> datetime:
    """A day or moment; without a zone it is UTC."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no moment: write 2017-12-31 or 2017-12-31T12:00Z") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _progress() -> Callable[[int, int], None]:
    if not sys.stderr.isatty():
        return lambda done, total: None
    return lambda done, total: print(f"\r{done:,} of {total:,} ", end="", file=sys.stderr, flush=True)


def run_events(arguments: argparse.Namespace) -> Answer:
    """Read usage events in; the same row is the same event, however often it is read."""
    done = import_events(
        actor=SYSTEM,
        content=read_bytes(arguments.file),
        mapping=read_map(arguments.map),
        source=arguments.source,
        progress=_progress(),
    )
    if arguments.problems:
        found = [Problem(row, "", "error", "refused", "", reason) for row, reason in done.problems]
        arguments.problems.write_text(problems_csv(found), encoding="utf-8")
    lines = [f"{name}: {number:,}" for name, number in done.counts.items()]
    lines += [f"row {row:,} stays out: {reason}" for row, reason in done.problems[:20]]
    return Answer(done.counts, "\n".join(lines))


def _register_events(kinds: Any) -> None:
    each = kinds.add_parser("events", help="one row is one usage event")
    each.add_argument("file", type=Path, metavar="FILE")
    each.add_argument("--map", type=Path, metavar="MAP.yaml", help="which column is event, userId, timestamp and so on")
    each.add_argument("--problems", type=Path, metavar="OUT.csv", help="write every problem to this file")
    each.add_argument("--source", default=SOURCE, metavar="NAME", help="the source that the events belong to")
    each.set_defaults(run=run_events)
