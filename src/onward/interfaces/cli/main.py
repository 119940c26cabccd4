"""The entry of the command line: find the command, run it, answer in words or JSON, exit 0, 1 or 2."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from onward.interfaces.cli.answers import Answer, as_json, as_text
from onward.interfaces.cli.commands import COMMANDS, Command
from onward.interfaces.cli.installation import default_data_folder, find, is_held, running, still_starting
from onward.kernel.refusals import Refusal

PACKAGE = "onward.interfaces.cli"


class Parser(argparse.ArgumentParser):
    """Every parser, at any depth, takes --json and --data."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="answer with one JSON document"
        )
        self.add_argument(
            "--data", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="the data folder of the installation"
        )


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 refused, 2 wrong usage."""
    words = sys.argv[1:] if argv is None else argv
    early, _ = _early().parse_known_args(words)
    try:
        parser = _parser(early)
        arguments = parser.parse_args(words)
        if not hasattr(arguments, "run"):
            parser.error(f"{early.command} needs a further word; `onward {early.command} --help` lists them")
        arguments.json = early.json
        arguments.data = early.data
        return _answer(_run(arguments, _command(early.command)), early.json)
    except Refusal as refusal:
        return _refuse(refusal, early.json)
    except KeyboardInterrupt:
        return 1
    except Exception as error:
        if not _is_no_database(error):
            raise
        return _refuse(_without_database(early.data), early.json)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the reader has gone; only exit quietly
        return 1


def _early() -> argparse.ArgumentParser:
    """Just enough to know the command and where its installation is, before anything is loaded."""
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--json", action="store_true")
    early.add_argument("--data", type=Path, default=None)
    early.add_argument("command", nargs="?")
    return early


def _parser(early: argparse.Namespace) -> Parser:
    early.data = (early.data or default_data_folder()).absolute()
    parser = Parser(prog="onward", description="Customer onboarding, from signed contract to proven first value.")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    command = _command(early.command)
    if command:
        if not command.plain:
            _set_up(early.data)
        import_module(f"{PACKAGE}.{command.module}").register(subparsers)
        return parser
    for name, each in COMMANDS.items():
        subparsers.add_parser(name, help=each.about)
    return parser


def _command(name: str | None) -> Command | None:
    if name in COMMANDS and find_spec(f"{PACKAGE}.{COMMANDS[name].module}"):
        return COMMANDS[name]
    return None


def _set_up(data: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "onward.config.settings"
    found = find(data)
    if found:
        os.environ["ONWARD_DATA"] = str(data)
        os.environ["ONWARD_ADDRESS"] = found.address
        os.environ["DATABASE_URL"] = found.database_url
        os.environ["ONWARD_EMBEDDED"] = "1" if found.embedded else ""
        os.environ["ONWARD_EMBEDDED"] = "true" if found.embedded else "false"
    import django

    from onward.foundation import logs

    django.setup()
    logs.configure("cli", logging.WARNING)


def _run(arguments: argparse.Namespace, command: Command | None) -> Answer:
    offline = getattr(arguments, "offline", False) or (command is not None and command.plain)
    if not offline and not os.environ.get("DATABASE_URL"):
        running(arguments.data)
    answer = arguments.run(arguments)
    return answer if isinstance(answer, Answer) else Answer(answer)


def _is_no_database(error: Exception) -> bool:
    """The database does not answer, or its tables are not all there yet."""
    from django.db.utils import InterfaceError, OperationalError, ProgrammingError
    from psycopg import errors

    if isinstance(error, ProgrammingError | errors.ProgrammingError):
        return isinstance(error.__cause__ or error, errors.UndefinedTable | errors.UndefinedColumn)
    return isinstance(error, InterfaceError | OperationalError | errors.InterfaceError | errors.OperationalError)


def _without_database(data: Path) -> Refusal:
    if is_held(data):
        return still_starting(data)
    return Refusal(
        "unavailable",
        "The database does not answer, or its tables are not prepared.",
        mend="Look whether it runs and whether DATABASE_URL is right; `onward up` prepares the tables.",
    )


def _answer(answer: Answer, json: bool) -> int:
    text = as_json(answer.document) if json else as_text(answer)
    if text:
        print(text, flush=True)
    return 1 if answer.refused else 0


def _refuse(refusal: Refusal, json: bool) -> int:
    print(refusal, file=sys.stderr)
    if json:
        error = {"code": refusal.code, "message": refusal.message, "mend": refusal.mend, "details": refusal.details}
        print(as_json({"error": error}))
    return 1
