"""`onward backup FILE`: everything in one file, from one moment, while it runs or not."""

from __future__ import annotations

import argparse
import json
import os
import tarfile
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from onward.foundation import clock
from onward.foundation.postgres import dump
from onward.interfaces.cli.answers import Answer
from onward.interfaces.cli.opened import opened
from onward.kernel.refusals import Refusal

FORMAT = 1


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("backup", help="write everything into one file")
    parser.add_argument("file", type=Path, metavar="FILE", help="made new; holds personal data and secrets (mode 0600)")
    parser.set_defaults(run=backup)


def backup(arguments: argparse.Namespace) -> Answer:
    """Write the file whole, or not at all. Refusals: the file exists, cannot be written, nothing to back up."""
    file: Path = arguments.file.absolute()
    if file.exists():
        raise Refusal("conflict", f"{file} exists already.", mend="A backup never overwrites: choose another name.")
    if not os.access(file.parent, os.W_OK):
        raise Refusal("invalid", f"{file.parent} cannot be written.", mend="Choose a folder that exists and is yours.")
    with opened(arguments.data) as url, tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        rows = Path(folder) / "database.dump"
        dump.dump(url, rows)
        manifest = {
            "format": FORMAT,
            "at": clock.now().isoformat(),
            "version": _version(),
            "roles": dump.roles_named(url),
        }
        (Path(folder) / "manifest.json").write_text(json.dumps(manifest))
        new = Path(folder) / "backup.tar"
        with (
            os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out,
            tarfile.open(fileobj=out, mode="w") as tar,
        ):
            tar.add(Path(folder) / "manifest.json", "manifest.json")
            tar.add(rows, "database.dump")
            for kept in ("secrets", "files"):
                if (arguments.data / kept).is_dir():
                    tar.add(arguments.data / kept, kept)
        new.rename(file)
    size = file.stat().st_size
    return Answer(
        {"file": str(file), "bytes": size}, f"Everything is in {file} ({size / 1e6:.1f} MB). Keep it private."
    )


def _version() -> str:
    try:
        return version("onward")
    except PackageNotFoundError:
        return "checkout"
