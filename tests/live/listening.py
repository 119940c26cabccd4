"""A stream as a browser hears it, over a plain socket."""

from __future__ import annotations

import socket
import time

from onward.interfaces.live.hub import Hub


class Ear:
    """One open stream; `status` is the answer's code, `heard` the names so far."""

    def __init__(self, port: int, path: str, cookie: str = "") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/event-stream"]
        lines += [f"Cookie: {cookie}"] if cookie else []
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.text = ""
        while "\r\n\r\n" not in self.text:
            self._read()
        self.head = self.text.split("\r\n\r\n")[0]
        self.status = int(self.head.split()[1])

    def _read(self) -> bool:
        piece = self.socket.recv(65536).decode()
        self.text += piece
        return bool(piece)

    @property
    def heard(self) -> list[str]:
        return [line.removeprefix("data: ") for line in self.text.splitlines() if line.startswith("data: ")]

    def wait_for(self, name: str, seconds: float = 30) -> None:
        """Come back as soon as the name was heard."""
        began = time.monotonic()
        self.socket.settimeout(seconds)
        while name not in self.heard:
            assert self._read(), f"the stream ended; heard {self.heard}"
            assert time.monotonic() - began < seconds, f"not heard: {name}"

    def silent_for(self, seconds: float) -> bool:
        """Whether no name comes for so long."""
        before = len(self.heard)
        self.socket.settimeout(seconds)
        try:
            while self._read():
                if len(self.heard) > before:
                    return False
        except TimeoutError:
            pass
        return len(self.heard) == before

    def close(self) -> None:
        self.socket.close()


class Deaf(Hub):
    """A hub without a listener: what is published is published by the test."""

    def _listen(self) -> None:
        self._ready.set()
