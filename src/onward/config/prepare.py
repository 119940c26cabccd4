"""Bring the database's tables to this version. Run by `onward up` when they are not."""

from __future__ import annotations

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
