"""`onward demo`: fill an empty installation with an invented company's onboardings, or take them away."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from onward.demo import actions
from onward.interfaces.cli.answers import Answer
from onward.kernel.actor import SYSTEM


def register(subparsers: Any) -> None:
    """Add the command."""
    demo = subparsers.add_parser("demo", help="fill an empty installation with an invented company, or remove it")
    words = demo.add_subparsers(required=True)
    build = words.add_parser("build", help="about 40 accounts in every state, dated back from today")
    build.add_argument("--force", action="store_true", help="even beside real accounts, or in a database of your own")
    build.set_defaults(run=run_build)
    remove = words.add_parser("remove", help="take it away whole")
    remove.set_defaults(run=run_remove)


def run_build(arguments: argparse.Namespace) -> Answer:
    """Build it, with progress on standard error."""

    def say(done: int, total: int) -> None:
        print(f"\rDay {done} of {total} ", end="", file=sys.stderr, flush=True)

    built = actions.build(actor=SYSTEM, force=arguments.force, progress=say)
    print(file=sys.stderr)
    return Answer(asdict(built), f"The demo is here: {built.accounts} accounts, {built.events} product events.")


def run_remove(arguments: argparse.Namespace) -> Answer:
    """Remove it."""
    gone = actions.remove(actor=SYSTEM)
    return Answer({"accounts": gone}, f"The demo is gone: {gone} accounts." if gone else "There was no demo.")
