"""`./onward test --faults`: each promise's test is green as the code is, and turns red on a seeded fault.

faults [WORD ...] [--times N]     only the faults with this id or promise; each N times

A copy of the checkout (never the checkout itself) gets one fault of faults.yaml at a time, and the test that has to see
it runs there. A text that is not found exactly once is an error: the list stays true to the code.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_suffix(".yaml")
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis", "pictures", "*.lock")
# What the caller's shell or `./onward` says of its own checkout and database must not reach the copy.
NOT_PASSED_ON = {"ONWARD_CHECKOUT", "ONWARD_DATA", "DATABASE_URL", "ONWARD_TEST_SERVER", "PYTEST_ADDOPTS"}
PATIENCE = 420
LANES = 2


@dataclass(frozen=True)
class Fault:
    """`old` stands exactly once in `file`; with `new` instead `test` must fail. `env`: knobs of the test."""

    id: str
    promise: str
    says: str
    file: str
    old: str
    new: str
    test: str
    env: dict[str, str] = field(default_factory=dict)

    def planted(self, root: Path) -> str:
        """The file with the fault in it; ValueError when the text is not there exactly once."""
        path = root / self.file
        text = path.read_text() if path.is_file() else ""
        if (found := text.count(self.old)) != 1:
            raise ValueError(
                f"{self.id}: its text stands {found} times in {self.file}, not once: mend tools/faults.yaml"
            )
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Verdict:
    """`outcome`: red (as it must be), GREEN (nobody noticed), BROKEN (the test could not judge)."""

    outcome: str
    seconds: float
    first: str


def faults(words: Iterable[str] = ()) -> list[Fault]:
    """The list, or those of these ids and promises."""
    every = [Fault(**each) for each in yaml.safe_load(LIST.read_text())]
    wanted = set(words)
    if unknown := wanted - {each.id for each in every} - {each.promise for each in every}:
        raise ValueError(f"no fault or promise is called {', '.join(sorted(unknown))}")
    return [each for each in every if not wanted or {each.id, each.promise} & wanted]


class Copy:
    """A copy of the checkout in which tests import the copy's own code."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
        kept = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        kept.setdefault("ONWARD_REAL_DATA", str(ROOT.parent / "shared" / "data"))
        self.environment = kept | {"PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}", "COLUMNS": "200"}
        self._must_import_itself()

    def _must_import_itself(self) -> None:
        ask = "import onward.kernel.actor as one, tests.architecture.floors as two; print(one.__file__, two.__file__)"
        told = subprocess.run(
            [sys.executable, "-c", ask], cwd=self.root, env=self.environment, capture_output=True, text=True, check=True
        ).stdout.split()
        if not all(Path(each).is_relative_to(self.root) for each in told):
            raise RuntimeError(f"the copy imports {told}, not its own code")

    def judge(self, fault: Fault) -> Verdict:
        """Plant, run, take out again."""
        path = self.root / fault.file
        sound = path.read_text()
        self._write(path, fault.planted(self.root))
        try:
            return self.run([fault.test], fault.env)
        finally:
            self._write(path, sound)

    def run(self, tests: list[str], knobs: dict[str, str]) -> Verdict:
        """pytest over these tests: only its exit code 1 with a failed test is red."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        command += ["-p", "tests.seeded", "--hypothesis-profile=seeded", *tests]
        began = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=self.root, env=self.environment | knobs, capture_output=True, text=True, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired:
            return Verdict("BROKEN", time.monotonic() - began, f"no end after {PATIENCE} s")
        took = time.monotonic() - began
        failed = re.search(r"^FAILED (.+)$", done.stdout, re.MULTILINE)
        if done.returncode == 0:
            return Verdict("GREEN", took, "")
        if done.returncode == 1 and failed:
            return Verdict("red", took, failed[1])
        return Verdict("BROKEN", took, done.stdout[-3000:] + done.stderr[-1000:])

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        # Compiled code is told from its source by size and second, and two faults may share both.
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


def main(words: list[str] | None = None) -> int:
    """Print the table; 1 when a fault stayed green or a test could not judge."""
    parser = argparse.ArgumentParser(prog="./onward test --faults")
    parser.add_argument("only", nargs="*", help="ids of faults, or promises")
    parser.add_argument("--times", type=int, default=1, help="run each so many times")
    asked = parser.parse_args(words)
    try:
        chosen = faults(asked.only)
        for fault in chosen:
            fault.planted(ROOT)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="onward-faults-") as folder:
        # Servers that tests start under another user reach their files through it.
        Path(folder).chmod(0o711)
        copies: queue.Queue[Copy] = queue.Queue()
        for number in range(LANES):
            copies.put(Copy(Path(folder) / f"copy-{number}"))
        held = _sound(copies, chosen)
        print(f"{'fault':34} {'promise':8} {'result':7} {'s':>5}  first failing test, and why")
        lanes = ThreadPoolExecutor(LANES)
        runs = [(fault, lanes.submit(_in_some, copies, fault)) for fault in chosen for _ in range(asked.times)]
        try:
            for fault, run in runs:
                seen = run.result()
                held &= seen.outcome == "red"
                line = f"{fault.id:34} {fault.promise:8} {seen.outcome:7} {seen.seconds:5.0f}  {seen.first}"
                print(line, flush=True)
        finally:
            lanes.shutdown(cancel_futures=True)
    print(f"faults: {'each is seen' if held else 'FAILED'} ({len(runs)} runs, {time.monotonic() - began:.0f} s)")
    return 0 if held else 1


def _in_some(copies: queue.Queue[Copy], fault: Fault) -> Verdict:
    copy = copies.get()
    try:
        return copy.judge(fault)
    finally:
        copies.put(copy)


def _sound(copies: queue.Queue[Copy], chosen: list[Fault]) -> bool:
    """Whether the same tests are green without a fault; else their red would prove nothing."""
    knobs = {name: value for fault in chosen for name, value in fault.env.items()}
    copy = copies.get()
    verdict = copy.run(list(dict.fromkeys(fault.test for fault in chosen)), knobs)
    copies.put(copy)
    print(f"without a fault: {'green' if verdict.outcome == 'GREEN' else 'NOT GREEN ' + verdict.first}", flush=True)
    return verdict.outcome == "GREEN"


if __name__ == "__main__":
    sys.exit(main())
