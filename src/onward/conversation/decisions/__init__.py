"""What follows: who is called in a text, how files are named, and what a content is."""

from onward.conversation.decisions.mentions import Called, called, plain
from onward.conversation.decisions.naming import clean_name
from onward.conversation.decisions.types import KEPT_DAYS, SHOWN, type_of
from onward.kernel.images import Image, image_of

__all__ = [
    "KEPT_DAYS",
    "SHOWN",
    "Called",
    "Image",
    "called",
    "clean_name",
    "image_of",
    "plain",
    "type_of",
]
