"""`onward source`: where usage events come from, and their write keys."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from onward.identity.decisions import key_life
from onward.interfaces.cli.answers import Answer
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from onward.usage import actions, queries


def register(subparsers: Any) -> None:
    """Add the command."""
    source = subparsers.add_parser("source", help="make and look after sources of usage events")
    words = source.add_subparsers(required=True, metavar="WORD")
    create = words.add_parser("create", help="a source with its write key, shown once")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--kind", choices=["server", "browser"], default="server")
    create.add_argument("--write-key", metavar="EXISTING", help="take over a key that clients already use")
    create.set_defaults(run=run_create)
    show = words.add_parser("show", help="what came, what was refused and why")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=run_show)
    listed = words.add_parser("list", help="all sources")
    listed.set_defaults(run=run_list)
    rotate = words.add_parser("rotate", help="a new write key; the old ones end after a while")
    rotate.add_argument("name", metavar="NAME")
    rotate.add_argument("--grace", metavar="SPAN", default="1d", help="how long the old keys stay good (1d), or 0")
    rotate.set_defaults(run=run_rotate)
    revoke = words.add_parser("revoke", help="end all write keys at once")
    revoke.add_argument("name", metavar="NAME")
    revoke.set_defaults(run=run_revoke)


def run_create(arguments: argparse.Namespace) -> Answer:
    """The write key, once."""
    made = actions.create_source(actor=SYSTEM, name=arguments.name, kind=arguments.kind, write_key=arguments.write_key)
    return _issued(made)


def run_show(arguments: argparse.Namespace) -> dict[str, Any]:
    """The counts of one source: messages of all six types."""
    row = queries.source_named(SYSTEM, arguments.name)
    return {"received": row.received, "stored": row.stored, "duplicate": row.duplicate, "refused": row.refused}


def run_list(arguments: argparse.Namespace) -> dict[str, Any]:
    """All sources."""
    return {
        "sources": [
            {
                "id": row.ref,
                "name": row.name,
                "kind": row.kind,
                "stored": row.stored,
                "refused": row.refused_total,
                "last_at": row.last_at.isoformat() if row.last_at else None,
            }
            for row in queries.sources(SYSTEM)
        ]
    }


def run_rotate(arguments: argparse.Namespace) -> Answer:
    """A further write key."""
    row = queries.source_named(SYSTEM, arguments.name)
    grace = timedelta(0) if arguments.grace == "0" else key_life(arguments.grace)
    return _issued(actions.rotate_key(actor=SYSTEM, source_id=row.id, grace=grace))


def run_revoke(arguments: argparse.Namespace) -> dict[str, Any]:
    """End the keys."""
    row = queries.source_named(SYSTEM, arguments.name)
    return {"id": row.ref, "ended": actions.revoke_keys(actor=SYSTEM, source_id=row.id)}


def _issued(made: actions.Issued) -> Answer:
    document = {"id": format_id("src", made.source_id), "write_key": made.write_key}
    return Answer(document, f"{made.write_key}\nThe write key of {document['id']}; keep it, it is not shown again.")
