"""Processes under one parent: started, watched, started again when they die, and gone when the parent is."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from onward.foundation.postgres.server import die_with_parent

QUICK_DEATH_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 5.0


@dataclass
class Child:
    """One process, with its own log file or our own standard error."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start it, in a session of its own so that Ctrl-C reaches the parent alone."""
        out = open(self.log, "ab") if self.log else sys.stderr  # noqa: SIM115 - closed below, once handed over
        try:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        finally:
            if self.log:
                out.close()
        self.started = time.monotonic()

    def watch(self) -> str | None:
        """Start it again when it has died, later and later when it dies at once; what to tell the operator."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            code = self.process.returncode
            self.process = None
            # One that was killed is wanted back at once; one that ends by itself soon after its start will do it again.
            quick = code >= 0 and now - self.started < QUICK_DEATH_SECONDS
            self.pause = min(max(self.pause * 2, 0.25), LONGEST_PAUSE_SECONDS) if quick else 0.0
            self.due = now + self.pause
            return f"The {self.name} process ended ({_ending(code)}); starting it again."
        if self.process is None and now >= self.due:
            self.start()
        return None


def stop_all(children: list[Child], seconds: float = 10.0) -> None:
    """SIGTERM to all, and SIGKILL to those that stay."""
    living = [child.process for child in children if child.process is not None]
    for process in living:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in living:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
