"""Clients that send until they are told 200, as Segment's do, and remember what they were told."""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

BATCH = 20
#: Of so many batches one is sent again although it was acknowledged; the first is, so that no short run is without.
RESENT = 8
PAUSE = 0.1


class Load:
    """`senders` threads; each event goes to one of the groups in `aimed_at`, which the killer moves on."""

    def __init__(self, port: int, write_key: str, senders: int = 2) -> None:
        self.port = port
        self.headers = {
            "Authorization": "Basic " + base64.b64encode(f"{write_key}:".encode()).decode(),
            "Content-Type": "application/json",
        }
        self.aimed_at: list[str] = []
        self.sent: dict[str, tuple[str, datetime]] = {}
        self.acknowledged: set[str] = set()
        self.failures: Counter[str] = Counter()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._numbers = iter(range(10_000_000))
        self._batches = itertools.count()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(senders)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Each sender still delivers the batch that it holds."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a batch could not be delivered in a minute"

    def deliver(self, groups: list[str]) -> None:
        """Send one batch, an event a group, until it is acknowledged; some batches once more after that."""
        batch = [self._event(group) for group in groups]
        body = json.dumps({"batch": batch}).encode()
        while not self._post(body):
            time.sleep(0.05)
        with self._lock:
            self.acknowledged.update(event["messageId"] for event in batch)
            is_resent = next(self._batches) % RESENT == 0
        if is_resent:
            self._post(body)

    def _send(self) -> None:
        while not self._stop.is_set():
            self.deliver(random.choices(self.aimed_at, k=BATCH))
            time.sleep(PAUSE)

    def _event(self, group: str) -> dict[str, Any]:
        at = datetime.now(UTC)
        with self._lock:
            number = next(self._numbers)
            id = f"chaos-{number}-{random.getrandbits(64):x}"
            self.sent[id] = (group, at)
        return {
            "type": "track",
            "event": "Ran",
            "userId": f"{group}-user-{number % 7}",
            "messageId": id,
            "timestamp": at.isoformat(),
            "context": {"groupId": group},
        }

    def _post(self, body: bytes) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/v1/batch", body, self.headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.failures[type(error).__name__] += 1
            return False
        finally:
            connection.close()
        if answer.status != 200:
            self.failures[str(answer.status)] += 1
        return answer.status == 200
