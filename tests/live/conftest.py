"""A real web server over the test's database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.processes import ROOT, free_port, wait_until


@dataclass
class Web:
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    """Granian with one worker, as `up` starts it."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--workers",
        "1",
        "--blocking-threads",
        "128",
        "--no-ws",
        "--log-level",
        "error",
        "onward.config.wsgi:app",
    ]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "ONWARD_POOLED": "1"})
    wait_until(lambda: answers(port), seconds=90)
    yield Web(port)
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
