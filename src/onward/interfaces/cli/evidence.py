"""`onward evidence verify FILE`: say whether an evidence pack is as it was made. Asks no installation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from onward.foundation.evidence import Altered, verify
from onward.interfaces.cli.answers import Answer
from onward.kernel.refusals import invalid


def register(subparsers: Any) -> None:
    """Add the command."""
    verbs = subparsers.add_parser("evidence", help="say whether an evidence pack was altered").add_subparsers()
    one = verbs.add_parser("verify", help="say OK, or name the first thing that was altered")
    one.add_argument("file", type=Path, metavar="FILE", help="the archive, as it was downloaded")
    one.set_defaults(run=run_verify)


def run_verify(arguments: argparse.Namespace) -> Answer:
    """Refused (exit 1) when anything was altered."""
    try:
        raw = arguments.file.read_bytes()
    except OSError as problem:
        raise invalid(
            f"{arguments.file} cannot be read: {problem.strerror}.", mend="Name the file that was downloaded."
        ) from None
    try:
        told = verify(raw)
    except Altered as altered:
        return Answer({"ok": False, "altered": str(altered)}, f"ALTERED: {altered}.", refused=True)
    return Answer({"ok": True, "proves": told}, "\n".join(["OK: nothing was altered.", *(f"  {one}" for one in told)]))
