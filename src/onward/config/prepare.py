"""Bring the database to this version: its tables, and the playbooks we ship. Run by `onward up` when they are not."""

from __future__ import annotations

import logging
import sys

import django
from django.core.management import call_command

from onward.foundation import logs


def main() -> None:
    """Migrate, then publish. A shipped playbook that is refused is told of; it stops nobody from starting."""
    django.setup()
    logs.configure("up", logging.WARNING)
    call_command("migrate", interactive=False, verbosity=0)
    _settle_portal()
    from onward.kernel.refusals import Refusal
    from onward.playbooks import actions

    try:
        actions.publish_shipped()
    except Refusal as refusal:
        print(f"The shipped playbooks were not published: {refusal}", file=sys.stderr)


def _settle_portal() -> None:
    """The portal's role, grants and policies; what an administrator has to do is printed, and stops nobody."""
    from django.db import connection

    from onward.config.gate import GATE
    from onward.foundation.postgres import rights

    asked = GATE.wanted()
    if asked:
        print(rights.plea(asked), file=sys.stderr)
    if rights.is_superuser(connection.connection):
        print("DATABASE_URL names a superuser, whom nothing bounds: give Onward a login of its own.", file=sys.stderr)


if __name__ == "__main__":
    main()
