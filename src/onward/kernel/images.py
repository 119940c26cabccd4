"""Images that may be shown in a page: read to their measures, and whole from their first sign to their last."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

LARGEST_SIDE = 30_000
# Of a png, by its kind of color: bits a sample, samples a pixel; and the seven passes of an interlaced one, as
# (left, top, across, down).
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ROWS = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


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


def is_whole(content: bytes, found: Image) -> bool:
    """Whether a png or jpeg can be drawn, as far as its build tells: every part is there, in order and undamaged.

    A png's pixels are unpacked and counted; a jpeg's are compressed in a way that only drawing would read.
    """
    try:
        return _png_is_whole(content) if found.media_type == "image/png" else _jpeg_is_whole(content)
    except (struct.error, IndexError, zlib.error):
        return False


def _png_is_whole(content: bytes) -> bool:
    at, kinds, pixels = 8, [], []
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        if struct.unpack(">I", content[at + 8 + size : at + 12 + size])[0] != zlib.crc32(kind + data):
            return False
        kinds.append(kind)
        if kind == b"IDAT":
            pixels.append(data)
        at += 12 + size
    width, height, depth, color, packed, filtered, laced = struct.unpack(">IIBBBBB", content[16:29])
    if kinds[0] != b"IHDR" or kinds.count(b"IHDR") != 1 or kinds[-1] != b"IEND" or kinds.count(b"IEND") != 1:
        return False
    if depth not in _DEPTHS.get(color, ()) or packed or filtered or laced > 1 or (color == 3 and b"PLTE" not in kinds):
        return False
    rows = _ROWS if laced else ((0, 0, 1, 1),)
    wanted = 0
    for left, top, across, down in rows:
        wide, high = -(-(width - left) // across), -(-(height - top) // down)
        if wide > 0 and high > 0:
            wanted += high * (1 + -(-wide * depth * _SAMPLES[color] // 8))
    unpacked = zlib.decompressobj()
    return len(unpacked.decompress(b"".join(pixels), wanted + 1)) == wanted and unpacked.eof


def _jpeg_is_whole(content: bytes) -> bool:
    """Tables, one frame and at least one scan with something in it, up to the end mark."""
    at = 2
    seen: list[int] = []
    while True:
        if content[at] != 0xFF:
            return False
        mark = content[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == 0xD9:
            frames = [one for one in seen if 0xC0 <= one <= 0xCF and one not in {0xC4, 0xC8, 0xCC}]
            return len(frames) == 1 and frames[0] <= 0xC2 and {0xDB, 0xC4, 0xDA} <= set(seen)
        (size,) = struct.unpack(">H", content[at + 2 : at + 4])
        seen.append(mark)
        at += 2 + size
        if size < 2 or at >= len(content):
            return False
        if mark == 0xDA:
            begin = at
            while not (content[at] == 0xFF and content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7):
                at += 1
            if at == begin:
                return False
