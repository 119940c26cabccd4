"""Documents as PDF: A4, the organization's name, logo and color, page numbers, the fonts in the file itself.

What people wrote is drawn as text and never read as markup. Letters go to the font that has them; Chinese, Japanese
and Korean ones to those that every reader of PDFs has.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Container, Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from onward.interfaces.ui.document import Letterhead, Line, Section

FONTS = Path(__file__).parent / "fonts"
TEXT, STRONG = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"
HAN, KANA, HANGUL = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
INK, SECOND, RULE, OURS = "#15222b", "#47545c", "#d7dee1", "#10586a"
PROOF, WARN = "#1a6b45", "#8a5a00"
#: A mark before a row: its shape, its color, whether it is filled.
MARKS = {
    "met": ("square", PROOF, True), "waived": ("square", SECOND, False), "not_met": ("square", "#b3261e", False),
    "reached": ("diamond", PROOF, True), "milestone": ("diamond", SECOND, False), "us": ("half", OURS, True),
    "": ("none", SECOND, False), "link": ("none", SECOND, False),
}  # fmt: skip
MARGIN, SIDE = 22 * mm, 20 * mm
WIDTH = A4[0] - 2 * SIDE
UNSURE = (
    "Some letters here may not show as they should in every reader of PDFs. The page of this review shows them all."
)


def pdf(head: Letterhead, title: str, lede: str, sections: Iterable[Section]) -> bytes:
    """The document; where a letter may not show in every reader of PDFs, it says so at its end."""
    _register()
    color = HexColor(head.accent or OURS)
    story: list[Any] = [_said(lede, _style(14, 19, STRONG)), Spacer(0, 6 * mm)]
    drawn = [lede, head.name, title]
    for section in sections:
        story += _section(section, color)
        drawn += [section.title, *(text for one in section.lines for text in (one.title, one.small, one.at))]
    if any(_is_unsure(text) for text in drawn):
        story.append(_said(UNSURE, _style(8, 11, color=SECOND)))
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title=title, author=head.name, lang="en")
    frame = Frame(SIDE, MARGIN, WIDTH, A4[1] - 2 * MARGIN - 12 * mm, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame]))

    def pages(*args: Any, **kwargs: Any) -> Canvas:
        return _Numbered(head, title, color, *args, **kwargs)

    document.build(story, canvasmaker=pages)
    return out.getvalue()


def _section(section: Section, color: HexColor) -> list[Any]:
    heading = Table(
        [
            [
                _said(section.title, _style(11, 15, STRONG)),
                _said(section.aside, _style(8.5, 15, color=SECOND, right=True)),
            ]
        ],
        colWidths=[WIDTH * 0.7, WIDTH * 0.3],
        style=TableStyle([*_TIGHT, ("LINEBELOW", (0, 0), (-1, 0), 0.8, color)]),
    )
    rows = [_row(one, "" if section.is_said else one.mark) for one in section.lines] or [
        _said(section.empty, _style(9, 16, color=SECOND))
    ]
    # A heading never stands alone at the foot of a page.
    return [KeepTogether([heading, rows[0]]), *rows[1:], Spacer(0, 6 * mm)]


def _row(one: Line, mark: str) -> Table:
    at_words = one.at or one.href
    words: list[Any] = [_said(one.title, _style(9.5, 13, STRONG))] if one.title else []
    words += [_said(part, _style(9, 12.5, color=SECOND)) for part in one.small.splitlines() if part.strip()]
    color = {"proof": PROOF, "warn": WARN}.get(one.tone, INK)
    at = _said(at_words, _style(9, 13, color=color, right=True))
    style = [*_TIGHT, ("LINEBELOW", (0, 0), (-1, 0), 0.4, HexColor(RULE))]
    # Long words of a review may fill pages: then the row breaks between its paragraphs.
    return Table(
        [[_Mark(mark), words or "", at]],
        colWidths=[6 * mm, WIDTH * 0.68, WIDTH * 0.32 - 6 * mm],
        style=TableStyle(style),
        splitInRow=1,
    )


_TIGHT = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4), ("VALIGN", (0, 0), (-1, -1), "TOP"),
]  # fmt: skip


class _Mark(Flowable):  # type: ignore[misc]
    """The mark before a row: its shape says it, the color only echoes."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.width = self.height = 3 * mm
        self.shape, self.color, self.is_filled = MARKS.get(kind, ("square", SECOND, False))

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        pen, side = self.canv, 2.6 * mm
        pen.setStrokeColor(HexColor(self.color))
        pen.setFillColor(HexColor(self.color))
        pen.setLineWidth(0.8)
        path = pen.beginPath()
        if self.shape == "square":
            path.rect(0, 0, side, side)
        elif self.shape == "diamond":
            path.moveTo(side / 2, -0.3 * mm)
            for x, y in ((side + 0.3 * mm, side / 2), (side / 2, side + 0.3 * mm), (-0.3 * mm, side / 2)):
                path.lineTo(x, y)
            path.close()
        elif self.shape == "half":
            path.moveTo(side, 0)
            path.arcTo(side / 2, 0, side * 1.5, side, 270, -180)
            path.close()
        pen.drawPath(path, fill=int(self.is_filled), stroke=1)
        if self.is_filled and self.shape == "square":
            pen.setStrokeColor(HexColor("#ffffff"))
            pen.lines([(0.6 * mm, 1.3 * mm, 1.1 * mm, 0.8 * mm), (1.1 * mm, 0.8 * mm, 2.1 * mm, 1.9 * mm)])


