"""Print the secret of a fresh installation's one sign-in link, and nothing once an admin has signed in."""

from __future__ import annotations

import logging

import django

from onward.foundation import logs

if __name__ == "__main__":
    django.setup()
    logs.configure("up", logging.WARNING)
    from onward.identity import actions, queries
    from onward.kernel.actor import SYSTEM

    if not queries.has_admin():
        print(actions.first_link(actor=SYSTEM).secret)
