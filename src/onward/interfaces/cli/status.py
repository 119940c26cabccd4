"""`onward status`: whether it runs, and where."""

from __future__ import annotations

import argparse
from typing import Any

from onward.interfaces.cli.answers import Answer
from onward.interfaces.cli.installation import running


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("status", help="say whether and where it runs")
    parser.set_defaults(run=status)


def status(arguments: argparse.Namespace) -> Answer:
    """The address and process of what runs on the data folder; refused when nothing does."""
    found = running(arguments.data)
    document = {"address": found.address, "pid": found.pid, "data": str(arguments.data), "embedded": found.embedded}
    return Answer(document, f"Onward runs at {found.address} (process {found.pid}, data in {arguments.data})")
