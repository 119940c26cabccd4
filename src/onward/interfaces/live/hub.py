"""One listener a process, and the streams that it fans out to. A stream is told names, never data."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from django.db import connection

from onward.interfaces.live.roster import PREFIX, Roster

log = structlog.get_logger()

CHANNEL = "onward_live"
MOST_STREAMS = 100
MOST_NAMES = 64
EVERYTHING = "*"
BYE = "bye"
# A page is drawn before its stream is open: what changed in between is told at once.
RECENT_SECONDS = 3.0


class Inbox:
    """The names that wait for one stream. Too many of them become "everything": the queue never grows."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = frozenset(names)
        self._waiting: dict[str, None] = {}
        self._ended = False
        self._bell = threading.Condition()

    def put(self, names: Iterable[str]) -> None:
        """Add what concerns this stream."""
        wanted = [name for name in names if name in self.names or name == EVERYTHING]
        if not wanted:
            return
        with self._bell:
            self._waiting.update(dict.fromkeys(wanted))
            if len(self._waiting) > MOST_NAMES:
                self._waiting = {EVERYTHING: None}
            self._bell.notify()

    def end(self) -> None:
        """Let the stream say goodbye."""
        with self._bell:
            self._ended = True
            self._bell.notify()

    def take(self, timeout: float) -> list[str] | None:
        """The names that came, at once or within `timeout` seconds; [] when none did, None when the stream ends."""
        with self._bell:
            if not self._waiting and not self._ended:
                self._bell.wait(timeout)
            if self._ended:
                return None
            names = [EVERYTHING] if EVERYTHING in self._waiting else list(self._waiting)
            self._waiting.clear()
            return names


class Hub:
    """The streams of this process. The listener starts with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inboxes: set[Inbox] = set()
        self._dropped: queue.SimpleQueue[Inbox] = queue.SimpleQueue()
        self._recent: dict[str, float] = {}
        self._ready = threading.Event()
        self._listener: threading.Thread | None = None
        self._parameters: dict[str, Any] = {}
        self.roster = Roster(self._say, self._hand_on)

    def join(self, names: Collection[str]) -> Inbox | None:
        """An inbox for these names; None when this process has as many streams as it may."""
        self._listen()
        self._let_go()
        inbox = Inbox(names)
        with self._lock:
            if len(self._inboxes) >= MOST_STREAMS:
                return None
            self._inboxes.add(inbox)
            since = time.monotonic() - RECENT_SECONDS
            self._recent = {name: at for name, at in self._recent.items() if at >= since}
            inbox.put(self._recent)
        return inbox

    def leave(self, inbox: Inbox) -> None:
        """The stream has ended. Harmless when it had before."""
        self.roster.leave(inbox)
        with self._lock:
            self._inboxes.discard(inbox)

    def drop(self, inbox: Inbox) -> None:
        """The stream was thrown away. For the collector, which may run while this very thread holds a lock of ours:
        takes none, the next to come by lets go."""
        self._dropped.put(inbox)

    def people_at(self, page: str) -> list[str]:
        """Which colleagues look at a page now."""
        self._listen()
        return self.roster.at(page)

    def count(self) -> int:
        """How many streams are open."""
        self._let_go()
        return len(self._inboxes)

    def publish(self, payload: str) -> None:
        """Hand on one notification: names parted by spaces; "* bye" ends every stream."""
        self._let_go()
        names = payload.split()
        marks = [name for name in names if name[0] in "+-"]
        if marks:
            self._hand_on([PREFIX + page for page in self.roster.heard(marks)])
            names = [name for name in names if name[0] not in "+-"]
        if names:
            self._hand_on(names)

    def _let_go(self) -> None:
        with suppress(queue.Empty):
            while True:
                self.leave(self._dropped.get_nowait())

    def _hand_on(self, names: Collection[str]) -> None:
        at = time.monotonic()
        with self._lock:
            inboxes = list(self._inboxes)
            if BYE not in names:
                self._recent.update(dict.fromkeys((name for name in names if name != EVERYTHING), at))
                if len(self._recent) > 5000:
                    self._recent = {name: seen for name, seen in self._recent.items() if seen >= at - RECENT_SECONDS}
        for inbox in inboxes:
            if BYE in names:
                inbox.end()
            else:
                inbox.put(names)

    def _listen(self) -> None:
        with self._lock:
            if self._listener is None or not self._listener.is_alive():
                parameters = connection.get_connection_params()
                parameters.pop("pool", None)
                parameters.pop("cursor_factory", None)
                parameters.pop("context", None)
                self._parameters = parameters
                self._listener = threading.Thread(target=self._run, args=(parameters,), name="live", daemon=True)
                self._listener.start()
        self._ready.wait(2)

    def _say(self, payload: str) -> None:
        """Tell every process, this one too. Presence is a courtesy: what cannot be told is told at the next beat."""
        try:
            with psycopg.Connection.connect(**(self._parameters | {"autocommit": True})) as teller:
                teller.execute("select pg_notify(%s, %s)", (CHANNEL, payload))
        except psycopg.Error as error:
            log.warning("live.presence_untold", problem=str(error).strip()[:200])

    def _run(self, parameters: dict[str, Any]) -> None:
        missed, pause = False, 0.1
        while True:
            try:
                with psycopg.Connection.connect(**(parameters | {"autocommit": True})) as listener:
                    listener.execute(f"listen {CHANNEL}")
                    self._ready.set()
                    if missed:
                        self.publish(EVERYTHING)
                    missed, pause = False, 0.1
                    for notification in listener.notifies():
                        self.publish(notification.payload)
            except psycopg.Error as error:
                # What was notified meanwhile is lost: after the way back every page fetches anew.
                log.warning("live.listener_lost", problem=str(error).strip()[:200])
            missed = True
            time.sleep(pause)
            pause = min(pause * 2, 5.0)


HUB = Hub()
