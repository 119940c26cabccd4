"""`onward export`: everything, or one account, as JSON lines that any tool can read."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from onward.foundation.postgres.extract import lines, tables
from onward.interfaces.cli.answers import Answer
from onward.interfaces.cli.opened import opened
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, not_found

# What only keeps the machine running: ways in, throttles, Django's own.
LEFT_OUT = (
    "auth_", "django_", "identity_session", "identity_factor", "identity_recoverycode", "identity_provider",
    "identity_externalidentity", "identity_link", "identity_signincode", "identity_contactsession", "identity_throttle",
    "usage_writekey",
)  # fmt: skip
PERSONS = "(who, grp) in (select who, grp from usage_person where account_id = {account})"
# How an account's rows are told in tables that do not carry its id.
OF_ACCOUNT = {
    "accounts_account": "id = {account}",
    "ledger_fact": "stream = {stream}",
    "usage_event": PERSONS,
    "usage_daily": PERSONS,
}


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("export", help="everything, or one account, as JSON lines")
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="default: standard output")
    parser.add_argument("--account", metavar="ID", help="this account only, such as acc_01h…")
    parser.set_defaults(run=export)


def export(arguments: argparse.Namespace) -> Answer:
    """Counts by table. Secrets and sessions stay out; a backup has them. Refusal "not_found" for the account."""
    if arguments.file is None and arguments.json:
        raise Refusal("invalid", "With --json standard output holds one document.", mend="Name a FILE for the lines.")
    account = parse_id("acc", arguments.account) if arguments.account else None
    counts: Counter[str] = Counter()
    with opened(arguments.data) as url, psycopg.connect(url) as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        if account is not None and not _exists(connection, account):
            raise not_found("account", arguments.account)
        with _target(arguments.file) as out:
            for table, columns in tables(connection).items():
                where = _where(table, columns, account)
                if table.startswith(LEFT_OUT) or where is None:
                    continue
                values = {"account": account, "stream": format_id("acc", account)} if account else {}
                for line in lines(connection, table, columns, where, values):
                    out.write(line)
                    counts[table] += 1
    said = f"{sum(counts.values())} rows of {len(counts)} tables"
    if arguments.file is None:
        print(said, file=sys.stderr)
        return Answer(None, "")
    return Answer({"file": str(arguments.file), "rows": dict(counts)}, f"{said} are in {arguments.file}")


def _where(table: str, columns: list[str], account: UUID | None) -> str | None:
    if account is None:
        return ""
    return OF_ACCOUNT.get(table, "account_id = {account}" if "account_id" in columns else None)


def _exists(connection: psycopg.Connection[Any], account: UUID) -> bool:
    return connection.execute("select 1 from accounts_account where id = %s", [account]).fetchone() is not None


def _target(file: Path | None) -> Any:
    if file is None:
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    try:
        return os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
    except OSError as error:
        raise Refusal("invalid", f"{file} cannot be made ({error.strerror}).", mend="Choose another name.") from error
