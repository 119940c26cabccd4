"""What may stand beside the organization's name: a small PNG or JPEG, read to its measures."""

from __future__ import annotations

from onward.kernel.images import Image, image_of
from onward.kernel.refusals import invalid

LARGEST = 200_000
SIDES = (16, 2000)
STRETCHED = 8


def checked_logo(content: bytes) -> Image:
    """The image; a Refusal "invalid" that says what is wrong with it."""
    if len(content) > LARGEST:
        raise invalid(
            f"This picture has {len(content) // 1000} KB, and 200 are the most.",
            mend="Save it smaller: it is drawn 28 pixels high.",
            field="logo",
        )
    found = image_of(content)
    if found is None or found.media_type not in {"image/png", "image/jpeg"}:
        raise invalid("This is no PNG and no JPEG picture.", mend="Save it as one of these.", field="logo")
    least, most = SIDES
    if not (least <= found.width <= most and least <= found.height <= most):
        raise invalid(
            f"This picture is {found.width} by {found.height} pixels.",
            mend=f"Between {least} and {most} each way.",
            field="logo",
        )
    if max(found.width, found.height) > STRETCHED * min(found.width, found.height):
        raise invalid("This picture is too long for its height.", mend="At most eight times as long.", field="logo")
    return found
