"""`onward status`: whether it runs, and where."""

from __future__ import annotations

import argparse
from typing import Any

import psycopg

from onward.foundation.postgres import rights
from onward.interfaces.cli.answers import Answer
from onward.interfaces.cli.installation import running


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("status", help="say whether and where it runs")
    parser.set_defaults(run=status)


def status(arguments: argparse.Namespace) -> Answer:
    """The address and process of what runs on the data folder; refused when nothing does."""
    found = running(arguments.data)
    document = {"address": found.address, "pid": found.pid, "data": str(arguments.data), "embedded": found.embedded}
    said = f"Onward runs at {found.address} (process {found.pid}, data in {arguments.data})"
    try:
        with psycopg.connect(found.database_url, connect_timeout=5) as connection:
            asked = rights.asked_of_an_administrator(connection)
    except psycopg.Error as error:
        why = str(error).strip().splitlines()[0]
        return Answer(document | {"database": why}, f"{said}\nIts database does not answer: {why}")
    if asked:
        return Answer(document | {"portal": "shut", "to_run": asked}, f"{said}\n{rights.plea(asked)}")
    return Answer(document | {"portal": "open"}, said)
