"""Letters as Word and PDF: the same words, nothing cut or outside the page, the same bytes each time."""

import datetime as dt
import io
import zipfile
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from docx import Document
from docx.table import Table as DocxTable
from pypdf import PdfReader
from pypdf.generic import ContentStream

from assistant.errors import InputError
from assistant.remit.chains import Chains
from assistant.remit.documents import Items, Lines, Paragraph, Table, as_text, read_blocks, words_of
from assistant.remit.documents_pdf import writable
from assistant.remit.file import read_file
from assistant.remit.letter import Letter, letter_file, write_letter
from tests.remit.make import claim, claims, line, read

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
CHOICES = [
    ("office_visit.835", "DEMO1001", "patient"),
    ("office_visit.835", "DEMO1001", "appeal"),
    ("remittance_medicare.835", "DEMO3003", "corrected"),
    ("remittance_reversal.835", "DEMO2001", "refund"),
]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
EDGE = 72.0
"""Points of margin left and right."""


def letter(sample: str, control: str, kind: str, language: str, date: dt.date | None = None) -> Letter:
    file = read_file(SAMPLES / sample)
    header = file.transactions[0].header
    found = [item for item in file.transactions[0].claims if item.control_number == control][-1]
    return write_letter(found, header, Chains.of(file).get(found, header, file.name), kind, language, date)


def long_letter(name: str = "*DOE*PAT", lines: int = 40) -> Letter:
    body = [part for place in range(lines) for part in line(f"99{place:03}", "100", "0", "CAS*CO*197*100")]
    file = read(*claim("1", str(100 * lines), "0", "0", *body, name=name))
    return write_letter(claims(file)[0], file.transactions[0].header, None, "appeal", "es")


def squeezed(text: str) -> str:
    return "".join(text.split())


def pdf_text(raw: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages))


def docx_words(raw: bytes) -> list[str]:
    found: list[str] = []
    for part in Document(io.BytesIO(raw)).iter_inner_content():
        found += [cell.text for row in part.rows for cell in row.cells] if isinstance(part, DocxTable) else [part.text]
    return [text for text in found if text]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("sample", "control", "kind"), CHOICES)
def test_docx_and_pdf_say_what_the_letter_says(sample: str, control: str, kind: str, language: str) -> None:
    written = letter(sample, control, kind, language, dt.date(2026, 2, 2))
    said = [text for text in words_of(written.blocks) if text]
    traced = [entry.text for entry in written.trace]
    plain, drawn = docx_words(letter_file(written, ".docx")), pdf_text(letter_file(written, ".pdf"))
    assert plain[: len(said)] == said and set(traced) <= set(plain)
    for text in [*said, *traced]:
        assert squeezed(text) in drawn, text
    assert ("2 de febrero de 2026" if language == "es" else "February 2, 2026") in written.text
    alone = letter_file(written, ".pdf", sources=False)
    assert "Segment" not in "".join(page.extract_text() for page in PdfReader(io.BytesIO(alone)).pages)
    assert docx_words(letter_file(written, ".docx", sources=False)) == said


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".txt"])
def test_the_same_letter_is_the_same_bytes(suffix: str) -> None:
    date = dt.date(2026, 2, 2)
    first = letter_file(letter("office_visit.835", "DEMO1001", "patient", "es", date), suffix)
    assert first == letter_file(letter("office_visit.835", "DEMO1001", "patient", "es", date), suffix)
    other = letter("office_visit.835", "DEMO1001", "patient", "es", dt.date(2026, 2, 3))
    assert first != letter_file(other, suffix)


def test_nothing_in_a_docx_tells_the_time_or_an_author() -> None:
    raw = letter_file(letter("office_visit.835", "DEMO1001", "patient", "en"), ".docx")
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert b"python-docx" not in parts.read("docProps/core.xml")
        assert b'w:val="en-US"' in parts.read("word/styles.xml")
    assert Document(io.BytesIO(raw)).core_properties.author == ""


PARAGRAPH = "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind jc rPr sectPr"
TABLE = "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook"


@pytest.mark.parametrize(("sample", "control", "kind"), CHOICES)
def test_the_parts_of_a_docx_stand_in_the_order_of_the_format(sample: str, control: str, kind: str) -> None:
    """Word calls a file damaged when properties stand in another order than the schema's (ECMA-376)."""
    body = Document(io.BytesIO(letter_file(letter(sample, control, kind, "es"), ".docx"))).element.body
    for tag, order in (("pPr", PARAGRAPH.split()), ("tblPr", TABLE.split())):
        found = [[child.tag.rpartition("}")[2] for child in node] for node in body.iter(f"{{{W}}}{tag}")]
        assert found and all(names == sorted(names, key=order.index) for names in found), found


def spans(raw: bytes) -> list[tuple[int, float, float, float]]:
    """(page, left, right, baseline) of every piece of text drawn, by the widths of the embedded fonts."""
    found: list[tuple[int, float, float, float]] = []
    reader = PdfReader(io.BytesIO(raw))
    for number, page in enumerate(reader.pages):
        fonts = {name: font.get_object() for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index]
        origin, kept = (0.0, 0.0), []
        x = y = start_x = start_y = leading = size = 0.0
        font: dict[str, object] = {}
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            given = [float(item) if isinstance(item, int | float | Decimal) else item for item in operands]
            match operator:
                case b"q":
                    kept.append(origin)
                case b"Q":
                    origin = kept.pop()
                case b"cm":
                    assert given[:4] == [1, 0, 0, 1], "text is neither turned nor scaled"
                    origin = (origin[0] + given[4], origin[1] + given[5])
                case b"Tm":
                    assert given[:4] == [1, 0, 0, 1]
                    x, y = start_x, start_y = given[4], given[5]
                case b"Td":
                    x, y = start_x, start_y = start_x + given[0], start_y + given[1]
                case b"T*":
                    x, y = start_x, start_y = start_x, start_y - leading
                case b"TL":
                    leading = given[0]
                case b"Tf":
                    font, size = fonts[operands[0]], given[1]
                case b"Tj":
                    text = operands[0]
                    codes = text.original_bytes
                    first, widths = int(font["/FirstChar"]), font["/Widths"]  # type: ignore[call-overload]
                    width = sum(float(widths[code - first]) for code in codes) * size / 1000  # type: ignore[index]
                    if codes.strip():
                        found.append((number, origin[0] + x, origin[0] + x + width, origin[1] + y))
                    x += width
                case b"TJ" | b"'" | b'"' | b"Tc" | b"Tw":
                    raise AssertionError(f"{operator!r} is not counted")
    return found


