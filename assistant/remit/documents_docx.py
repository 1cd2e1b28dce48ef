"""A letter's blocks as a Word file, with nothing in it that depends on the clock."""

import datetime as dt
import io
import zipfile
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

from assistant.remit.documents import Block, Facts, Heading, Items, Lines, Paragraph, Rules, Table

FONT = "Arial"
"""On every desktop, or stood in for by a font of the same widths; it has all Spanish letters."""
_LANGUAGES = {"en": "en-US", "es": "es-US"}
_EPOCH = dt.date(2000, 1, 1)
_STAMP = (2000, 1, 1, 0, 0, 0)
_TEXT_INCHES = 6.5
_FIRST_SHARE = 0.68
"""Of the room two columns of words have."""


def draw(
    blocks: tuple[Block, ...], sources: tuple[Block, ...], language: str, title: str, date: dt.date | None
) -> bytes:
    """The docx: the letter, then `sources` on pages of their own. US letter paper, page numbers below."""
    document = Document()
    _set_up(document, language, title, date)
    for block in blocks:
        _block(document, block)
    for place, block in enumerate(sources):
        before = len(document.paragraphs)
        _block(document, block)
        if place == 0:
            document.paragraphs[before].paragraph_format.page_break_before = True
    raw = io.BytesIO()
    document.save(raw)
    return _without_clock(raw.getvalue())


def _set_up(document: Any, language: str, title: str, date: dt.date | None) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Inches(8.5), Inches(11)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Inches(1)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    normal.paragraph_format.space_after = Pt(8)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    for level, size in ((1, 14), (2, 11)):
        heading = document.styles[f"Heading {level}"]
        heading.font.name, heading.font.size, heading.font.bold = FONT, Pt(size), True
        heading.font.color.rgb = RGBColor(0, 0, 0)
        named = heading.element.get_or_add_rPr().get_or_add_rFonts()
        for name in [name for name in named.attrib if name.endswith("Theme")]:
            del named.attrib[name]
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(22 - 8 * level), Pt(6)
    tongue = OxmlElement("w:lang")
    tongue.set(qn("w:val"), _LANGUAGES[language])
    normal.element.get_or_add_rPr().append(tongue)
    about = document.core_properties
    about.title, about.author, about.comments, about.last_modified_by = title, "", "", ""
    about.language = _LANGUAGES[language]
    about.created = about.modified = dt.datetime.combine(date or _EPOCH, dt.time(), dt.UTC)
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = footer.add_run()
    run.font.size = Pt(9)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _block(document: Any, block: Block) -> None:
    match block:
        case Lines():
            for line in block.lines:
                document.add_paragraph(line).paragraph_format.space_after = Pt(0)
            document.paragraphs[-1].paragraph_format.space_after = Pt(12)
        case Heading():
            document.add_paragraph(block.text, style=f"Heading {block.level}")
        case Paragraph():
            _paragraph(document, block)
        case Items():
            for item in block.items:
                document.add_paragraph(item, style="List Bullet").paragraph_format.space_after = Pt(4)
        case Facts():
            table = _plain_table(document, block.rows, (2.6, _TEXT_INCHES - 2.6))
            for row in table.rows:
                row.cells[0].paragraphs[0].runs[0].bold = True
        case Table():
            _figures(document, block)
        case Rules():
            for _ in range(block.count):
                line = document.add_paragraph()
                _border(line._p.get_or_add_pPr(), "w:pBdr", ("bottom", "between"))
                line.paragraph_format.space_before = Pt(10)


def _paragraph(document: Any, paragraph: Paragraph) -> None:
    if paragraph.style == "sign":
        line = document.add_paragraph()
        _border(line._p.get_or_add_pPr(), "w:pBdr", ("bottom",))
        line.paragraph_format.space_before = Pt(28)
        line.paragraph_format.keep_with_next = True
        line.paragraph_format.right_indent = Inches(3.5)
    run = document.add_paragraph().add_run(paragraph.text)
    run.bold = paragraph.style == "lead"
    run.italic = paragraph.style == "note"


def _plain_table(document: Any, rows: tuple[tuple[str, ...], ...], inches: tuple[float, ...]) -> Any:
    table = document.add_table(rows=0, cols=len(inches))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    for texts in rows:
        row = table.add_row()
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
        for cell, text, width in zip(row.cells, texts, inches, strict=True):
            cell.width = Inches(width)
            cell.paragraphs[0].add_run(text)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    return table


def _figures(document: Any, block: Table) -> None:
    figures = len(block.header) - block.words
    width = 1.1
    rest = _TEXT_INCHES - width * figures
    left = (rest * _FIRST_SHARE, rest * (1 - _FIRST_SHARE)) if block.words == 2 else (rest,)
    table = _plain_table(document, (block.header, *block.rows), left + (width,) * figures)
    for place, row in enumerate(table.rows):
        for cell in row.cells[block.words :]:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if place == 0 or (block.sum_row and place == len(block.rows)):
            for cell in row.cells:
                cell.paragraphs[0].runs[0].bold = True
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    _border(table._tbl.tblPr, "w:tblBorders", ("top", "bottom", "insideH"))


def _border(parent: Any, kind: str, sides: tuple[str, ...]) -> None:
    """Lines on `sides`, put where the file format wants them among the other properties of `parent`."""
    border = OxmlElement(kind)
    for side in sides:
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "808080")):
            line.set(qn(f"w:{name}"), value)
        border.append(line)
    later = ("w:shd", "w:tblLayout", "w:tblLook") if kind == "w:tblBorders" else ("w:shd", "w:spacing", "w:ind", "w:jc")
    parent.insert_element_before(border, *later)


def _without_clock(raw: bytes) -> bytes:
    """The same file with every part stamped alike: a zip keeps the time of writing, and letters must not differ by it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(name, _STAMP), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
