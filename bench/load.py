"""What the benches of intake share: an installation on a durable server of its own, servers, a load generator, a meter.

The meter counts CPU time of whole process trees: on a shared machine wall time also counts the neighbours.
"""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT))

NAMES = ["Report Exported", "User Invited", "Integration Connected", "Dashboard Viewed", "Data Imported"]
NAMES += ["Workflow Created", "API Key Created", "Login", "Comment Added", "Settings Changed", "Search Performed"]
NAMES += ["File Uploaded"]
ACCOUNTS = 10_000
OK = b'{"success": true}'


def do_nothing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The floor: reads the body and answers."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(OK)))])
    return [OK]


@contextmanager
def installation() -> Iterator[Any]:
    """A migrated database on a durable server of its own, Django set up on it; the server's process."""
    from onward.foundation.postgres.server import EmbeddedServer

    folder = Path(tempfile.mkdtemp(prefix="onward-bench-"))
    folder.chmod(0o711)
    server = EmbeddedServer(folder / "postgres", durable=True)
    server.start()
    try:
        os.environ["DJANGO_SETTINGS_MODULE"] = "onward.config.settings"
        os.environ["ONWARD_DATA"] = str(folder / "data")
        os.environ["DATABASE_URL"] = server.url("onward")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield server.process
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def source() -> str:
    """A server source; its write key."""
    from onward.kernel.actor import SYSTEM
    from onward.usage import actions

    return actions.create_source(actor=SYSTEM, name="Bench").write_key


class Server:
    """granian with 8 blocking threads on one callable."""

    def __init__(self, app: str, threads: int = 8) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        options = f"--interface wsgi --host 127.0.0.1 --port {self.port} --no-ws --log-level error"
        command = [sys.executable, "-m", "granian", app, *options.split(), "--blocking-threads", str(threads)]
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        self.process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, cwd=ROOT)
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise SystemExit(f"{app} did not start")

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()

    def send(self, bodies: Sequence[bytes], path: str, key: str, connections: int) -> list[float]:
        """All bodies over keep-alive connections; the latencies in seconds, ascending. Any answer but 200 ends it."""
        todo, lock = iter(bodies), threading.Lock()
        taken: list[float] = []
        bad: list[bytes] = []
        basic = base64.b64encode(f"{key}:".encode()).decode()
        head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic {basic}\r\nContent-Length: "

        def work() -> None:
            with socket.create_connection(("127.0.0.1", self.port)) as line:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                answers = line.makefile("rb")
                while True:
                    with lock:
                        body = next(todo, None)
                    if body is None or bad:
                        return
                    begun = time.perf_counter()
                    line.sendall(f"{head}{len(body)}\r\n\r\n".encode() + body)
                    status, length = answers.readline(), 0
                    while (header := answers.readline()) not in (b"\r\n", b""):
                        if header.lower().startswith(b"content-length:"):
                            length = int(header.split(b":")[1])
                    answers.read(length)
                    taken.append(time.perf_counter() - begun)
                    if b" 200 " not in status:
                        bad.append(status)

        threads = [threading.Thread(target=work) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if bad:
            raise SystemExit(f"{path} answered {bad[0]!r}")
        return sorted(taken)


class Events:
    """Realistic track events: 10,000 accounts of 20 people, 12 names, about 210 bytes of properties."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.now = datetime.now(UTC)

    def properties(self) -> dict[str, Any]:
        dice = self.dice
        return {
            "plan": dice.choice(["starter", "growth", "enterprise"]), "source": dice.choice(["web", "api", "mobile"]),
            "report_id": dice.randrange(10**9), "duration_ms": dice.randrange(20000), "rows": dice.randrange(10**6),
            "feature": f"feature_{dice.randrange(40)}", "path": f"/app/projects/{dice.randrange(10**6)}/reports",
            "success": dice.random() < 0.97, "trace": f"{dice.getrandbits(128):032x}",
        }  # fmt: skip

    def one(self) -> dict[str, Any]:
        account = self.dice.randrange(ACCOUNTS)
        return {
            "type": "track",
            "messageId": str(uuid.UUID(int=self.dice.getrandbits(128), version=4)),
            "userId": f"u_{account}_{self.dice.randrange(20)}",
            "event": self.dice.choice(NAMES),
            "timestamp": (self.now - timedelta(seconds=self.dice.randrange(3600))).isoformat(),
            "properties": self.properties(),
            "context": {"groupId": f"acct_{account}", "library": {"name": "analytics-python", "version": "2.4.0"}},
        }

    def batch(self, size: int = 100) -> bytes:
        around = {"batch": [self.one() for _ in range(size)], "sentAt": datetime.now(UTC).isoformat()}
        return json.dumps(around, separators=(",", ":")).encode()


class Meter:
    """CPU seconds of process trees; of this process too with `own`."""

    def __init__(self, *pids: int, own: bool = False) -> None:
        self.pids, self.own = pids, own

    def read(self) -> float:
        mine = time.process_time() if self.own else 0.0
        return mine + sum(_cpu(task) for pid in self.pids for task in _tasks(pid))


def _cpu(task: str) -> float:
    try:
        return int(Path(f"/proc/{task}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def _tasks(pid: int) -> Iterator[str]:
    todo = [str(pid)]
    while todo:
        one = todo.pop()
        with suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                yield f"{one}/task/{task}"
                with suppress(OSError):
                    todo += Path(f"/proc/{one}/task/{task}/children").read_text().split()


def verdict(name: str, value: float, limit: float, *, at_least: bool = False, unit: str = "x") -> bool:
    """Print one bound with PASS or FAIL."""
    held = value >= limit if at_least else value <= limit
    sign = ">=" if at_least else "<="
    print(f"  {name:<58} {value:>10,.2f} {unit:<4} {sign} {limit:,.2f}  {'PASS' if held else 'FAIL'}", flush=True)
    return held


def fresh() -> None:
    """An empty set of usage tables, but for the source."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "truncate usage_event, usage_key, usage_daily, usage_identity, usage_membership, usage_dirty, usage_person,"
            " usage_account_person, usage_account, usage_joined, usage_sighting, usage_source_count"
        )
