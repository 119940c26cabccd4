"""Build the demo for `onward up --demo`, unless it is there. Refused: exit 1, the reason on standard output."""

from __future__ import annotations

import logging
import sys

import django

from onward.foundation import logs
from onward.kernel.refusals import Refusal


def main() -> int:
    """Progress in tenths, on standard error."""
    django.setup()
    logs.configure("up", logging.WARNING)
    from onward.demo import actions
    from onward.identity import queries
    from onward.kernel.actor import SYSTEM

    if queries.demo_exists():
        return 0
    told = 0

    def progress(done: int, total: int) -> None:
        nonlocal told
        tenth = done * 10 // max(total, 1)
        if tenth > told:
            told = tenth
            print(f"  {tenth}0 %", file=sys.stderr, flush=True)

    print("Building the demo: an invented company's onboardings", file=sys.stderr, flush=True)
    try:
        actions.build(actor=SYSTEM, force="--force" in sys.argv, progress=progress)
    except Refusal as refusal:
        print(refusal)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
