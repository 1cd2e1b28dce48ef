import base64
import json
from pathlib import Path

import pytest

from assistant.chart.readers import read_note
from assistant.chart.sections import sections
from assistant.errors import InputError
from assistant.settings import load_settings

SETTINGS = load_settings({"SUPERBILL_HOME": "unused", "SUPERBILL_MAX_NOTE_BYTES": "2000"})


def saved(folder: Path, data: bytes, name: str = "visit.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    text = "PLAN:\r\nRest.\r\n\tÉpée \u200f naïve\r"
    note = read_note(saved(tmp_path, text.encode()), SETTINGS)
    assert (note.id, note.text) == ("visit", text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    note = read_note(saved(tmp_path, "Ménière’s disease".encode(encoding)), SETTINGS)
    assert note.text == "Ménière’s disease"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"123 / 456 ...", "holds no words"),
        (b"%PDF-1.7 ...", "is a damaged PDF"),
        (b"PK\x03\x04 abc", "damaged or protected Word file"),
        (b"\x89PNG ...", "is a picture"),
        (b"\x7fELF" + bytes(range(32)) * 8, "binary"),
        (b"a" * 2001, "more than the 2,000 allowed"),
        (b"<ClinicalDocument><section>", "not well-formed XML"),
        (b"<ClinicalDocument></ClinicalDocument>", "no narrative text"),
        (b'{"resourceType": "Composition", "section": ', "not valid JSON"),
        (b'{"resourceType": "DocumentReference", "content": [{"attachment": {"url": "x"}}]}', "by link only"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><ClinicalDocument>&a;</ClinicalDocument>', "not well-formed XML"),
    ],
)
def test_unusable_files_are_refused_in_one_sentence_naming_the_file(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_note(saved(tmp_path, data), SETTINGS)
    assert str(caught.value).startswith("visit.txt") and "\n" not in str(caught.value)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_note(tmp_path / "none.txt", SETTINGS)
    with pytest.raises(InputError, match="is a folder"):
        read_note(tmp_path, SETTINGS)


def test_ccda_sections_become_headings(tmp_path: Path) -> None:
    document = b"""<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody>
    <component><section><title>Assessment and Plan</title><text><list><item>Gout, right foot</item>
    <item>Hypertension</item></list></text></section></component>
    <component><section><title>Allergies</title><text><table><tbody><tr><td>Penicillin</td><td>hives</td></tr>
    </tbody></table></text></section></component></structuredBody></component></ClinicalDocument>"""
    note = read_note(saved(tmp_path, document, "visit.xml"), SETTINGS)
    assert note.text == "ASSESSMENT AND PLAN\n- Gout, right foot\n- Hypertension\n\nALLERGIES\nPenicillin | hives\n"
    assert [part.kind for part in sections(note)] == ["assessment_and_plan", "allergies"]


def test_fhir_composition_and_document_reference(tmp_path: Path) -> None:
    plain = base64.b64encode(b"PLAN\nRest").decode()
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {
                "resource": {
                    "resourceType": "Composition",
                    "section": [{"title": "Plan", "text": {"div": "<div><p>Ice &amp; rest</p></div>"}}],
                }
            },
            {"resource": {"resourceType": "DocumentReference", "content": [{"attachment": {"data": plain}}]}},
        ],
    }
    note = read_note(saved(tmp_path, json.dumps(bundle).encode(), "visit.json"), SETTINGS)
    assert note.text == "PLAN\nIce & rest\n\nPLAN\nRest"


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-8s", "ISO-8859-1", "x"])
def test_what_an_xml_declaration_says_of_its_encoding_no_longer_counts(tmp_path: Path, encoding: str) -> None:
    """Found by fuzzing: an encoding that nobody knows."""
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    body = "<ClinicalDocument><section><title>Plan</title><text>Ménière</text></section></ClinicalDocument>"
    assert "Ménière" in read_note(saved(tmp_path, (head + body).encode(), "a.xml"), SETTINGS).text
