"""`onward playbook`: lint, show, publish, begin a new one, list what is published."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from onward.interfaces.cli.answers import Answer
from onward.interfaces.cli.installation import running
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import conflict, invalid, not_found
from onward.playbooks import actions, queries
from onward.playbooks.decisions.definition import Playbook, address, to_json
from onward.playbooks.decisions.outline import outline
from onward.playbooks.decisions.publishing import Draft, Linted, lint
from onward.playbooks.decisions.reference import metrics_page, schema_text
from onward.playbooks.decisions.starter import starter


def register(subparsers: Any) -> None:
    """Add the command."""
    playbook = subparsers.add_parser("playbook", help="lint, show, publish or begin a playbook")
    commands = playbook.add_subparsers(required=True)
    check = commands.add_parser("lint", help="say what is wrong with files, by line and column")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.set_defaults(run=run_lint, offline=True)
    shown = commands.add_parser("show", help="a playbook with everything resolved")
    shown.add_argument("name", metavar="NAME|FILE")
    shown.add_argument("--version", type=int, metavar="N", help="the current one when left out")
    shown.set_defaults(run=run_show, offline=True)
    published = commands.add_parser("publish", help="make a file the current version of its playbook")
    published.add_argument("file", type=Path, metavar="FILE")
    published.set_defaults(run=run_publish)
    new = commands.add_parser("new", help="write a first file that lints clean")
    new.add_argument("name", metavar="NAME", help="the playbook's id: small letters, digits, _")
    new.add_argument("--folder", type=Path, default=Path(), metavar="DIR")
    new.set_defaults(run=run_new, offline=True)
    reference = commands.add_parser("reference", help="write the page of metrics and the JSON Schema")
    reference.add_argument("folder", type=Path, metavar="DIR")
    reference.set_defaults(run=run_reference, offline=True)
    listed = commands.add_parser("list", help="what is published")
    listed.set_defaults(run=run_list)


def run_lint(arguments: argparse.Namespace) -> Answer:
    """Every problem of every file; refused when any is an error."""
    found = [(path, lint(_draft(path))) for path in arguments.files]
    document = {"files": [_linted_row(path, linted) for path, linted in found]}
    lines = [str(problem) for _, linted in found for problem in linted.problems]
    lines += [f"{path}: {_sum(linted)}" for path, linted in found]
    return Answer(document, "\n".join(lines), refused=any(linted.errors for _, linted in found))


def run_show(arguments: argparse.Namespace) -> Answer:
    """A file, or a published version, as it would run."""
    path = Path(arguments.name)
    if path.suffix in (".yaml", ".yml"):
        linted = lint(_draft(path))
        if linted.playbook is None:
            raise invalid(f"{path} cannot be shown: {_sum(linted)}.", mend=f"See: onward playbook lint {path}")
        return _shown(linted.playbook)
    if not os.environ.get("DATABASE_URL"):
        running(arguments.data)
    row = queries.version_row(SYSTEM, arguments.name, arguments.version)
    return _shown(queries.version(row.id))


def run_publish(arguments: argparse.Namespace) -> Answer:
    """Publish a file with the modules and texts beside it."""
    draft = _draft(arguments.file)
    done = actions.publish(
        actor=SYSTEM, text=draft.text, file=arguments.file.name, modules=draft.modules, texts=draft.texts
    )
    document = {
        "playbook": done.key,
        "version": done.number,
        "state": done.state,
        "address": done.address,
        "warnings": [problem.as_dict() for problem in done.warnings],
    }
    words = {
        "published": "published; new journeys start from it, running ones keep theirs",
        "unchanged": "means the same as the version that is current",
        "restored": "is current again",
    }
    lines = [*(str(problem) for problem in done.warnings), f"{done.key} version {done.number} {words[done.state]}."]
    return Answer(document, "\n".join(lines))


def run_new(arguments: argparse.Namespace) -> Answer:
    """Write a first file."""
    path = arguments.folder / f"{arguments.name}.yaml"
    text = starter(arguments.name)
    linted = lint(Draft(text, path.name))
    if linted.errors:
        raise invalid(f"“{arguments.name}” is no id for a playbook.", mend="Use small letters, digits and _.")
    if path.exists():
        raise conflict(f"{path} is there already.", mend="Choose another name.")
    try:
        path.write_text(text, "utf-8")
    except OSError as trouble:
        raise invalid(f"{path} cannot be written: {trouble.strerror}.", mend="Choose another --folder.") from None
    return Answer({"file": str(path)}, f"{path}\nNext: onward playbook lint {path}")


def run_reference(arguments: argparse.Namespace) -> Answer:
    """Write docs/reference/metrics.md and playbook.schema.json anew."""
    pages = {"metrics.md": metrics_page(), "playbook.schema.json": schema_text()}
    if not arguments.folder.is_dir():
        raise not_found("folder", arguments.folder)
    for name, text in pages.items():
        (arguments.folder / name).write_text(text, "utf-8")
    return Answer({"files": [str(arguments.folder / name) for name in pages]})


def run_list(arguments: argparse.Namespace) -> Answer:
    """What is published, the highest rank first."""
    rows = [
        {"playbook": row.key, "title": row.title, "version": row.number, "rank": row.rank, "stages": row.stages}
        for row in queries.playbook_rows(SYSTEM)
    ]
    text = "\n".join(
        f"{row['playbook']:<24} version {row['version']}, rank {row['rank']}: {row['title']}" for row in rows
    )
    return Answer({"playbooks": rows}, text or "Nothing is published yet.")


def _draft(path: Path) -> Draft:
    """The file with the modules and texts beside it; the shipped ones where a folder has none of that name."""
    if not path.is_file():
        raise not_found("file", path)
    beside, shipped = queries.read_shelf(path.parent), queries.read_shelf(settings.PLAYBOOKS_DIR)
    if path.parent.name == "modules":
        beside = queries.read_shelf(path.parent.parent)
    text = queries.read_text(path)
    return Draft(text, str(path), {**shipped.modules, **beside.modules}, {**shipped.texts, **beside.texts})


def _linted_row(path: Path, linted: Linted) -> dict[str, Any]:
    return {
        "file": str(path),
        "ok": not linted.errors,
        "address": address(linted.playbook) if linted.playbook else None,
        "errors": [problem.as_dict() for problem in linted.errors],
        "warnings": [problem.as_dict() for problem in linted.warnings],
    }


def _sum(linted: Linted) -> str:
    errors, warnings = len(linted.errors), len(linted.warnings)
    if not errors and not warnings:
        return "nothing to mend"
    parts = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in ((errors, "error"), (warnings, "warning"))]
    return " and ".join(part for part in parts if not part.startswith("0 "))


def _shown(book: Playbook) -> Answer:
    return Answer(json.loads(to_json(book)), "\n".join(outline(book)))
