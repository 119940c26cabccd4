"""`onward key`: make, list and revoke API keys."""

from __future__ import annotations

import argparse
from typing import Any

from onward.identity import actions, queries
from onward.identity.decisions import key_life
from onward.interfaces.cli.answers import Answer
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import parse_id


def register(subparsers: Any) -> None:
    """Add the command."""
    key = subparsers.add_parser("key", help="make, list and revoke API keys").add_subparsers(required=True)
    create = key.add_parser("create", help="a key, shown once")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--scope", action="extend", nargs="+", required=True, metavar="S")
    create.add_argument("--expires", metavar="SPAN", help="such as 12h, 90d or 8w; never when left out")
    create.set_defaults(run=run_create)
    listed = key.add_parser("list", help="all keys, without their secrets")
    listed.set_defaults(run=run_list)
    revoke = key.add_parser("revoke", help="close a key at once")
    revoke.add_argument("id", metavar="ID")
    revoke.set_defaults(run=run_revoke)


def run_create(arguments: argparse.Namespace) -> Answer:
    """The secret, once."""
    expires = key_life(arguments.expires) if arguments.expires else None
    made = actions.create_key(actor=SYSTEM, name=arguments.name, scopes=arguments.scope, expires=expires)
    document = {"id": made.ref, "key": made.secret}
    return Answer(document, f"{made.secret}\nKeep it now: it is not shown again. Its id is {made.ref}.")


def run_list(arguments: argparse.Namespace) -> dict[str, object]:
    """All keys."""
    return {
        "keys": [
            {
                "id": row.ref,
                "name": row.name,
                "scopes": row.scopes,
                "open": row.is_open,
                "expires_at": row.expires_at.isoformat() if row.expires_at else None,
                "used_at": row.used_at.isoformat() if row.used_at else None,
            }
            for row in queries.keys(SYSTEM)
        ]
    }


def run_revoke(arguments: argparse.Namespace) -> dict[str, object]:
    """Close a key."""
    actions.revoke_key(actor=SYSTEM, key_id=parse_id("key", arguments.id))
    return {"id": arguments.id, "open": False}
