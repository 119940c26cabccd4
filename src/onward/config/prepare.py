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
    from onward.kernel.refusals import Refusal
    from onward.playbooks import actions

    try:
        actions.publish_shipped()
    except Refusal as refusal:
        print(f"The shipped playbooks were not published: {refusal}", file=sys.stderr)


if __name__ == "__main__":
    main()
