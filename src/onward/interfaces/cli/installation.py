"""The running installation, found by its data folder: a lock that is held, and a file that says where."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from onward.kernel.refusals import Refusal


@dataclass(frozen=True)
class Running:
    """What `up` tells the other commands. The URL holds a password: the file is 0600."""

    pid: int
    address: str
    database_url: str
    embedded: bool


def default_data_folder() -> Path:
    """The system's state folder as root, else the user's own."""
    if named := os.environ.get("ONWARD_DATA"):
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/onward")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "onward"


def make_folder(folder: Path) -> None:
    """Make the data folder, or refuse with what is wrong with it."""
    try:
        # As root the unprivileged database user passes through it to its own part, and sees nothing else.
        folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refusal(
            "unavailable",
            f"The data folder {folder} cannot be written ({error.strerror}).",
            mend="Choose another with --data DIR, or give this user the right to write there.",
        ) from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Own the data folder for as long as this process lives; refused while another does."""
    make_folder(folder)
    with open(folder / "lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read(folder)
            where = f" at {other.address} (process {other.pid})" if other else ""
            raise Refusal(
                "conflict",
                f"Onward already runs with the data folder {folder}{where}.",
                mend="Stop it there with Ctrl-C, or use another folder and port: --data DIR --port PORT.",
            ) from None
        (folder / "running.json").unlink(missing_ok=True)
        try:
            yield
        finally:
            (folder / "running.json").unlink(missing_ok=True)


def announce(folder: Path, running: Running) -> None:
    """Say where it runs, for the other commands."""
    new = folder / "running.json.new"
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
        json.dump(asdict(running), out)
    new.rename(folder / "running.json")


def find(folder: Path) -> Running | None:
    """What runs on the folder, or None. A file left by a killed process does not count: its lock is free."""
    try:
        with open(folder / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(folder)
    except PermissionError:
        raise Refusal(
            "forbidden", f"The data folder {folder} cannot be read.", mend="Run as the user who started Onward."
        ) from None
    except OSError:
        return None
    return None


def is_held(folder: Path) -> bool:
    """Whether somebody runs on the folder, or is about to."""
    try:
        with open(folder / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def still_starting(folder: Path) -> Refusal:
    """Something runs on the folder and cannot be asked yet."""
    return Refusal(
        "unavailable",
        f"Onward is still starting with the data folder {folder}.",
        mend="Wait until it has printed its address, then ask again.",
    )


def running(folder: Path) -> Running:
    """What runs on the folder; refused when nothing does."""
    found = find(folder)
    if found is None and is_held(folder):
        raise still_starting(folder)
    if found is None:
        raise Refusal(
            "unavailable",
            f"Onward is not running with the data folder {folder}.",
            mend="Start it with `./onward up`, or name its folder with --data DIR.",
        )
    return found


def _read(folder: Path) -> Running | None:
    with suppress(OSError, ValueError, TypeError):
        return Running(**json.loads((folder / "running.json").read_text()))
    return None
