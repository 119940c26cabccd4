"""Names are handed on, never too many, and nothing is forgotten between a page and its stream."""

from __future__ import annotations

import threading

import pytest

from onward.interfaces.live import stream
from onward.interfaces.live.hub import MOST_NAMES, MOST_STREAMS, RECENT_SECONDS, Inbox
from tests.live.listening import Deaf


def test_a_stream_hears_its_own_names_only() -> None:
    inbox = Inbox(["journey:1"])
    inbox.put(["journey:2", "portfolio"])
    assert inbox.take(0) == []
    inbox.put(["journey:1", "journey:2", "journey:1"])
    assert inbox.take(0) == ["journey:1"]
    assert inbox.take(0) == []


def test_too_many_names_become_everything() -> None:
    names = [f"journey:{number}" for number in range(MOST_NAMES + 1)]
    inbox = Inbox(names)
    inbox.put(names)
    assert inbox.take(0) == ["*"]


def test_at_most_a_hundred_streams() -> None:
    hub = Deaf()
    inboxes = [hub.join(["portfolio"]) for _ in range(MOST_STREAMS)]
    assert all(inboxes)
    assert hub.join(["portfolio"]) is None
    first = inboxes[0]
    assert first is not None
    hub.leave(first)
    hub.leave(first)
    assert hub.join(["portfolio"]) is not None


def test_what_changed_just_before_is_told_at_once() -> None:
    hub = Deaf()
    hub.publish("journey:1 portfolio")
    inbox = hub.join(["journey:1"])
    assert inbox is not None
    assert inbox.take(0) == ["journey:1"]
    hub._recent = {name: at - RECENT_SECONDS - 1 for name, at in hub._recent.items()}
    late = hub.join(["journey:1"])
    assert late is not None
    assert late.take(0) == []


def test_goodbye_ends_every_stream() -> None:
    hub = Deaf()
    inbox = hub.join(["portfolio"])
    assert inbox is not None
    hub.publish("* bye")
    assert inbox.take(0) is None


def test_a_stream_thrown_away_while_a_lock_is_held_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Deaf()
    monkeypatch.setattr(stream, "HUB", hub)
    inbox = hub.join(["journey:1"])
    assert inbox is not None
    held, done = [stream.Stream(inbox, lambda: True)], threading.Event()

    def drop() -> None:
        with hub._lock, hub.roster._lock:
            held.clear()
        done.set()

    threading.Thread(target=drop, daemon=True).start()
    assert done.wait(10)
    assert hub.count() == 0
