"""docs/reference/asvs.md names every requirement once, and no test or setting that is not there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text(encoding="utf-8")
# ASVS 5.0.0, levels 1 and 2: how many requirements each section has.
SECTIONS = {
    "6.1": (1, 2, 3),
    "6.2": tuple(range(1, 13)),
    "6.3": (1, 2, 3, 4),
    "6.4": (1, 2, 3, 4),
    "6.5": (1, 2, 3, 4, 5),
    "6.6": (1, 2, 3),
    "6.8": (1, 2, 3, 4),
    "7.1": (1, 2, 3),
    "7.2": (1, 2, 3, 4),
    "7.3": (1, 2),
    "7.4": (1, 2, 3, 4, 5),
    "7.5": (1, 2),
    "7.6": (1, 2),
    "8.1": (1, 2),
    "8.2": (1, 2, 3),
    "8.3": (1,),
    "8.4": (1,),
}


def test_every_requirement_stands_in_the_page_once() -> None:
    rows = re.findall(r"^\| (\d\.\d\.\d+) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
    assert [number for number, _, _ in rows] == [f"{section}.{n}" for section, all_ in SECTIONS.items() for n in all_]
    assert all(len(how.strip()) >= 5 for _, _, how in rows)


def test_each_test_that_is_named_exists() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^def (test_\w+)\(", written, re.MULTILINE))
    assert sorted(set(re.findall(r"`(test_\w+)`", PAGE)) - there) == []


def test_each_setting_that_is_named_is_read() -> None:
    settings = (ROOT / "src" / "onward" / "config" / "settings.py").read_text(encoding="utf-8")
    for name, value in re.findall(r"^\| `(ONWARD_\w+)` \| (\w+) \|", PAGE, re.MULTILINE):
        assert f'span("{name}", "{value}")' in settings, name
