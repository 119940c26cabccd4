"""The organization's own color in the portal and in mails: it replaces `ours` there, kept readable. Pure; OKLCH as in
Björn Ottosson's definition.

The hue is kept. Lightness and chroma are clamped so that text in it reads on paper and text on it reads too (4.5 to 1,
both themes); a hue too near to the customer's own side is turned away, since the two sides must stay apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import atan2, cbrt, cos, degrees, hypot, radians, sin

THEIRS_HUE, APART = 353.0, 25.0
PAPER = ((0.993, 0.002, 200.0), (0.218, 0.020, 228.0))
ON_FILL = ((0.990, 0.003, 200.0), (0.190, 0.020, 228.0))

Oklch = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Accent:
    """`light` and `dark` are (lightness, chroma, hue); `was_turned` when its hue stood too near to theirs."""

    light: Oklch
    dark: Oklch
    was_turned: bool

    def css(self) -> str:
        """The two tokens that it replaces, for the pages that link this sheet."""
        hue = self.light[2]
        soft = f"light-dark(oklch(.932 .026 {hue:.1f}), oklch(.315 .045 {hue:.1f}))"
        own = f"light-dark({_spoken(self.light)}, {_spoken(self.dark)})"
        return f":root {{ --ours: {own}; --ours-soft: {soft}; }}\n"


def accent_of(color: str) -> Accent | None:
    """From "#rrggbb". None when it is not a color, is grey, or cannot be made readable: then ours stays."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        return None
    lightness, chroma, hue = oklch(color)
    if chroma < 0.02:
        return None
    turned = turn_away(hue)
    light = _inside((min(lightness, 0.46), min(chroma, 0.16), turned))
    dark = _inside((max(lightness, 0.78), min(chroma, 0.10), turned))
    for own, paper, fill in zip((light, dark), PAPER, ON_FILL, strict=True):
        if min(contrast(own, paper), contrast(own, fill)) < 4.5:
            return None
    return Accent(light, dark, turned != hue)


def turn_away(hue: float) -> float:
    """The hue, or the nearest one that is far enough from the customer's side."""
    gap = (hue - THEIRS_HUE + 180) % 360 - 180
    if abs(gap) >= APART:
        return hue
    return (THEIRS_HUE + (APART if gap >= 0 else -APART)) % 360


def contrast(one: Oklch, other: Oklch) -> float:
    """The WCAG 2 ratio."""
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def oklch(color: str) -> Oklch:
    """From "#rrggbb": lightness, chroma and hue in degrees."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, hypot(a, b), degrees(atan2(b, a)) % 360


def _rgb(color: Oklch) -> tuple[float, float, float]:
    lightness, chroma, hue = color
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _inside(color: Oklch) -> Oklch:
    """The same hue with as much chroma as a screen can show."""
    lightness, chroma, hue = color
    while chroma > 0 and not all(-0.001 <= part <= 1.001 for part in _rgb((lightness, chroma, hue))):
        chroma -= 0.005
    return lightness, max(chroma, 0.0), hue


def _luminance(color: Oklch) -> float:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in _rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def hexadecimal(color: Oklch) -> str:
    """As "#rrggbb", for mails: their programs know no OKLCH."""
    parts = (min(max(part, 0.0), 1.0) for part in _rgb(color))
    curved = (part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in parts)
    return "#" + "".join(f"{round(part * 255):02x}" for part in curved)


def _spoken(color: Oklch) -> str:
    return f"oklch({color[0]:.3f} {color[1]:.3f} {color[2]:.1f})"
