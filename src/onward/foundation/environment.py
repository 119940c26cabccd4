"""Settings from the environment; a bad value fails loudly. Secrets have no default: they are generated once, 0600."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path


def text(name: str, default: str) -> str:
    """The variable, or the file that NAME_FILE names, or the default."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """true/false, yes/no, 1/0; anything else is an error."""
    value = text(name, "").strip().lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return default if not value else value in {"1", "true", "yes", "on"}
    raise SystemExit(f"{name} is {value!r}: write true or false.")


def span(name: str, default: str) -> int:
    """A span of time such as 30m, 24h or 7d, in seconds; anything else is an error."""
    value = text(name, default).strip().lower()
    found = re.fullmatch(r"([1-9]\d{0,4})([mhd])", value)
    if found is None:
        raise SystemExit(f"{name} is {value!r}: write it as 30m, 24h or 7d.")
    return int(found[1]) * {"m": 60, "h": 3600, "d": 86400}[found[2]]


def secret(name: str, data_dir: Path | None) -> str:
    """The variable, or the installation's own secret in its data folder, made at first use."""
    given = text(name, "")
    if given:
        return given
    if data_dir is None:
        return secrets.token_urlsafe(48)
    file = data_dir / "secrets" / name.lower()
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = secrets.token_urlsafe(48)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_text(encoding="ascii")
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(made)
        return made
