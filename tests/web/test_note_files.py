"""Notes dropped on the coder's page as PDF or Word files, and what the page says of a doubtful note."""

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.web.coder_desk import CoderDesk
from tests.chart.test_pdf import scan

if TYPE_CHECKING:
    from assistant.services import Services


def dropped(services: "Services", folder: Path, data: bytes) -> tuple[object, ...]:
    (upload := folder / "upload").mkdir()
    path = upload / "visit 7.pdf"
    path.write_bytes(data)
    answer = CoderDesk(services).dropped(str(path), "visit-1")
    assert not path.exists()
    return answer


def test_a_dropped_pdf_is_read_and_pages_without_text_are_told(services: "Services", tmp_path: Path) -> None:
    text, visit, cleared, said = dropped(services, tmp_path, scan("Assessment: asthma.", ""))
    assert (text, visit, cleared) == ("Assessment: asthma.\f", "visit 7", None)
    assert "is loaded" in str(said) and "1 of 2 pages are pictures" in str(said)


def test_a_dropped_scan_is_refused_with_its_reason(services: "Services", tmp_path: Path) -> None:
    *_, said = dropped(services, tmp_path, scan(""))
    assert "visit 7.pdf is a scanned PDF without a text layer" in str(said)


def test_a_note_in_another_language_is_told_on_the_page(services: "Services") -> None:
    text = "Paciente de 50 años. Niega diabetes. Refiere dolor de cabeza desde hace tres días, sin fiebre."
    said = CoderDesk(services).suggest(text, "2026-11-09", "outpatient", "", "", "v")[5]
    assert "Spanish" in str(said) and "FY2026" in str(said)
