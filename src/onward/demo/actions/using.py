"""What an account's people do in the product, as the product's own servers and pages would report it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from onward.demo.actions.life import Life

FEATURES = ("filters", "alerts", "sharing", "exports", "forecast", "comments")
Message = tuple[bool, bytes]


def messages_of(life: Life, since: date, until: date) -> list[Message]:
    """What happened from one day to before another: (by a server, message)."""
    found: list[Message] = []
    for number in range((until - since).days):
        found += (_funnel if life.company.story == "self_serve" else _team)(life, since + timedelta(days=number))
    return found


def _team(life: Life, on: date) -> Iterator[Message]:
    """A team at work: who is there signs in; the trained run reports and use what they found."""
    known: int = life.told.setdefault("sent", 0)
    for source in range(known, life.connected):
        yield _said(life, on, "Source Connected", life.users[0], server=False, source_id=f"source-{source + 1}")
    life.told["sent"] = life.connected
    # `share` of them use it at all: who does comes on most working days.
    daily = 0.06 if on.weekday() > 4 else 0.6
    for user in life.users[: round(life.share * len(life.users))]:
        if life.random.random() >= daily:
            continue
        if user not in life.seen:
            life.seen.add(user)
            yield _said(life, on, "", user, kind="identify", name=user.partition("@")[0].replace(".", " ").title())
        yield _said(life, on, "Signed In", user)
        if not life.reports:
            continue
        if life.random.random() < 0.4:
            yield _said(life, on, "Report Run", user, sample_data=False)
        if life.random.random() < 0.3:
            yield _said(life, on, "Feature Used", user, feature=life.random.choice(FEATURES))
        # The trained build their first ones at once: that is what they were trained for.
        if life.told.setdefault("dashboards", 0) < 3 or life.random.random() < 0.06:
            life.told["dashboards"] += 1
            yield _said(life, on, "Dashboard Created", user, dashboard_id=f"{user.partition('@')[0]}-{on:%m%d}")
        if life.random.random() < 0.05:
            yield _said(life, on, "Insight Shared", user)


def _funnel(life: Life, on: date) -> Iterator[Message]:
    """Somebody who signed up alone: a step of the funnel each day, until they stop."""
    told = life.company.told
    stop, pace = told.get("stop", ""), told.get("pace", 1.0)
    day = (on - life.signed_at.date()).days / pace
    first, others = life.users[0], life.users[1:]
    left = told.get("left", 10_000)
    if stop == "nothing" or day < 0 or (on - life.signed_at.date()).days > left:
        return
    if stop == "first_project" and day > 4:
        return
    if first not in life.seen:
        life.seen.add(first)
        yield _said(life, on, "Tour Finished", first, server=False)
    if day >= 1 and life.told.get("projects", 0) < 4 and life.random.random() < 0.7:
        life.told["projects"] = life.told.get("projects", 0) + 1
        yield _said(life, on, "Project Created", first, project_id=f"p{life.told['projects']}")
    if stop != "first_project" and day >= 3:
        for other in others[: int(day - 2)]:
            if other not in life.seen:
                life.seen.add(other)
                yield _said(life, on, "User Invited", first, email=other)
    if day >= 2 and stop != "first_project":
        number = life.told["features"] = life.told.get("features", -1) + 1
        if number < 5 or life.random.random() < 0.4:
            yield _said(life, on, "Feature Used", first, feature=FEATURES[number % len(FEATURES)])
    if on.weekday() < 5 or life.random.random() < 0.3:
        for user in [first, *(user for user in others if user in life.seen)]:
            if life.random.random() < 0.75:
                yield _said(life, on, "Signed In", user)
    if day >= 18 and stop != "unpaid" and not life.told.get("paid"):
        life.told["paid"] = True
        yield _said(life, on, "Plan Paid", first, plan="team")


def _said(
    life: Life, on: date, event: str, user: str, *, server: bool = True, kind: str = "track", **properties: Any
) -> Message:
    at = datetime.combine(on, time(7 + life.random.randrange(10), life.random.randrange(60)), UTC)
    message: dict[str, Any] = {
        "type": kind,
        "messageId": message_id(life.random),
        "userId": user,
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "context": {"groupId": life.company.slug},
        "traits" if kind == "identify" else "properties": properties,
    }
    if kind == "track":
        message["event"] = event
    return server, json.dumps(message).encode()


def message_id(random: Random) -> str:
    """As the SDKs make them, but the same in every demo."""
    return str(UUID(int=random.getrandbits(128), version=4))
