"""Real processes of the product, for tests that start, kill and ask it from outside."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onward.foundation.postgres.server import die_with_parent

ROOT = Path(__file__).parents[1]


def onward(*words: str, data: Path, port: int | None = None) -> subprocess.Popen[str]:
    """The command line as a process of its own, on this data folder."""
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "ONWARD_DATA"}}
    command = [sys.executable, "-m", "onward.interfaces.cli", *words, "--data", str(data)]
    command += ["--port", str(port)] if port else []
    return subprocess.Popen(
        command,
        env=environment | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(data: Path) -> list[int]:
    """Every living process whose command line or environment names the data folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if str(data).encode() in told and state != "Z" and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def children_of(parent: int) -> dict[str, int]:
    """The living children of a process by what they do: web, worker, database, or their own command."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, ppid = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(ppid) == parent and state != "Z":
            told = {b"granian": "web", b"onward.config.worker": "worker"}
            name = next((told[word] for word in words if word in told), Path(words[0].decode()).name)
            found["database" if name == "postgres" else name] = int(entry.name)
    return found


def wait_until(holds: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def get(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except OSError:
        return 0


class Started:
    """A running product. What it logs is read all along: with a full pipe it would stand still."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.process = onward("up", "--json", data=data, port=self.port)
        self._logged: list[str] = []
        self._reader = threading.Thread(target=lambda: self._logged.extend(self.process.stderr or ()), daemon=True)
        self._reader.start()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line or '"error"' in line:
            self.process.wait(30)
            raise AssertionError(self.progress)
        self.said = json.loads(line)

    @property
    def progress(self) -> str:
        """What it has written so far beside its answer; all of it once it has ended."""
        if self.process.poll() is not None:
            self._reader.join(10)
        return "".join(self._logged)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(30)


def run(*words: str, data: Path) -> tuple[int, Any, str]:
    """Exit code, the JSON document (None when there is none) and standard error of one command."""
    process = onward(*words, "--json", data=data)
    out, err = process.communicate(timeout=60)
    return process.returncode, json.loads(out) if out.strip() else None, err


@contextmanager
def settled() -> Iterator[Path]:
    """A data folder of one's own as a first start left it, which the database's user can pass. That start is made once
    for all tests: making and filling a database takes most of it."""
    shared = Path(os.environ["ONWARD_TEST_SERVER"]) / "settled"
    with open(shared.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            with tempfile.TemporaryDirectory(prefix="onward-first-") as folder:
                Path(folder).chmod(0o711)
                first = Started(Path(folder) / "data")
                assert first.end() == 0, first.progress
                subprocess.run(["cp", "-a", first.data, shared], check=True)
    with tempfile.TemporaryDirectory(prefix="onward-settled-") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        subprocess.run(["cp", "-a", shared, data], check=True)
        yield data


@contextmanager
def running() -> Iterator[Started]:
    """The product at work on such a folder; nothing of it is left."""
    with settled() as data:
        started = Started(data)
        yield started
        if started.process.poll() is None:
            started.end()
        wait_until(lambda: not processes_of(data))
