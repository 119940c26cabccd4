"""`onward playbook`: lint, show, simulate, publish, begin a new one, list what is published."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from onward.foundation import clock
from onward.interfaces.cli import simulated
from onward.interfaces.cli.answers import Answer
from onward.interfaces.cli.installation import running
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import conflict, invalid, not_found
from onward.playbooks import actions, queries
from onward.playbooks.decisions.definition import Playbook, address, to_json
from onward.playbooks.decisions.following import Follower, followers
from onward.playbooks.decisions.linting.events import unheard
from onward.playbooks.decisions.outline import outline
from onward.playbooks.decisions.publishing import Draft, Linted, lint
from onward.playbooks.decisions.reference import metrics_page, schema_text
from onward.playbooks.decisions.starter import starter
from onward.playbooks.decisions.translating import template, translates
from onward.usage import queries as usage


def register(subparsers: Any) -> None:
    """Add the command."""
    playbook = subparsers.add_parser("playbook", help="lint, show, simulate, publish or begin a playbook")
    commands = playbook.add_subparsers(required=True)
    check = commands.add_parser("lint", help="say what is wrong with files, by line and column")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.add_argument("--simulate", action="store_true", help="live it too, and name the checks that prove nothing")
    check.set_defaults(run=run_lint, offline=True)
    lived = commands.add_parser("simulate", help="live a playbook on a fast clock: nothing is sent or written")
    lived.add_argument("name", metavar="FILE|NAME")
    simulated.add_options(lived)
    lived.set_defaults(run=run_simulate, offline=True)
    shown = commands.add_parser("show", help="a playbook with everything resolved")
    shown.add_argument("name", metavar="NAME|FILE")
    shown.add_argument("--version", type=int, metavar="N", help="the current one when left out")
    shown.set_defaults(run=run_show, offline=True)
    published = commands.add_parser("publish", help="make a file the current version of its playbook")
    published.add_argument("file", type=Path, metavar="FILE")
    published.set_defaults(run=run_publish)
    following = commands.add_parser("followers", help="what would differ in the playbooks that use or follow a file")
    following.add_argument("file", type=Path, metavar="FILE")
    following.set_defaults(run=run_followers)
    words = commands.add_parser("words", help="write the words of a playbook into a file for a translation")
    words.add_argument("file", type=Path, metavar="FILE")
    words.add_argument("language", metavar="LANGUAGE", help="de, fr, pt-BR; words that are there are kept")
    words.set_defaults(run=run_words, offline=True)
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
    found = [(path, _linted(path)) for path in arguments.files]
    document = {"files": [_linted_row(path, linted) for path, linted in found]}
    lines = [str(problem) for _, linted in found for problem in linted.problems]
    if arguments.simulate:
        for (path, linted), row in zip(found, document["files"], strict=True):
            row["simulated"] = simulated.notes(linted.playbook, _today()) if linted.playbook else []
            lines += [f"{path}: {note}" for note in row["simulated"]]
    lines += [f"{path}: {_sum(linted)}" for path, linted in found]
    return Answer(document, "\n".join(lines), refused=any(linted.errors for _, linted in found))


def run_show(arguments: argparse.Namespace) -> Answer:
    """A file, or a published version, as it would run."""
    return _shown(_named(arguments, arguments.version))


def run_simulate(arguments: argparse.Namespace) -> Answer:
    """What would come of a file, or of a published playbook, with this customer."""
    return simulated.answer(simulated.lived(_named(arguments), arguments, _today()))


def _named(arguments: argparse.Namespace, version: int | None = None) -> Playbook:
    """The playbook of a file, or a published one by its id; the current version unless told otherwise."""
    path = Path(arguments.name)
    if path.suffix in (".yaml", ".yml"):
        linted = lint(_draft(path))
        if linted.playbook is None:
            raise invalid(f"{path} cannot be read: {_sum(linted)}.", mend=f"See: onward playbook lint {path}")
        return linted.playbook
    if not os.environ.get("DATABASE_URL"):
        running(arguments.data)
    return queries.version(queries.version_row(SYSTEM, arguments.name, version).id)


def _today() -> date:
    return clock.now().date()


def run_publish(arguments: argparse.Namespace) -> Answer:
    """Publish a file with the modules and texts beside it."""
    draft = _draft(arguments.file, published=True)
    done = actions.publish(
        actor=SYSTEM, text=draft.text, file=arguments.file.name, modules=draft.modules, texts=draft.texts
    )
    linted = lint(draft)
    warnings = (*done.warnings, *unheard(linted.playbook, linted.own, usage.received()))
    document = {
        "playbook": done.key,
        "version": done.number,
        "state": done.state,
        "address": done.address,
        "warnings": [problem.as_dict() for problem in warnings],
    }
    words = {
        "published": "published; new journeys start from it, running ones keep theirs",
        "unchanged": "means the same as the version that is current",
        "restored": "is current again",
    }
    lines = [*(str(problem) for problem in warnings), f"{done.key} version {done.number} {words[done.state]}."]
    return Answer(document, "\n".join(lines))


def run_followers(arguments: argparse.Namespace) -> Answer:
    """The published playbooks that use a module or follow a playbook, and how they would differ with this file."""
    draft = _draft(arguments.file)
    linted = lint(draft)
    if linted.errors:
        raise invalid(f"{arguments.file} has mistakes.", mend=f"See: onward playbook lint {arguments.file}")
    name = linted.playbook.id if linted.playbook else arguments.file.stem
    rows = [queries.version_row(SYSTEM, row.key) for row in queries.playbook_rows(SYSTEM)]
    published = [(Draft(row.text, row.file, row.modules, row.texts), queries.version(row.id)) for row in rows]
    changed = {name: draft.text, **{one: draft.modules[one] for one in linted.modules}}
    found = followers(name, changed, published)
    document = {
        "file": str(arguments.file),
        "followers": [
            {
                "playbook": one.key,
                "errors": [problem.as_dict() for problem in one.problems],
                "differences": one.differences.lines(),
            }
            for one in found
        ],
    }
    lines = [line for one in found for line in _followed(one)]
    return Answer(document, "\n".join(lines) or f"No published playbook uses or follows {name}.")


def _followed(one: Follower) -> list[str]:
    if one.problems:
        return [f"{one.key}: cannot follow", *(f"  {problem}" for problem in one.problems)]
    lines = one.differences.lines()
    return [
        f"{one.key}: {'differs once it is published again' if lines else 'stays as it is'}",
        *(f"  {x}" for x in lines),
    ]


def run_words(arguments: argparse.Namespace) -> Answer:
    """A file of translations: what there is already, and an empty text for every word that is missing."""
    linted = lint(_draft(arguments.file))
    if linted.playbook is None:
        raise invalid(f"{arguments.file} has mistakes.", mend=f"See: onward playbook lint {arguments.file}")
    name = f"{linted.playbook.id}.{arguments.language}.yaml"
    if translates(name) is None:
        raise invalid(f"“{arguments.language}” is no language.", mend="Write it as de, fr or pt-BR.")
    text = template(linted.playbook, arguments.language)
    path = arguments.file.with_name(name)
    try:
        path.write_text(text, "utf-8")
    except OSError as trouble:
        raise invalid(f"{path} cannot be written: {trouble.strerror}.") from None
    return Answer({"file": str(path)}, f"{path}\nNext: fill in each `is:`, then onward playbook lint {path}")


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


def _draft(path: Path, *, published: bool = False) -> Draft:
    """The file with what lies beside it; where its folder has none of a name, what is published, then the shipped."""
    if not path.is_file():
        raise not_found("file", path)
    beside, shipped = queries.read_shelf(path.parent), queries.read_shelf(settings.PLAYBOOKS_DIR)
    if path.parent.name == "modules":
        beside = queries.read_shelf(path.parent.parent)
    text = queries.read_text(path)
    above = queries.above(text) if published else queries.Shelf()
    modules = {**shipped.beside, **above.modules, **beside.beside}
    return Draft(text, str(path), modules, {**shipped.texts, **above.texts, **beside.texts})


def _linted(path: Path) -> Linted:
    """What is wrong with a file; a translation is read by the playbook that it lies beside."""
    of = translates(path.name)
    if of is None:
        return lint(_draft(path))
    if not path.is_file():
        raise not_found("file", path)
    found = lint(_draft(path.with_name(f"{of[0]}.yaml")))
    own = (problem for problem in found.problems if problem.file in (path.name, str(path.with_name(f"{of[0]}.yaml"))))
    return replace(found, problems=tuple(own))


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
