"""A folder of playbook files: the playbooks themselves, `modules/`, `texts/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from onward.kernel.refusals import invalid

LARGEST = 1_000_000


@dataclass(frozen=True)
class Shelf:
    """`playbooks` by file name, `modules` by module name, `texts` by the path that playbooks use."""

    playbooks: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def read_shelf(folder: Path) -> Shelf:
    """What lies in a folder; empty when there is no such folder. Refuses a file that is no text."""
    playbooks = {path.name: read_text(path) for path in sorted(folder.glob("*.yaml"))}
    modules = {path.stem: read_text(path) for path in sorted((folder / "modules").glob("*.yaml"))}
    # A module may also lie beside its playbook.
    beside = {Path(name).stem: text for name, text in playbooks.items() if _is_module(text)}
    texts = {path.relative_to(folder).as_posix(): read_text(path) for path in sorted((folder / "texts").rglob("*.md"))}
    kept = {name: text for name, text in playbooks.items() if not _is_module(text)}
    return Shelf(kept, {**modules, **beside}, texts)


def _is_module(text: str) -> bool:
    return any(line.startswith("module:") for line in text.splitlines())


def read_text(path: Path) -> str:
    """A file as text. Refuses one that is too large or no UTF-8."""
    if path.stat().st_size > LARGEST:
        raise invalid(f"{path.name} is larger than a playbook can be.", mend="Split it into modules.")
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise invalid(f"{path.name} is no UTF-8 text.", mend="Save it as UTF-8.") from None
