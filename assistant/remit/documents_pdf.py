"""A letter's blocks as a PDF, the same bytes each time.

The font is Bitstream Vera, which comes with reportlab and is embedded: it has the letters of Spanish and of most
European names. A letter with a mark it lacks is written without the mark (ő as o); one it lacks wholly is refused.
"""

import io
import unicodedata
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Said
from reportlab.platypus import Table as Grid

from assistant.errors import InputError
from assistant.remit.documents import BLANK, Block, Facts, Heading, Items, Lines, Paragraph, Rules, Table
from assistant.remit.words import load_words

_REGULAR, _BOLD, _ITALIC = "Vera", "VeraBd", "VeraIt"
_LANGUAGES = {"en": "en-US", "es": "es-US"}
_WIDTH = LETTER[0] - 2 * inch
_EDGE = 0.75 * inch
"""Above and below the text."""
_FIRST_SHARE = 0.68
"""Of the room two columns of words have."""
_GREY = colors.Color(0.5, 0.5, 0.5)


def draw(blocks: tuple[Block, ...], sources: tuple[Block, ...], language: str, title: str) -> bytes:
    """The PDF: the letter with its pages numbered, then `sources` on pages of their own, outside that numbering.

    Raises InputError when a name has a character the font cannot write.
    """
    pages = _Pages()
    _build(blocks, sources, language, title, pages, total=0)
    return _build(blocks, sources, language, title, _Pages(), total=pages.count)


class _Pages:
    """Counts the pages of the letter itself."""

    def __init__(self) -> None:
        self.count = 0


def _build(
    blocks: tuple[Block, ...], sources: tuple[Block, ...], language: str, title: str, pages: _Pages, total: int
) -> bytes:
    words, out = load_words(language), io.BytesIO()

    def number(canvas: Any, _document: Any) -> None:
        pages.count += 1
        if total > 1:
            _foot(canvas, words.say("letter", "page", page=str(pages.count), pages=str(total)))

    def aside(canvas: Any, _document: Any) -> None:
        _foot(canvas, words.say("letter", "sources_note"))

    def frame() -> Any:
        return Frame(inch, _EDGE, _WIDTH, LETTER[1] - 2 * _EDGE, 0, 0, 0, 0)

    fonts()
    document = BaseDocTemplate(
        out, pagesize=LETTER, title=title, author="", subject="", creator="", lang=_LANGUAGES[language], invariant=1
    )
    document.addPageTemplates(
        [
            PageTemplate("letter", [frame()], onPage=number, pagesize=LETTER),
            PageTemplate("sources", [frame()], onPage=aside, pagesize=LETTER),
        ]
    )
    story = [part for block in blocks[:-1] for part in _parts(block)]
    # The last words never stand alone on a page: what comes before them goes along.
    story[-2:] = [KeepTogether([*story[-2:], *(part for block in blocks[-1:] for part in _parts(block))])]
    if sources:
        story += [NextPageTemplate("sources"), PageBreak()]
        story += [part for block in sources for part in _parts(block)]
    document.build(story)
    return out.getvalue()


@lru_cache(maxsize=1)
def fonts() -> frozenset[int]:
    """Registers the fonts; the characters that they have."""
    shared: frozenset[int] | None = None
    for name in (_REGULAR, _BOLD, _ITALIC):
        font = TTFont(name, f"{name}.ttf")
        pdfmetrics.registerFont(font)
        glyphs = frozenset(font.face.charToGlyph)
        shared = glyphs if shared is None else shared & glyphs
    return shared or frozenset()


def writable(text: str) -> str:
    """`text` in characters the font has; raises InputError for one that even without its mark is not there."""
    known, out = fonts(), []
    for letter in text:
        plain = letter if ord(letter) in known else unicodedata.normalize("NFKD", letter)
        plain = "".join(mark for mark in plain if ord(mark) in known or not unicodedata.combining(mark))
        if any(ord(mark) not in known for mark in plain):
            raise InputError("The PDF's font lacks a letter of this text; write a .docx instead.")
        out.append(plain)
    return "".join(out)


