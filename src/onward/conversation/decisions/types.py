"""What a file is: its ending must be one that we know, and its content what the ending says."""

from __future__ import annotations

from onward.conversation.decisions.naming import ending_of
from onward.kernel.images import image_of
from onward.kernel.refusals import Refusal, invalid

KEPT_DAYS = 30
# The only types that a page may show; all others are handed over to be saved.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_OFFICE = "application/vnd.openxmlformats-officedocument."
#: ending: (media type, what the content must be)
KNOWN: dict[str, tuple[str, str]] = {
    "pdf": ("application/pdf", "pdf"),
    "png": ("image/png", "image"),
    "jpg": ("image/jpeg", "image"),
    "jpeg": ("image/jpeg", "image"),
    "gif": ("image/gif", "image"),
    "webp": ("image/webp", "image"),
    "heic": ("image/heic", "media"),
    "tif": ("image/tiff", "tiff"),
    "tiff": ("image/tiff", "tiff"),
    "docx": (f"{_OFFICE}wordprocessingml.document", "office"),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", "office"),
    "pptx": (f"{_OFFICE}presentationml.presentation", "office"),
    "odt": ("application/vnd.oasis.opendocument.text", "zip"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "zip"),
    "odp": ("application/vnd.oasis.opendocument.presentation", "zip"),
    "doc": ("application/msword", "ole"),
    "xls": ("application/vnd.ms-excel", "ole"),
    "ppt": ("application/vnd.ms-powerpoint", "ole"),
    "msg": ("application/vnd.ms-outlook", "ole"),
    "zip": ("application/zip", "zip"),
    "gz": ("application/gzip", "gzip"),
    "7z": ("application/x-7z-compressed", "7z"),
    "parquet": ("application/vnd.apache.parquet", "parquet"),
    "mp4": ("video/mp4", "media"),
    "mov": ("video/quicktime", "media"),
    "m4a": ("audio/mp4", "media"),
    "mp3": ("audio/mpeg", "mp3"),
    "wav": ("audio/wav", "wav"),
    "webm": ("video/webm", "webm"),
    "rtf": ("application/rtf", "rtf"),
    **dict.fromkeys(
        ("txt", "md", "log", "yaml", "yml", "sql", "xml", "svg", "html", "htm", "pem", "crt", "cer"),
        ("text/plain", "text"),
    ),
    "csv": ("text/csv", "text"),
    "tsv": ("text/tab-separated-values", "text"),
    "json": ("application/json", "text"),
    "jsonl": ("application/x-ndjson", "text"),
    "ics": ("text/calendar", "text"),
    "vcf": ("text/vcard", "text"),
    "eml": ("message/rfc822", "text"),
}
_BEGINS = {
    "ole": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "gzip": (b"\x1f\x8b",),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "parquet": (b"PAR1",),
    "tiff": (b"II*\x00", b"MM\x00*"),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "webm": (b"\x1a\x45\xdf\xa3",),
    "rtf": (b"{\\rtf",),
}
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def type_of(name: str, content: bytes, *, limit: int) -> str:
    """The media type to store. Refusal "invalid" for what is empty, too large, a program, unknown, or in disguise."""
    if not content:
        raise invalid(f"{name} is empty.", mend="Look whether it was saved, then add it again.", field="file")
    if len(content) > limit:
        raise too_large(name, limit)
    ending = ending_of(name)
    if ending not in KNOWN:
        raise invalid(
            f"Files that end in .{ending} are not taken.", mend="Put it in a .zip, or add a link to it.", field="file"
        )
    if content.startswith(_PROGRAMS) and not _is_text(content):
        raise invalid(f"{name} is a program.", mend="Add a link to where it is offered.", field="file")
    media_type, wanted = KNOWN[ending]
    if not _is(wanted, media_type, content):
        raise invalid(
            f"{name} is not what its ending says.",
            mend=f"Save it as a real .{ending}, then add it again.",
            field="file",
        )
    return media_type


def too_large(name: str, limit: int) -> Refusal:
    """The refusal for a file over the limit."""
    return invalid(
        f"{name} is larger than {limit // 1_000_000} MB.", mend="Make it smaller, or add a link to it.", field="file"
    )


def _is(wanted: str, media_type: str, content: bytes) -> bool:
    if wanted == "image":
        image = image_of(content)
        return image is not None and image.media_type == media_type
    if wanted == "text":
        return _is_text(content)
    if wanted == "office":
        return content.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in content
    if wanted == "pdf":
        return b"%PDF-" in content[:1024]
    if wanted == "media":
        return content[4:8] == b"ftyp"
    if wanted == "wav":
        return content[:4] == b"RIFF" and content[8:12] == b"WAVE"
    return content.startswith(_BEGINS[wanted])


def _is_text(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content.decode("utf-16")
        except UnicodeDecodeError:
            return False
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Spreadsheets still write the old Western code page.
        if any(byte in content for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)):
            return False
    return not any(byte in content for byte in (*range(9), 0x0E, 0x0F, *range(0x10, 0x1B), 0x7F))
