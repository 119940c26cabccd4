"""An evidence pack verifies by itself, and whatever is altered in it is named."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import time_machine

from onward.conversation.actions import add_file
from onward.foundation.evidence import Altered, packed, verify
from onward.interfaces.cli.main import main
from onward.interfaces.ui.evidence import evidence_pack
from onward.journeys import actions as journeys
from onward.journeys.queries.success import success_plan
from onward.kernel.refusals import Refusal
from tests.journeys.test_journey import won
from tests.journeys.test_success_plan import propose, wanted
from tests.world import SIGNED, cast


@pytest.fixture
def pack(db: None) -> Iterator[bytes]:
    """A version that was refused, one that was agreed, and a third that waits."""
    with time_machine.travel(SIGNED, tick=False):
        world = cast()
        journey = won(world)
        with pytest.raises(Refusal, match="no version"):
            evidence_pack(world.mara, journey)
        propose(world, journey, wanted(world))
        journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=False, words="Ninety.")
        propose(world, journey, wanted(world, target=90.0))
        journeys.answer_plan(actor=world.dana, journey_id=journey, number=2, agreed=True)
        ref = success_plan(world.mara, journey).objectives[0].ref
        propose(world, journey, wanted(world, ref=ref, target=95.0))
        for name, channel in (("yields.txt", "shared"), ("ours.txt", "internal")):
            add_file(actor=world.mara, journey_id=journey, channel=channel, name=name, content=b"86 %")
        raw = evidence_pack(world.mara, journey).content
        with pytest.raises(Refusal, match="no journey"):
            evidence_pack(world.eve, journey)
        assert raw == evidence_pack(world.dana, journey).content, "both sides hold the same"
        yield raw


def members(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def made(content: dict[str, bytes]) -> bytes:
    """The archive made anew by somebody who can make one: its manifest and seal fit."""
    kept = {
        name: data.decode()
        for name, data in content.items()
        if name not in {"README.txt", "verify.py", "manifest.json"}
    }
    return packed(kept)


def test_a_pack_says_what_was_agreed_wherever_it_is_read(
    pack: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = verify(pack)
    assert told[1] == "version 2, proposed by Mara on 2026-03-02, agreed by Dana <dana@customer.example> on 2026-03-02"
    assert told[2] == "version 3, proposed by Mara on 2026-03-02, waits for an answer"
    assert told[3].startswith("version 2 stands; its fingerprint is ")
    (shared,) = json.loads(members(pack)["files.json"])
    assert (shared["name"], shared["sha256"]) == ("yields.txt", hashlib.sha256(b"86 %").hexdigest())
    file, folder = tmp_path / "pack.zip", tmp_path / "unpacked"
    file.write_bytes(pack)
    assert main(["evidence", "verify", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "proves": told}
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    alone = [sys.executable, "-I", "-S", "verify.py"]
    assert subprocess.run(alone, cwd=folder, capture_output=True, check=False).stdout.startswith(b"OK")
    (folder / "versions/0002.json").write_bytes((folder / "versions/0002.json").read_bytes().replace(b"90", b"19"))
    run = subprocess.run(alone, cwd=folder, capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (1, b"ALTERED: versions/0002.json was altered.\n")
    file.write_bytes(pack[:-1])
    assert main(["evidence", "verify", str(file)]) == 1
    assert "ALTERED: " in capsys.readouterr().out
    assert main(["evidence", "verify", str(tmp_path / "none.zip")]) == 1


def test_every_altered_byte_is_noticed_and_its_member_is_named(pack: bytes) -> None:
    pick = random.Random(63)
    for name, data in members(pack).items():
        at = pack.index(name.encode() + data) + len(name)
        for place in pick.sample(range(len(data)), min(len(data), 40)):
            altered = bytearray(pack)
            altered[at + place] ^= pick.randrange(1, 256)
            with pytest.raises(Altered, match=f"^{name} was altered$"):
                verify(bytes(altered))
    for place in pick.sample(range(len(pack)), 400):
        altered = bytearray(pack)
        altered[place] ^= 1 << pick.randrange(8)
        with pytest.raises(Altered):
            verify(bytes(altered))
    for length in [0, 1, len(pack) - 1, *pick.sample(range(len(pack)), 40)]:
        with pytest.raises(Altered):
            verify(pack[:length])
    with pytest.raises(Altered):
        verify(pack + b"\n")


def _swap(content: dict[str, bytes]) -> None:
    one, two = "versions/0001.json", "versions/0002.json"
    content[one], content[two] = content[two], content[one]


def _lines(content: dict[str, bytes]) -> None:
    lines = content["facts.jsonl"].splitlines(keepends=True)
    content["facts.jsonl"] = b"".join([lines[1], lines[0], *lines[2:]])


def _drop(content: dict[str, bytes]) -> None:
    del content["versions/0001.json"], content["versions/0001.answer.json"]


def _soften(content: dict[str, bytes]) -> None:
    content["versions/0002.json"] = content["versions/0002.json"].replace(b'"target":90.0', b'"target":50.0')


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_swap, "versions/0001.json does not follow"),
        (_drop, "versions/0002.json does not follow"),
        (_soften, "versions/0002.answer.json answers another version"),
        (_lines, "facts.jsonl, line 1, does not follow"),
    ],
)
def test_one_who_seals_it_anew_breaks_the_chain_inside(pack: bytes, spoil: object, says: str) -> None:
    content = members(pack)
    assert made(content) == pack
    spoil(content)  # type: ignore[operator]
    with pytest.raises(Altered, match=says):
        verify(made(content))


def rezipped(content: Iterable[tuple[str, bytes]], comment: bytes) -> bytes:
    """An archive whose own checksums fit, with the seal of another."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content:
            archive.writestr(name, data)
        archive.comment = comment
    return out.getvalue()


def test_another_order_or_another_content_with_checksums_of_its_own_is_noticed(pack: bytes) -> None:
    content = members(pack)
    with pytest.raises(Altered, match="another order"):
        verify(rezipped(reversed(content.items()), pack[-128:]))
    _soften(content)
    with pytest.raises(Altered, match=r"^versions/0002\.json was altered$"):
        verify(rezipped(content.items(), pack[-128:]))