def test_long_names_and_many_lines_stay_on_the_page() -> None:
    name = "*" + "GUTIÉRREZ-MUÑOZ " * 6 + "Ñ" * 70 + "*MARÍA DE LOS ÁNGELES"
    raw = letter_file(long_letter(name), ".pdf")
    reader = PdfReader(io.BytesIO(raw))
    width, height = float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)
    assert (width, height) == (612, 792) and len(reader.pages) >= 4
    drawn = spans(raw)
    assert len(drawn) > 200 and "GUTIÉRREZ-MUÑOZ" in reader.pages[0].extract_text()
    rows: dict[tuple[int, float], list[tuple[float, float]]] = {}
    for page, left, right, base in drawn:
        assert left >= EDGE - 1 and right <= width - EDGE + 1 and 30 <= base <= height - 50, (page, left, right, base)
        rows.setdefault((page, round(base, 1)), []).append((left, right))
    for row in rows.values():
        for (_, right), (left, _) in pairwise(sorted(row)):
            assert right <= left + 0.5, "two pieces of text lie over each other"


def test_a_table_over_pages_repeats_its_head_and_pages_are_numbered() -> None:
    written = long_letter(lines=60)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(letter_file(written, ".pdf", sources=False))).pages]
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        assert f"Página {number} de {len(pages)}" in page
    assert all("Sin pagar" in page for page in pages[:2])
    assert sum(page.count("CO-197") for page in pages) == 61
    head = Document(io.BytesIO(letter_file(written, ".docx"))).tables[1].rows[0]
    assert "tblHeader" in head._tr.xml


def test_the_last_words_are_never_alone_on_a_page() -> None:
    for lines in range(1, 30):
        raw = letter_file(long_letter(lines=lines), ".pdf", sources=False)
        last = PdfReader(io.BytesIO(raw)).pages[-1].extract_text()
        assert "respuesta por escrito" in last and "SAMPLE CLINIC" in last


def test_a_letter_takes_no_more_pages_than_it_needs() -> None:
    for language in ("en", "es"):
        for sample, control, kind in CHOICES:
            raw = letter_file(letter(sample, control, kind, language), ".pdf", sources=False)
            assert len(PdfReader(io.BytesIO(raw)).pages) == 1, (kind, language)
    assert len(PdfReader(io.BytesIO(letter_file(long_letter(lines=14), ".pdf", sources=False))).pages) == 2


def test_letters_of_the_font() -> None:
    spanish = "áéíóúüñÁÉÍÓÚÜÑ¿¡ºª"
    assert writable(spanish + "Łçøß") == spanish + "Łçøß"
    assert writable("Erdős Țepeș") == "Erdos Tepes"
    with pytest.raises(InputError, match=r"write a \.docx instead"):
        writable("山田")


def test_a_name_the_pdf_cannot_write_is_whole_in_the_docx() -> None:
    written = long_letter("*DOE*PAT", lines=1)
    whole = Letter(written.kind, "es", written.text, written.trace, (*written.blocks, Paragraph("山田")))
    assert "山田" in docx_words(letter_file(whole, ".docx"))
    with pytest.raises(InputError):
        letter_file(whole, ".pdf")


def test_an_ending_without_a_format_is_refused() -> None:
    with pytest.raises(InputError, match=r"\.txt, \.docx, \.pdf"):
        letter_file(long_letter(lines=1), ".odt")


def test_damaged_characters_do_not_reach_a_file() -> None:
    written = long_letter("*DO\x01E\x0c*PAT", lines=1)
    assert "PAT DOE" in written.text
    assert letter_file(written, ".docx") and letter_file(written, ".pdf")


def test_blocks_are_read_from_markup_and_written_as_text() -> None:
    markup = """<letter><lines><l>A  B</l><l/></lines><p style="sign">X</p><list><i>one</i></list>
      <table sum="yes"><row><c>a</c><c>b</c></row><row><c>x</c><c>1.00</c></row><row><c>all</c><c>1.00</c></row></table>
      <list/></letter>"""
    blocks = read_blocks(markup)
    assert blocks[0] == Lines(("A B",)) and blocks[2] == Items(("one",)) and len(blocks) == 4
    assert blocks[3] == Table(("a", "b"), (("x", "1.00"), ("all", "1.00")), 1, True)
    assert as_text(blocks).endswith("  a       b\n  ---------\n  x    1.00\n  ---------\n  all  1.00\n")


@pytest.mark.parametrize(
    "markup",
    ["<letter><b>x</b></letter>", "<letter>x<p>y</p></letter>", "<letter><p>y</p>x</letter>",
     "<letter><table><row><c>a</c></row><row><c>a</c><c>b</c></row></table></letter>"],
)  # fmt: skip
def test_a_template_that_would_lose_words_is_a_fault(markup: str) -> None:
    with pytest.raises(ValueError, match="letter template"):
        read_blocks(markup)
