"""Fills a running installation for the kills: accounts, each with a journey whose milestones wait for usage.

Run as a process of its own, with the installation's environment: python -m tests.chaos.begin ACCOUNTS
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

import django

from onward.foundation import logs

MILESTONES = [1, 20, 60]
PLAYBOOK = (
    """
playbook: chaos
language: 1
title: Under fire
choose_when: account.segment in ["self_serve", "mid_market", "enterprise", "strategic"]
choose_rank: 99
opens_when: deal.won
day_zero: signed
targets: {first_value: 30d, complete: 90d}
accountable: csm
roles:
  ours: {csm: account owner}
events:
  ran: {track: Ran, source: server}
stages:
"""
    + "".join(
        f"""  - stage: stage_{n}
    title: Stage {n}
    due: day 30
    exit:
      - {{check: ran_{n}, title: Ran {n} times, when: event.ran.count >= {n}}}
"""
        for n in MILESTONES
    )
    + "milestones:\n"
    + "".join(
        f"""  - milestone: ran_{n}
    title: Ran {n} times
    first_value: {"true" if n == MILESTONES[1] else "false"}
    when: event.ran.count >= {n}
    due: day 30
"""
        for n in MILESTONES
    )
)


def main() -> None:
    """Print the write key."""
    django.setup()
    logs.configure("chaos", logging.WARNING)
    from onward.accounts import actions as accounts
    from onward.kernel.actor import SYSTEM
    from onward.playbooks import actions as playbooks
    from onward.usage import actions as usage

    published = playbooks.publish(actor=SYSTEM, text=PLAYBOOK, file="chaos.yaml")
    for number in range(int(sys.argv[1])):
        account = accounts.open_account(actor=SYSTEM, name=f"Account {number}", group_id=f"group-{number}")
        deal = accounts.open_deal(actor=SYSTEM, account_id=account, name=f"Deal {number}", amount="50000")
        accounts.win_deal(actor=SYSTEM, deal_id=deal, signed_at=datetime(2026, 1, 1, tzinfo=UTC))
    made = usage.create_source(actor=SYSTEM, name="chaos")
    print(json.dumps({"write_key": made.write_key, "version": str(published.version_id)}))


if __name__ == "__main__":
    main()
