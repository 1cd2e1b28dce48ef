import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from assistant.chart import apart
from assistant.chart.apart import read_apart
from assistant.chart.mentions import find_mentions
from assistant.chart.note import Assertion, Note
from assistant.chart.readers import extract, read_note
from assistant.chart.running import without_running_lines
from assistant.chart.sections import sections
from assistant.errors import InputError
from assistant.settings import load_settings

MOST = 2_000_000
NORMAL = getSampleStyleSheet()["Normal"]


def written(*pages: list[str], head: str = "", foot: str = "") -> bytes:
    """A PDF with one line of text per string, 14 points apart."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=LETTER, invariant=True)
    for number, lines in enumerate(pages, 1):
        if head:
            canvas.drawString(72, 760, head.format(page=number))
        for at, line in enumerate(lines):
            canvas.drawString(72, 720 - 14 * at, line)
        if foot:
            canvas.drawString(72, 30, foot.format(page=number))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture() -> ImageReader:
    from PIL import Image

    return ImageReader(Image.new("L", (40, 40), 200))


def scan(*texts: str) -> bytes:
    """Pages that hold a picture, with a text where it is not empty."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for text in texts:
        canvas.drawImage(picture(), 72, 72)
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def encrypted(data: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pages_and_lines_are_kept_and_a_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "visit.pdf"
    path.write_bytes(written(["ASSESSMENT", "1. Asthma"], ["2. Gout, right foot"]))
    note = read_note(path, load_settings({"SUPERBILL_HOME": "unused"}))
    assert (note.id, note.text) == ("visit", "ASSESSMENT\n1. Asthma\f2. Gout, right foot")
    assert [note.page_at(note.text.index(word)) for word in ("Asthma", "Gout")] == [1, 2]
    assert Note("x", "no pages").page_at(3) is None


def test_running_lines_are_kept_once_and_do_not_part_a_sentence() -> None:
    pages = (
        ["HISTORY", "She has a cough and reports no fever, no chills and no"],
        ["chest pain. She has asthma."],
        ["PLAN", "Rest."],
    )
    text = read_apart(
        written(*pages, head="DOE, JANE  MRN 00417  Gout clinic", foot="Page {page} of 3"), "n.pdf", MOST
    ).text
    assert text.count("DOE, JANE") == text.count("Page") == 1
    assert "no\fchest pain" in text
    note = Note("n", text)
    found = {mention.text: mention.assertion for mention in find_mentions(note, sections(note))}
    assert found["chest pain"] is Assertion.NEGATED and found["asthma"] is Assertion.PRESENT


def test_lines_that_differ_between_pages_are_no_running_lines() -> None:
    pages = [[(700.0, "BP 120/80"), (600.0, "a")], [(700.0, "BP 138/91"), (600.0, "b")]]
    assert without_running_lines(pages) == ([], [[0, 1], [0, 1]], [])


def test_a_bare_heading_on_top_of_every_page_stays() -> None:
    pages = [[(760.0, "General Hospital"), (740.0, "SUBJECTIVE"), (700.0, text)] for text in ("cough", "better")]
    assert without_running_lines(pages) == (["General Hospital"], [[1, 2], [1, 2]], [])


def test_rows_of_a_table_read_as_rows_and_hyphens_stay() -> None:
    out = io.BytesIO()
    table = Table([["Metformin", "500 mg", "BID"], ["Lisinopril", "10 mg", "daily"]], colWidths=[160, 120, 120])
    SimpleDocTemplate(out, invariant=True).build([Paragraph("Hyper-<br/>tension", NORMAL), Spacer(1, 20), table])
    lines = read_apart(out.getvalue(), "n.pdf", MOST).text.splitlines()
    assert lines == ["Hyper-", "tension", "", "Metformin | 500 mg | BID", "Lisinopril | 10 mg | daily"]


def test_columns_are_read_one_after_the_other() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for x, words in ((72, ("left one", "left two")), (320, ("right one", "right two"))):
        for at, line in enumerate(words):
            canvas.drawString(x, 700 - 14 * at, line)
    canvas.save()
    assert read_apart(out.getvalue(), "n.pdf", MOST).text.split("\n") == [
        "left one",
        "left two",
        "",
        "right one",
        "right two",
    ]


def test_pages_without_text_are_told() -> None:
    found = read_apart(scan("Asthma.", "", "Gout."), "n.pdf", MOST)
    assert found.text == "Asthma.\f\fGout."
    assert found.remarks == ("n.pdf: 1 of 3 pages are pictures without text and were not read (page 2).",)


def test_a_pdf_that_only_restricts_printing_is_read() -> None:
    assert read_apart(encrypted(written(["Asthma"]), ""), "n.pdf", MOST).text == "Asthma"


def bomb(inside: bool = False) -> bytes:
    """A PDF whose page, or a form drawn on it, unpacks to 400 MB."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b" " * 1_000_000) for _ in range(400)) + packer.flush()
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    content = StreamObject()
    content._data = stream
    content[NameObject("/Filter")] = NameObject("/FlateDecode")
    fonts = DictionaryObject({NameObject("/Font"): DictionaryObject()})
    if inside:
        content[NameObject("/Resources")] = fonts
        content.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
        page.merge_page(PdfReader(io.BytesIO(written(["Asthma"]))).pages[0])
        page[NameObject("/Resources")][NameObject("/XObject")] = DictionaryObject(
            {NameObject("/F"): writer._add_object(content)}
        )
        drawn = StreamObject()
        drawn.set_data(page.get_contents().get_data() + b" /F Do")
        content = drawn
    else:
        page[NameObject("/Resources")] = fonts
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: scan(""), "run text recognition"),
        (lambda: written([""]), "without any text"),
        (lambda: encrypted(written(["Asthma"]), "secret"), "protected by a password"),
        (lambda: written(["Asthma"])[:200], "damaged"),
        (lambda: b"%PDF-1.7 nothing", "damaged"),
        (lambda: written(["word " * 15] * 50), "more than 2,000 characters"),
        (lambda: written(*[["a"]] * 1001), "more than the 1,000 allowed"),
        (bomb, "unpacks to far more"),
    ],
    ids=["scan", "empty", "password", "cut", "no pdf", "long", "many pages", "bomb"],
)
def test_what_cannot_be_read_is_told_in_one_sentence(make: Callable[[], bytes], told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_apart(make(), "visit.pdf", 2000)
    assert str(caught.value).startswith("visit.pdf") and "\n" not in str(caught.value)


def test_a_page_that_was_read_in_part_is_told() -> None:
    found = read_apart(bomb(inside=True), "n.pdf", MOST)
    assert found.text == "Asthma"
    assert found.remarks == ("n.pdf: 1 of 1 pages are damaged and were read in part (page 1).",)


def test_time_and_size_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    with pytest.raises(InputError, match="takes longer than"):
        read_apart(written(["Asthma"]), "visit.pdf", MOST)
    monkeypatch.setattr(apart, "LARGEST", 100)
    with pytest.raises(InputError, match="more than the 100 allowed"):
        extract(written(["Asthma"]), "visit.pdf", MOST)


def test_the_libraries_are_loaded_apart_and_only_when_needed(tmp_path: Path) -> None:
    path = tmp_path / "n.pdf"
    path.write_bytes(written(["Asthma"]))
    code = (
        "import sys; from assistant.chart.readers import extract; text = extract(open(sys.argv[1], 'rb').read(), 'n', 99).text; "
        "print(text, [name for name in ('pypdf', 'docx', 'lxml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Asthma []"


def test_page_breaks_of_a_flowing_document() -> None:
    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=True).build([Paragraph("one", NORMAL), PageBreak(), Paragraph("two", NORMAL)])
    assert read_apart(out.getvalue(), "n.pdf", MOST).text == "one\ftwo"
