"""Overlapping deliveries at the same time, two derivers beside them: nothing deadlocks, nothing counts twice."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection

from onward.accounts.models import Account
from onward.foundation import clock
from onward.usage import actions, queries
from tests.usage.sending import Client

SENDERS = 4
MESSAGES = 240


def messages() -> list[bytes]:
    """Use, identities and groups of few people, so that batches meet in the same rows."""
    dice, now = random.Random(11), clock.now()
    made = []
    for number in range(MESSAGES):
        at = (now - timedelta(hours=dice.randrange(60))).isoformat()
        user, visitor = f"u{dice.randrange(5)}", f"v{dice.randrange(5)}"
        one: dict[str, Any] = {"messageId": f"m{number}", "timestamp": at}
        match dice.randrange(6):
            case 0:
                one |= {"type": "identify", "userId": user, "anonymousId": visitor}
            case 1:
                one |= {"type": "group", "userId": user, "groupId": f"g{dice.randrange(3)}"}
            case _:
                who = {"userId": user} if dice.random() < 0.5 else {"anonymousId": visitor}
                one |= {"type": "track", "event": dice.choice(["Run", "Save"]), **who}
        made.append(json.dumps(one).encode())
    return made


def test_senders_and_derivers_side_by_side(client: Client, rows: Callable[..., list[tuple[Any, ...]]]) -> None:
    now = clock.now()
    for group in ("g0", "g1"):
        Account.objects.create(name=group, group_id=group, created_at=now, updated_at=now)
    sent = messages()
    done = threading.Event()
    problems: list[object] = []

    def send(seed: int) -> None:
        dice = random.Random(seed)
        mine = dice.sample(sent, len(sent))
        try:
            for start in range(0, len(mine), 24):
                status = client.batch(*mine[start : start + 24])
                if status != 200:
                    problems.append(status)
        except Exception as error:
            problems.append(error)

    def follow() -> None:
        try:
            while not done.is_set():
                actions.derive()
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(seed,)) for seed in range(SENDERS)]
    derivers = [threading.Thread(target=follow) for _ in range(2)]
    for thread in [*derivers, *senders]:
        thread.start()
    for thread in senders:
        thread.join()
    done.set()
    for thread in derivers:
        thread.join()
    assert problems == []
    actions.derive_all()
    assert rows("select count(*) from usage_event") == [(MESSAGES,)]
    assert list(queries.differences()) == []
    (counts,) = [dict(rows("select what, n from usage_source_count where what not like 'type:%%'"))]
    assert counts == {"received": SENDERS * MESSAGES, "stored": MESSAGES, "duplicate": (SENDERS - 1) * MESSAGES}