class _Numbered(Canvas):  # type: ignore[misc]
    """Draws head and foot once it is known how many pages there are."""

    def __init__(self, head: Letterhead, title: str, color: HexColor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.head, self.heading, self.color, self.held = head, title, color, list[dict[str, Any]]()

    def showPage(self) -> None:
        self.held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self.held, 1):
            self.__dict__.update(page)
            self._frame(f"{number} of {len(self.held)}")
            super().showPage()
        super().save()

    def _frame(self, number: str) -> None:
        top, right = A4[1] - MARGIN, A4[0] - SIDE
        at = SIDE + self._logo(top)
        self._words(_said(self.head.name, _style(10, 13, STRONG)), at, top)
        self._words(
            _said(self.heading, _style(8.5, 12, color=SECOND, right=True)), SIDE + WIDTH * 0.4, top, WIDTH * 0.6
        )
        self.setStrokeColor(self.color)
        self.setLineWidth(2)
        self.line(SIDE, top - 3 * mm, right, top - 3 * mm)
        self.setFont(TEXT, 8)
        self.setFillColor(HexColor(SECOND))
        self.drawRightString(right, 12 * mm, number)

    def _words(self, words: Paragraph, x: float, y: float, width: float = WIDTH * 0.4) -> None:
        words.wrap(width, 20 * mm)
        words.drawOn(self, x, y)

    def _logo(self, top: float) -> float:
        """The room that it takes; none for a picture that cannot be read."""
        if not self.head.logo:
            return 0
        try:
            picture = ImageReader(io.BytesIO(self.head.logo))
            width, height = picture.getSize()
            wide = min(45 * mm, 8 * mm * width / height)
            self.drawImage(picture, SIDE, top - 1 * mm, wide, wide * height / width, mask="auto")
        except (OSError, ValueError):
            return 0
        return float(wide + 3 * mm)


def _said(text: str, style: ParagraphStyle) -> Paragraph:
    """Words as they were written: of markup nothing, each letter in a font that has it."""
    runs = ((font, "".join(run)) for font, run in groupby(text, lambda letter: _font(letter, style.fontName)))
    return Paragraph("".join(f'<font name="{font}">{escape(run)}</font>' for font, run in runs), style)


def _style(size: float, leading: float, font: str = TEXT, *, color: str = INK, right: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        "words", fontName=font, fontSize=size, leading=leading, textColor=HexColor(color), splitLongWords=1,
        alignment=TA_RIGHT if right else TA_LEFT,
    )  # fmt: skip


def _font(letter: str, wanted: str) -> str:
    if ord(letter) in _covered(wanted) or ord(letter) < 0x2E80:
        return wanted
    kind = unicodedata.name(letter, "").partition(" ")[0]
    return {"HANGUL": HANGUL, "HIRAGANA": KANA, "KATAKANA": KANA, "CJK": HAN}.get(kind, wanted)


def _is_unsure(text: str) -> bool:
    """Whether a letter has no font in the file, or its script runs from right to left, which is not set here."""
    return any(
        unicodedata.bidirectional(letter) in {"R", "AL"} or (letter.isprintable() and ord(letter) not in _covered(TEXT))
        for letter in text
    )


def _covered(font: str) -> Container[int]:
    return pdfmetrics.getFont(font).face.charToGlyph  # type: ignore[no-any-return]


@cache
def _register() -> None:
    for font in (TEXT, STRONG):
        pdfmetrics.registerFont(TTFont(font, FONTS / f"{font}.ttf"))
    for font in (HAN, KANA, HANGUL):
        pdfmetrics.registerFont(UnicodeCIDFont(font))
