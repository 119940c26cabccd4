"""`./onward check` and `./onward test`: everything that must hold, in the order in which it is quickest to fail.

test [--long] [pytest's own words]     --long adds the long forms, the seeded faults, and the suite on a PostgreSQL 15
                                       where one is
test --faults [ids or promises]        each promise's test turns red on a seeded fault (tools/faults.py)
check [--fix]                          --fix formats and mends what can be mended
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.prefix) / "bin"
POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")
CODE = ["src", "tests", "tools", "bench", "onward"]
TEMPLATES = "src/onward/interfaces"
# Two workers, a file each: every worker has a PostgreSQL of its own, and two cores are what we count on.
SIDE_BY_SIDE = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def main() -> int:
    """Run what was asked for; 0 when all of it holds."""
    command, words = sys.argv[1], sys.argv[2:]
    os.chdir(ROOT)
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    _caches()
    if command == "check":
        return check(fix="--fix" in words)
    if "--faults" in words:
        return faults([word for word in words if word != "--faults"])
    return test([word for word in words if word != "--long"], long="--long" in words)


def check(*, fix: bool = False) -> int:
    """Formatting, lint, types, templates, the import contract. All are run, so that one run names everything."""
    code = [part for part in CODE if (ROOT / part).exists()]
    steps = {
        "format": ["ruff", "format", *([] if fix else ["--check"]), *code],
        "lint": ["ruff", "check", *(["--fix"] if fix else []), *code],
        "imports": ["lint-imports", "--no-cache"],
        "types": ["mypy"],
        "templates": ["djlint", "--profile=jinja", "--lint", "--quiet", TEMPLATES],
    }
    failed = [name for name, command in steps.items() if not _step(name, command)]
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'all holds'}", flush=True)
    return 1 if failed else 0


def test(words: list[str], *, long: bool) -> int:
    """check, then pytest; ends with pytest's own summary line."""
    checked = 0 if words else check()
    missing = _browser()
    suite = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *(words or SIDE_BY_SIDE)]
    older = unseen = 0
    if long and not words:
        print("── seeded faults", flush=True)
        unseen = faults([])
    if long and POSTGRES_15.exists():
        print("── the suite on PostgreSQL 15", flush=True)
        older = subprocess.run(suite, env=os.environ | {"ONWARD_PG_BIN": str(POSTGRES_15)}).returncode
        print("── the suite on the bundled PostgreSQL, long forms", flush=True)
    said = [missing, "check FAILED: what it says is above" if checked else ""]
    said += ["the suite on PostgreSQL 15 FAILED: what it says is above"] if older else []
    said += ["a seeded fault was NOT SEEN: the table is above"] if unseen else []
    # pytest repeats it at its end, where it is seen.
    told = os.environ | {"ONWARD_TEST_SAID": "\n".join(filter(None, said))}
    return subprocess.run([*suite, *(["--long"] if long else [])], env=told).returncode or older or unseen or checked


def faults(words: list[str]) -> int:
    """The seeded faults, in copies of the checkout."""
    return subprocess.run([sys.executable, str(ROOT / "tools" / "faults.py"), *words]).returncode


def _step(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    held = done.returncode == 0
    print(f"── {name}: {'holds' if held else 'FAILED'} ({time.monotonic() - began:.1f} s)", flush=True)
    if not held:
        print(done.stdout, done.stderr, sep="", flush=True)
    return held


def _browser() -> str:
    """Install Debian's browser when we may; what to say when there is none."""
    names = ("chromium", "chromium-browser")
    if os.environ.get("ONWARD_CHROMIUM") or any(map(shutil.which, names)):
        return ""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("── installing chromium for the browser tests", flush=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
        if any(map(shutil.which, names)):
            return ""
    return "── BROWSER TESTS ARE NOT RUN: chromium is not installed (apt-get install chromium)"


def _caches() -> None:
    """A checkout that cannot be written keeps the tools' caches elsewhere."""
    if os.access(ROOT, os.W_OK):
        return
    home = Path(tempfile.gettempdir()) / f"onward-caches-{os.geteuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    for name in ("RUFF_CACHE_DIR", "MYPY_CACHE_DIR", "HYPOTHESIS_STORAGE_DIRECTORY"):
        os.environ[name] = str(home / name.lower())


if __name__ == "__main__":
    sys.exit(main())
