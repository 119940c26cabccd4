"""Images that may be shown in a page: read to their measures, and whole from their first sign to their last."""

from __future__ import annotations

import struct
from dataclasses import dataclass

LARGEST_SIDE = 30_000


@dataclass(frozen=True, slots=True)
class Image:
    media_type: str
    width: int
    height: int


def image_of(content: bytes) -> Image | None:
    """The image that these bytes are: png, jpeg, gif or webp; None for everything else and for a broken one."""
    try:
        found = _png(content) or _gif(content) or _webp(content) or _jpeg(content)
    except (struct.error, IndexError):
        return None
    if found is None or not (0 < found.width <= LARGEST_SIDE and 0 < found.height <= LARGEST_SIDE):
        return None
    return found


def _png(content: bytes) -> Image | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR" or b"IEND" not in content[-12:]:
        return None
    return Image("image/png", *struct.unpack(">II", content[16:24]))


def _gif(content: bytes) -> Image | None:
    if content[:6] not in {b"GIF87a", b"GIF89a"} or not content.endswith(b";"):
        return None
    return Image("image/gif", *struct.unpack("<HH", content[6:10]))


def _webp(content: bytes) -> Image | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or struct.unpack("<I", content[4:8])[0] + 8 > len(content):
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return Image(
            "image/webp", int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
        )
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = struct.unpack("<I", content[21:25])[0]
        return Image("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return Image("image/webp", width & 0x3FFF, height & 0x3FFF)
    return None


def _jpeg(content: bytes) -> Image | None:
    if not content.startswith(b"\xff\xd8\xff") or b"\xff\xd9" not in content[-64:]:
        return None
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        mark = content[at + 1]
        if mark == 0xFF or 0xD0 <= mark <= 0xD8 or mark == 0x01:
            at += 1 if mark == 0xFF else 2
            continue
        if 0xC0 <= mark <= 0xCF and mark not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Image("image/jpeg", width, height)
        if mark in {0xD9, 0xDA}:
            return None
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None
