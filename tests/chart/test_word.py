import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from assistant.chart.apart import read_apart
from assistant.chart.note import Note
from assistant.chart.sections import sections
from assistant.errors import InputError

MOST = 2_000_000


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def text_of(document: Any) -> str:
    return read_apart(saved(document), "visit.docx", MOST).text


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The zip file with one part put in or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def plain() -> bytes:
    document = Document()
    document.add_paragraph("Asthma")
    return saved(document)


def test_headings_paragraphs_and_lists() -> None:
    document = Document()
    document.add_heading("Assessment and Plan", 1)
    document.add_paragraph("Gout", style="List Number")
    document.add_paragraph("Asthma", style="List Number")
    document.add_paragraph("no fever", style="List Bullet")
    document.add_heading("Allergies", 1)
    document.add_paragraph("Penicillin\nSulfa")
    text = text_of(document)
    assert text == "Assessment and Plan\n1. Gout\n2. Asthma\n- no fever\n\nAllergies\nPenicillin\nSulfa"
    assert [part.kind for part in sections(Note("n", text))] == ["assessment_and_plan", "allergies"]


def test_rows_of_a_table_read_as_rows_and_merged_cells_once() -> None:
    document = Document()
    table = document.add_table(3, 3)
    for row, words in enumerate((("Drug", "Dose", "When"), ("Metformin", "500 mg", "BID"), ("", "10 mg", "daily"))):
        for column, word in enumerate(words):
            table.cell(row, column).text = word
    table.cell(1, 0).merge(table.cell(2, 0))
    assert text_of(document).split("\n") == ["Drug | Dose | When", "Metformin | 500 mg | BID", "10 mg | daily"]


def test_inserted_text_is_read_and_deleted_moved_hidden_text_and_comments_are_not() -> None:
    document = Document()
    paragraph = document.add_paragraph("Diabetes")
    pieces = (
        "<w:ins {}><w:r><w:t> with neuropathy</w:t></w:r></w:ins>",
        "<w:del {}><w:r><w:delText> and gout</w:delText></w:r></w:del>",
        "<w:moveFrom {}><w:r><w:t> and asthma</w:t></w:r></w:moveFrom>",
        "<w:r {}><w:rPr><w:vanish/></w:rPr><w:t> and cancer</w:t></w:r>",
        "<w:r {}><w:instrText> PAGE </w:instrText></w:r>",
        "<w:sdt {}><w:sdtContent><w:r><w:t>, controlled</w:t></w:r></w:sdtContent></w:sdt>",
        '<w:r {}><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>',
    )
    for piece in pieces:
        paragraph._p.append(parse_xml(piece.format(nsdecls("w"))))
    document.add_comment(paragraph.runs[0], text="is it sepsis?", author="x", initials="x")
    document.sections[0].header.paragraphs[0].text = "Oncology clinic"
    assert text_of(document) == "Diabetes with neuropathy, controlled☒"


def test_a_text_box_is_read_once() -> None:
    document = Document()
    box = (
        "<w:r {} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:AlternateContent><mc:Choice>"
        "<w:txbxContent><w:p><w:r><w:t>Asthma</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback>"
        "<w:txbxContent><w:p><w:r><w:t>Asthma</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.add_paragraph("Gout")._p.append(parse_xml(box.format(nsdecls("w"))))
    assert text_of(document) == "Gout\nAsthma"


def billion() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "gout">{entities}]><d>&e9;</d>'
    return with_part(plain(), "word/document.xml", body.encode())


def other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("note.txt", "Asthma")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (plain()[:400], "damaged"),
        (b"PK\x03\x04 abc", "damaged"),
        (other_zip(), "other than a Word file"),
        (with_part(plain(), "word/document.xml", b"<w:document"), "damaged"),
        (with_part(plain(), "word/media/x.xml", b" " * 31_000_000), "unpacks to far more"),
        (with_part(plain(), "word/media/x.bin", b" " * 201_000_000), "unpacks to far more"),
        (billion(), "document type"),
        (saved(Document()), "without any text"),
    ],
    ids=["cut", "no zip", "other zip", "bad xml", "bomb in xml", "bomb", "entities", "empty"],
)
def test_what_cannot_be_read_is_told_in_one_sentence(data: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_apart(data, "visit.docx", MOST)
    assert str(caught.value).startswith("visit.docx") and "\n" not in str(caught.value)


def test_long_text_is_refused() -> None:
    document = Document()
    document.add_paragraph("word " * 500)
    with pytest.raises(InputError, match="more than 2,000 characters"):
        read_apart(saved(document), "visit.docx", 2000)
