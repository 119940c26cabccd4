"""Build the demo for `onward up --demo`, before the worker starts; a demo that is here already is content."""

from __future__ import annotations

import logging
import sys

import django

from onward.foundation import logs


def main() -> int:
    """0 when the demo is here; 1, with the reason on standard output, when it is refused."""
    django.setup()
    logs.configure("up", logging.WARNING)
    from onward.demo import actions
    from onward.identity import queries
    from onward.kernel.actor import SYSTEM
    from onward.kernel.refusals import Refusal

    if queries.demo_is_whole():
        return 0
    told = -1

    def say(done: int, total: int) -> None:
        nonlocal told
        tenths = 10 * done // total
        if tenths > told:
            told = tenths
            print(f"Living the demo's past: day {done} of {total}", file=sys.stderr, flush=True)

    try:
        built = actions.build(actor=SYSTEM, force="--force" in sys.argv[1:], progress=say)
    except Refusal as refusal:
        print(refusal)
        return 1
    print(f"The demo is here: {built.accounts} accounts, {built.events} product events.", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
