"""Say whether an evidence pack is as it was made: python3 verify.py [FILE.zip]. Needs the standard library alone."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

FORMAT = "onward.evidence/1"
# The archive's comment: the digest of the manifest, then that of every byte before the comment.
SEAL = 128


class Altered(Exception):
    """The first thing that is not as it was made."""


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def seal_of(raw: bytes, manifest: bytes) -> bytes:
    return (sha(manifest) + sha(raw)).encode()


def verify(raw: bytes) -> list[str]:
    """What the archive proves, in lines; raises Altered with the first thing that does not hold."""
    body, seal = raw[:-SEAL], raw[-SEAL:]
    members = unpacked(raw)
    manifest = members.get("manifest.json", b"")
    if manifest and seal[:64] != sha(manifest).encode():
        raise Altered("manifest.json was altered")
    told = contents(members)
    if seal != seal_of(body, manifest):
        raise Altered("the archive around its members was altered")
    return told


def unpacked(raw: bytes) -> dict[str, bytes]:
    """The members in their order. The archive's own checksum is not asked: the manifest says more."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = archive.namelist()
            if len(set(names)) != len(names):
                raise Altered("a member is there twice")
            return {name: member(archive, name) for name in names}
    except Altered:
        raise
    except Exception as problem:
        raise Altered(f"the archive is cut short, or is none ({problem})") from None


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except Exception:
        raise Altered(name + " was altered") from None


def contents(members: dict[str, bytes]) -> list[str]:
    """The same for members that were unpacked."""
    if "manifest.json" not in members:
        raise Altered("manifest.json is missing")
    try:
        manifest = json.loads(members["manifest.json"])
        listed = [(one["name"], one["sha256"], one["bytes"]) for one in manifest["members"]]
        if manifest["format"] != FORMAT:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise Altered("manifest.json was altered") from None
    for name, digest, size in listed:
        if name not in members:
            raise Altered(name + " is missing")
        if len(members[name]) != size or sha(members[name]) != digest:
            raise Altered(name + " was altered")
    expected = [name for name, _, _ in listed] + ["manifest.json"]
    if strange := [name for name in members if name not in expected]:
        raise Altered(strange[0] + " was added")
    if list(members) != expected:
        raise Altered("the members stand in another order")
    try:
        return chained(members) + facts(members)
    except (ValueError, KeyError, TypeError):
        raise Altered("a member does not read as it should") from None


def chained(members: dict[str, bytes]) -> list[str]:
    """The versions in order, each with the answer that it got."""
    told, before, stands, number = [], "", "", 0
    for name in [name for name in members if name.startswith("versions/") and "answer" not in name]:
        version, number = json.loads(members[name]), number + 1
        if version["before"] != before or version["number"] != number:
            raise Altered(name + " does not follow on the version before it")
        told.append(f"version {number}, proposed by {version['by']['name']} on {version['at'][:10]}")
        raw = members.get(name.replace(".json", ".answer.json"))
        if raw is None:
            told[-1] += ", waits for an answer"
            before = "nothing follows a version that waits"
            continue
        answer: dict[str, Any] = json.loads(raw)
        if answer["version"] != sha(members[name]) or answer["number"] != number:
            raise Altered(name.replace(".json", ".answer.json") + " answers another version")
        before = sha(raw)
        by = f"{answer['by']['name']} <{answer['by']['mail']}>"
        told[-1] += f", {answer['answer']} by {by} on {answer['at'][:10]}"
        if answer["answer"] == "agreed":
            stands = f"version {number} stands; its fingerprint is {before}"
    return told + ([stands] if stands else ["nothing is agreed yet"])


def facts(members: dict[str, bytes]) -> list[str]:
    """The facts in order, and what those of the plan say of its versions."""
    before, number = "", 0
    for line in members.get("facts.jsonl", b"").splitlines():
        fact, number = json.loads(line), number + 1
        if fact["before"] != before:
            raise Altered(f"facts.jsonl, line {number}, does not follow on the line before it")
        before = sha(line)
        if fact["name"].startswith("journey.success_plan."):
            name = f"versions/{fact['data']['number']:04}.json"
            if sha(members.get(name, b"")) != fact["data"]["hash"]:
                raise Altered(f"facts.jsonl, line {number}, tells of another {name}")
            answer = fact["data"].get("answer")
            if answer and sha(members.get(name.replace(".json", ".answer.json"), b"")) != answer:
                raise Altered(f"facts.jsonl, line {number}, tells of another answer to {name}")
    return [f"{number} facts"]


def of_folder(folder: Path) -> list[str]:
    """The same for a pack that was unpacked: what the manifest lists has to be there, other files do not count."""
    listed = folder / "manifest.json"
    if not listed.is_file():
        raise Altered("manifest.json is missing")
    try:
        names = [str(one["name"]) for one in json.loads(listed.read_bytes())["members"]] + ["manifest.json"]
    except (ValueError, KeyError, TypeError):
        raise Altered("manifest.json was altered") from None
    return contents({name: (folder / name).read_bytes() for name in names if (folder / name).is_file()})


def main(arguments: list[str]) -> int:
    here = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        told = of_folder(here) if here.is_dir() else verify(here.read_bytes())
    except OSError as problem:
        print(f"Cannot read {here}: {problem}")
        return 2
    except Altered as altered:
        print(f"ALTERED: {altered}.")
        return 1
    print("OK: nothing was altered.")
    print("\n".join("  " + line for line in told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
