"""What we did not write is what we say it is: every vendored file has a licence and its checksum holds."""

import json
import re
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = [
    ROOT / "src/onward/interfaces/ui/static/vendor",
    ROOT / "src/onward/interfaces/ui/fonts",
    ROOT / "tests/browser/vendor",
]


def checksum(path: Path) -> str:
    return "sha384-" + b64encode(sha384(path.read_bytes()).digest()).decode()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_vendored_file_is_listed_with_version_license_and_checksum(folder: Path) -> None:
    listed: dict[str, str] = {}
    for item in json.loads((folder / "vendor.json").read_text()):
        assert item["name"]
        assert item["version"]
        assert item["license"]
        listed |= item["files"]
    found = {path.name: checksum(path) for path in folder.iterdir() if path.name != "vendor.json"}
    assert found == listed


def test_pages_use_only_icons_that_the_sprite_holds() -> None:
    sprite = (FOLDERS[0] / "lucide.svg").read_text()
    held = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used: set[str] = set()
    for path in (ROOT / "src/onward/interfaces").rglob("*.html"):
        text = path.read_text()
        used |= set(re.findall(r'icon\("([a-z0-9-]+)"', text)) | set(re.findall(r'icon_name="([a-z0-9-]+)"', text))
    assert used <= held


def test_no_page_carries_a_style_or_script_of_its_own() -> None:
    """The content security policy would block them; the page would break without a word."""
    for path in (ROOT / "src/onward/interfaces").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
