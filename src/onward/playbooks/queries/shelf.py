"""A folder of playbook files: the playbooks themselves and their translations, `modules/`, `texts/`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from onward.kernel.refusals import invalid
from onward.playbooks.decisions.translating import translates

LARGEST = 1_000_000


@dataclass(frozen=True)
class Shelf:
    """`playbooks` by file name, `modules` by module name, `texts` by the path that playbooks use; translations, which
    lie beside their playbook, are among them."""

    playbooks: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def beside(self) -> dict[str, str]:
        """What a playbook may use or follow: playbooks by their ids, modules by their names."""
        ids = {
            name: re.search(r"^playbook: *([a-z][a-z0-9_]*)", text, re.MULTILINE)
            for name, text in self.playbooks.items()
        }
        return {**{found[1]: self.playbooks[name] for name, found in ids.items() if found}, **self.modules}


def read_shelf(folder: Path) -> Shelf:
    """What lies in a folder; empty when there is no such folder. Refuses a file that is no text."""
    files = {path.name: read_text(path) for path in sorted(folder.glob("*.yaml"))}
    translations = {name: text for name, text in files.items() if translates(name)}
    playbooks = {name: text for name, text in files.items() if name not in translations}
    modules = {path.stem: read_text(path) for path in sorted((folder / "modules").glob("*.yaml"))}
    # A module may also lie beside its playbook.
    beside = {Path(name).stem: text for name, text in playbooks.items() if _is_module(text)}
    texts = {path.relative_to(folder).as_posix(): read_text(path) for path in sorted((folder / "texts").rglob("*.md"))}
    kept = {name: text for name, text in playbooks.items() if not _is_module(text)}
    return Shelf(kept, {**modules, **beside}, {**texts, **translations})


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
