"""Pictures that stand beside a name: small PNG or JPEG files, read to their measures."""

from __future__ import annotations

from dataclasses import dataclass

from onward.kernel.images import Image, image_of, is_whole
from onward.kernel.refusals import invalid


@dataclass(frozen=True, slots=True)
class Wanted:
    """`largest` in bytes; `sides`: the least and most pixels each way; `stretched`: how many times as long as high."""

    field: str
    largest: int
    sides: tuple[int, int]
    stretched: int
    drawn: str


LOGO = Wanted("logo", 200_000, (16, 2000), 8, "it is drawn 28 pixels high")
PHOTO = Wanted("photo", 60_000, (40, 1000), 2, "it is drawn 40 pixels high")


def checked(content: bytes, wanted: Wanted) -> Image:
    """The image; a Refusal "invalid" that says what is wrong with it."""
    field = wanted.field
    if len(content) > wanted.largest:
        raise invalid(
            f"This picture has {len(content) // 1000} KB, and {wanted.largest // 1000} are the most.",
            mend=f"Save it smaller: {wanted.drawn}.",
            field=field,
        )
    found = image_of(content)
    if found is None or found.media_type not in {"image/png", "image/jpeg"}:
        raise invalid("This is no PNG and no JPEG picture.", mend="Save it as one of these.", field=field)
    least, most = wanted.sides
    if not (least <= found.width <= most and least <= found.height <= most):
        raise invalid(
            f"This picture is {found.width} by {found.height} pixels.",
            mend=f"Between {least} and {most} each way.",
            field=field,
        )
    if max(found.width, found.height) > wanted.stretched * min(found.width, found.height):
        much = {2: "twice", 8: "eight times"}[wanted.stretched]
        raise invalid("This picture is too long for its height.", mend=f"At most {much} as long.", field=field)
    if not is_whole(content, found):
        raise invalid(
            "This picture is damaged and cannot be drawn.", mend="Open it, save it anew, then choose it.", field=field
        )
    if wanted is PHOTO and (b"Exif\0\0" in content or b"eXIf" in content):
        raise invalid(
            "This picture still tells where and when it was taken.",
            mend="Choose it on this page with JavaScript on: it is cut and cleaned before it is sent.",
            field=field,
        )
    return found
