"""Who looks at what, now. In memory of each process and told to the others by NOTIFY: nothing is stored, and what is
not said again within seconds is over. Contacts are never in it, and never told of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable

#: Said again so often; over when it was not said for so long (a process that died says no goodbye).
BEAT_SECONDS, GONE_SECONDS = 3.0, 8.0
PREFIX = "here:"
#: NOTIFY takes 8,000 bytes.
A_TIME = 90


class Roster:
    """Marks are "+usr_1@jny_2" (looks) and "-usr_1@jny_2" (left). `say` sends marks to every process, this one too;
    `changed` is told the pages whose people changed."""

    def __init__(self, say: Callable[[str], None], changed: Callable[[Collection[str]], None]) -> None:
        self._say, self._changed = say, changed
        self._lock = threading.Lock()
        self._seen: dict[str, dict[str, float]] = {}
        self._own: dict[object, tuple[str, frozenset[str]]] = {}
        self._beating = False

    def at(self, page: str) -> list[str]:
        """Who looks at it, the first to come first."""
        late = time.monotonic() - GONE_SECONDS
        with self._lock:
            return [user for user, at in self._seen.get(page, {}).items() if at >= late]

    def enter(self, stream: object, user: str, names: Iterable[str]) -> None:
        """A stream of this colleague's has opened, with these names."""
        pages = frozenset(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))
        if not user or not pages:
            return
        with self._lock:
            self._own[stream] = (user, pages)
            begin, self._beating = not self._beating, True
        self._tell([f"+{user}@{page}" for page in pages])
        if begin:
            threading.Thread(target=self._beat, name="presence", daemon=True).start()

    def leave(self, stream: object) -> None:
        """The stream has ended. Harmless when it had before, or was never here."""
        with self._lock:
            user, pages = self._own.pop(stream, ("", frozenset()))
            still = {page for who, others in self._own.values() if who == user for page in others}
        self._tell([f"-{user}@{page}" for page in pages - still])

    def heard(self, marks: Iterable[str]) -> set[str]:
        """Take in what a process said; the pages whose people changed."""
        moved = set()
        with self._lock:
            for mark in marks:
                user, _, page = mark[1:].partition("@")
                people = self._seen.setdefault(page, {})
                if mark[0] == "+":
                    moved |= {page} if user not in people else set()
                    people[user] = time.monotonic()
                elif people.pop(user, None) is not None:
                    moved.add(page)
        return moved

    def swept(self) -> set[str]:
        """Forget who was not heard of for too long; the pages that this changed."""
        late, moved = time.monotonic() - GONE_SECONDS, set()
        with self._lock:
            for page, people in list(self._seen.items()):
                for user in [user for user, at in people.items() if at < late]:
                    del people[user]
                    moved.add(page)
                if not people:
                    del self._seen[page]
        return moved

    def _tell(self, marks: list[str]) -> None:
        for start in range(0, len(marks), A_TIME):
            self._say(" ".join(marks[start : start + A_TIME]))

    def _beat(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            with self._lock:
                marks = sorted({f"+{user}@{page}" for user, pages in self._own.values() for page in pages})
                if not marks and not self._seen:
                    self._beating = False
                    return
            self._tell(marks)
            if moved := self.swept():
                self._changed([PREFIX + page for page in moved])