def _style(name: str, **changes: Any) -> ParagraphStyle:
    plain = {"fontName": _REGULAR, "fontSize": 10, "leading": 13, "spaceAfter": 8, "bulletFontName": _REGULAR}
    return ParagraphStyle(name, **{**plain, **changes})


_PLAIN = _style("plain")
_STYLES = {
    "plain": _PLAIN,
    "lead": _style("lead", fontName=_BOLD),
    "note": _style("note", fontName=_ITALIC),
    "sign": _PLAIN,
}
_CELL = _style("cell", spaceAfter=0, leading=13)
_CELL_BOLD = _style("cell-bold", spaceAfter=0, leading=13, fontName=_BOLD)
_FIGURE = _style("figure", spaceAfter=0, leading=13, alignment=TA_RIGHT)
_FIGURE_BOLD = _style("figure-bold", spaceAfter=0, leading=13, alignment=TA_RIGHT, fontName=_BOLD)
_TITLE = _style("title", fontName=_BOLD, fontSize=13, leading=17, spaceBefore=8, keepWithNext=1)
_PART = _style("part", fontName=_BOLD, spaceBefore=8, spaceAfter=4, keepWithNext=1)
_BULLET = _style("bullet", leftIndent=14, bulletIndent=2, spaceAfter=4)
_LINE = _style("line", spaceAfter=0)


def _say(text: str, style: ParagraphStyle, **more: Any) -> Flowable:
    return Said(escape(writable(text)), style, **more)


def _parts(block: Block) -> list[Flowable]:
    match block:
        case Lines():
            return [KeepTogether([_say(line, _LINE) for line in block.lines]), Spacer(0, 12)]
        case Heading():
            return [CondPageBreak(inch), _say(block.text, _TITLE if block.level == 1 else _PART)]
        case Paragraph():
            said = _say(block.text, _STYLES[block.style])
            if block.style == "sign":
                return [Spacer(0, 22), _say(BLANK, _LINE), said]
            return [said]
        case Items():
            return [*(_say(item, _BULLET, bulletText="\u2022") for item in block.items), Spacer(0, 6)]
        case Facts():
            rows = [[_say(name, _CELL_BOLD), _say(value, _CELL)] for name, value in block.rows]
            return [Grid(rows, colWidths=[2.6 * inch, _WIDTH - 2.6 * inch], style=_CLOSE), Spacer(0, 10)]
        case Table():
            return [_figures(block), Spacer(0, 10)]
        case Rules():
            return [KeepTogether([_ruler() for _ in range(block.count)]), Spacer(0, 6)]


_CLOSE = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def _figures(block: Table) -> Flowable:
    figures, width = len(block.header) - block.words, 1.1 * inch
    rest = _WIDTH - figures * width
    rows = []
    for place, texts in enumerate((block.header, *block.rows)):
        strong = place == 0 or (block.sum_row and place == len(block.rows))
        left, right = (_CELL_BOLD, _FIGURE_BOLD) if strong else (_CELL, _FIGURE)
        rows.append([_say(text, left if column < block.words else right) for column, text in enumerate(texts)])
    style = [
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEABOVE", (0, 0), (-1, 0), 0.5, _GREY),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, _GREY),
    ]
    left_widths = [rest * _FIRST_SHARE, rest * (1 - _FIRST_SHARE)] if block.words == 2 else [rest]
    widths = left_widths + [width] * figures
    return Grid(rows, colWidths=widths, repeatRows=1, style=style, splitByRow=1)


def _ruler() -> Flowable:
    return HRFlowable(width="100%", thickness=0.5, color=_GREY, spaceBefore=18, spaceAfter=0)


def _foot(canvas: Any, text: str) -> None:
    canvas.saveState()
    canvas.setFont(_REGULAR, 8)
    canvas.drawCentredString(LETTER[0] / 2, 0.45 * inch, text)
    canvas.restoreState()
