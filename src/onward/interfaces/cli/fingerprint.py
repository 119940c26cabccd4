"""Whether the tables are already as this version wants them, told without loading Django or asking the database."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import onward

PACKAGE = Path(onward.__file__).parent
PLAYBOOKS = PACKAGE.parents[1] / "playbooks"
FILE = "prepared"


def fingerprint() -> str:
    """Changes with any migration, with what is shipped beside them, and with Django itself."""
    summed = hashlib.sha256(version("django").encode())
    migrations = [*PACKAGE.glob("*/migrations/*.py"), *PACKAGE.glob("*/*/migrations/*.py")]
    shipped = [path for path in PLAYBOOKS.rglob("*") if path.is_file()]
    ours = [PACKAGE / "config" / name for name in ("prepare.py", "portal_rights.py")]
    for path in sorted([*migrations, *shipped, *ours]):
        summed.update(str(path.relative_to(PLAYBOOKS.parent)).encode() + path.read_bytes())
    return summed.hexdigest()


def is_prepared(data: Path) -> bool:
    """Whether this data folder's embedded database was prepared by exactly this version."""
    try:
        return (data / FILE).read_text() == fingerprint()
    except OSError:
        return False


def mark_prepared(data: Path) -> None:
    """Remember it, so that later starts are quick."""
    (data / FILE).write_text(fingerprint())
