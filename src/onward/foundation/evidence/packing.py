"""Put members into an archive that `verify` can judge. Nothing is compressed, so that any tool can read it for ever."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from onward.foundation.evidence import verify

README = """This is an evidence pack of a success plan. It needs neither Onward nor a network to be checked:

    python3 verify.py                 in the folder that you unpacked, or
    python3 verify.py FILE.zip        on the archive itself; `onward evidence verify FILE.zip` does the same.

It says OK and what stands, or names the first thing that was altered.

versions/    each version of the plan as it was proposed, and the answer that the other side gave, by name and address.
             An answer names the SHA-256 of its version, and the next version that of the answer before it.
facts.jsonl  what was recorded of the plan and its objectives, a line each, with the SHA-256 of the line before.
files.json   the SHA-256 of each file that both sides share. The files themselves are not in here.
manifest.json  the SHA-256 of all members, in order. The archive ends with the SHA-256 of all bytes before it.

Who makes a whole pack anew can make one that fits in itself. What they cannot do is to make it fit the fingerprint of
the plan that Onward shows to both sides, and that verify.py prints: compare the two.
"""


def packed(members: Mapping[str, str]) -> bytes:
    """The archive of these members, in their order, with the means to verify it."""
    whole = {"README.txt": README, "verify.py": Path(verify.__file__).read_text(encoding="utf-8"), **members}
    content = {name: text.encode() for name, text in whole.items()}
    listed = [
        {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in content.items()
    ]
    content["manifest.json"] = json.dumps({"format": verify.FORMAT, "members": listed}, indent=1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name), data)
        # As long as the seal, which can only be known once all before it is written.
        archive.comment = b"-" * verify.SEAL
    raw = out.getvalue()[: -verify.SEAL]
    return raw + verify.seal_of(raw, content["manifest.json"])
