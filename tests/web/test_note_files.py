"""Notes that reach the coder's page as files, and what the page says of a doubtful note."""

import base64
from typing import TYPE_CHECKING, Any

import pytest

from assistant.errors import InputError
from assistant.web.coder_desk import CoderDesk
from tests.chart.test_pdf import scan

if TYPE_CHECKING:
    from assistant.services import Services


def added(desk: CoderDesk, **note: Any) -> tuple[str, dict[str, Any]]:
    """The key of a new worklist and what it says of one note."""
    key = desk.hello({}, "")["key"]
    return key, desk.intake.add({"key": key, "notes": [note]}, "")


def as_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_a_dropped_pdf_is_read_and_pages_without_text_are_told(services: "Services") -> None:
    desk = CoderDesk(services)
    key, answer = added(desk, name="visit 7.pdf", data=as_text(scan("Assessment: asthma.", "")))
    assert [row["name"] for row in answer["worklist"]] == ["visit 7"]
    assert "1 of 2 pages are pictures" in answer["told"]
    said = {"key": key, "id": answer["added"][0], "text": True}
    desk.awaited(said, "").result(timeout=60)
    assert desk.opened(said, "")["text"] == "Assessment: asthma.\f"


def test_a_dropped_scan_is_refused_with_its_reason(services: "Services") -> None:
    _, answer = added(CoderDesk(services), name="visit 7.pdf", data=as_text(scan("")))
    assert "visit 7.pdf is a scanned PDF without a text layer" in answer["told"] and not answer["added"]


def test_what_is_no_file_is_told(services: "Services") -> None:
    _, answer = added(CoderDesk(services), name="../../etc/passwd", data="not base64!")
    assert "passwd did not arrive whole" in answer["told"] and ".." not in answer["told"]


def test_a_note_in_another_language_is_told_on_the_page(services: "Services") -> None:
    text = "Paciente de 50 años. Niega diabetes. Refiere dolor de cabeza desde hace tres días, sin fiebre."
    desk = CoderDesk(services)
    key, answer = added(desk, name="v", text=text, date="2026-11-09")
    said = {"key": key, "id": answer["added"][0]}
    desk.awaited(said, "").result(timeout=60)
    told = desk.opened(said, "")["told"]
    assert "Spanish" in told and "FY2026" in told


def test_nobody_reaches_the_worklist_of_another(services: "Services") -> None:
    desk = CoderDesk(services)
    key, answer = added(desk, name="v", text="ASSESSMENT: Hypertension.")
    said = {"id": answer["added"][0]}
    other = desk.hello({"key": "guessed"}, "")
    assert other["worklist"] == [] and other["key"] not in (key, "guessed")
    for stranger, owner in (({**said, "key": other["key"]}, ""), (said, ""), ({**said, "key": key}, "somebody")):
        with pytest.raises(InputError):
            desk.opened(stranger, owner)
    own = desk.hello({"key": ""}, "somebody")["key"]
    assert desk.hello({"key": own}, "somebody else")["worklist"] == []
    assert desk.hello({"key": key}, "")["worklist"][0]["id"] == said["id"]


def test_a_late_state_does_not_undo_a_later_one(services: "Services") -> None:
    desk = CoderDesk(services)
    key, answer = added(desk, name="v", text="ASSESSMENT: Essential hypertension. Continue losartan.")
    said = {"key": key, "id": answer["added"][0]}
    code = desk.awaited(said, "").result(timeout=60)["suggestions"][0]["code"]
    state = {"choices": {code: {"action": "accepted"}}, "order": [code]}
    desk.decisions.keep({**said, **state, "sequence": 2}, "")
    desk.decisions.keep({**said, "choices": {}, "order": [], "sequence": 1}, "")
    assert desk.opened(said, "")["order"] == [code]
    with pytest.raises(InputError, match="not among the suggestions"):
        desk.decisions.keep({**said, "choices": {"X99": {"action": "accepted"}}, "order": [], "sequence": 3}, "")


def test_nothing_is_submitted_undecided_whatever_the_browser_says(services: "Services") -> None:
    desk = CoderDesk(services)
    key, answer = added(desk, name="v", text="ASSESSMENT: Essential hypertension. Continue losartan.")
    said = {"key": key, "id": answer["added"][0], "choices": {}, "order": [], "sequence": 1}
    desk.awaited(said, "").result(timeout=60)
    with pytest.raises(InputError, match="no decision yet"):
        desk.decisions.submit(said, "")


def test_a_header_leads_to_the_codes_below_it(services: "Services") -> None:
    desk = CoderDesk(services)
    key, answer = added(desk, name="v", text="ASSESSMENT: Sprained left ankle.", date="2026-11-09")
    said = {"key": key, "id": answer["added"][0]}
    desk.awaited(said, "").result(timeout=60)
    assert [hit["code"] for hit in desk.decisions.find({**said, "text": "S93.402"}, "")["hits"]] == [
        "S93.402A",
        "S93.402D",
        "S93.402S",
    ]
    assert all(hit["billable"] for hit in desk.decisions.find({**said, "text": "s93.4"}, "")["hits"])
    assert desk.decisions.find({**said, "text": "I10"}, "")["hits"][0]["code"] == "I10"
