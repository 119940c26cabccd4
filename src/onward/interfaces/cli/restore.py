"""`onward restore FILE`: a backup into an empty data folder (or, with DATABASE_URL, an empty database)."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tarfile
import tempfile
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from onward.foundation.postgres import dump
from onward.foundation.postgres.server import EmbeddedServer
from onward.interfaces.cli.answers import Answer
from onward.interfaces.cli.backup import FORMAT
from onward.interfaces.cli.installation import held
from onward.kernel.refusals import Refusal

KEPT = ("secrets", "files")


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("restore", help="fill an empty data folder from a backup")
    parser.add_argument("file", type=Path, metavar="FILE", help="what `onward backup` wrote")
    parser.set_defaults(run=restore)


def restore(arguments: argparse.Namespace) -> Answer:
    """Refusals: no such backup, or the target holds something. Nothing is left behind when it does not succeed."""
    data: Path = arguments.data
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onward-restore-")))
        manifest = _unpack(arguments.file, folder)
        stack.enter_context(held(data))
        if (data / "postgres" / "cluster").exists() or any((data / kept).exists() for kept in KEPT):
            raise _not_empty(f"The data folder {data}", "Choose a new one with --data DIR.")
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            server = EmbeddedServer(data / "postgres")
            stack.callback(server.stop)
            url = server.start()
        elif not dump.is_empty(url):
            raise _not_empty("The database that DATABASE_URL names", "Restore into an empty one.")
        try:
            # Where roles are an administrator's to make, the next `up` says which.
            dump.load(url, folder / "database.dump", rights=dump.make_roles(url, manifest["roles"]))
        except BaseException:
            stack.close()
            if not os.environ.get("DATABASE_URL"):
                shutil.rmtree(data / "postgres", ignore_errors=True)
            raise
        for kept in KEPT:
            if (folder / kept).is_dir():
                shutil.copytree(folder / kept, data / kept)
                (data / kept).chmod(0o700)
    document = {"data": str(data), "made_at": manifest["at"]}
    return Answer(document, f"The backup of {manifest['at']} is in {data}. Start it: ./onward up --data {data}")


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                _extract(tar, member, folder)
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError:
        raise Refusal("not_found", f"There is no backup {file}.") from None
    except (OSError, tarfile.TarError, ValueError) as error:
        raise Refusal("invalid", f"{file} is not a backup of Onward, or it is damaged ({error}).") from error
    if manifest.get("format") != FORMAT:
        raise Refusal("invalid", f"{file} was written by a newer Onward.", mend="Restore it with that version.")
    return manifest


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One file to where a backup has it and nowhere else. (Early 3.11s have no filter for `extractall`.)"""
    parts = PurePosixPath(member.name).parts
    known = member.name in {"manifest.json", "database.dump"} or parts[0] in KEPT
    if not member.isfile() or not known or ".." in parts:
        return
    target = folder.joinpath(*parts)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None
    with content, os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        shutil.copyfileobj(content, out)


def _not_empty(what: str, mend: str) -> Refusal:
    return Refusal("conflict", f"{what} already holds an installation; a restore never overwrites.", mend=mend)
