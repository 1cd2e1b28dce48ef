"""Places of service: clean, and one list for the library and the claim scrubber."""

import csv
import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.codes import CodeSystem
from corpus.sources.places import places, read_places

if TYPE_CHECKING:
    from assistant.services import Services

SCRUB = Path(__file__).resolve().parents[2] / "assistant" / "claim" / "rules" / "scrub.tsv"


def test_every_row_is_clean() -> None:
    codes = [one.code for one in places()]
    assert codes == sorted(set(codes))
    assert len(codes) >= 50
    for one in places():
        assert re.fullmatch(r"\d\d", one.code), one
        assert one.name and one.source, one
        assert one.setting in ("facility", "non-facility", ""), one


def test_offices_and_hospitals_are_told_apart() -> None:
    settings = {one.code: one.setting for one in places()}
    assert {settings[code] for code in ("11", "12", "20", "10", "65")} == {"non-facility"}
    assert {settings[code] for code in ("02", "19", "21", "22", "23", "24", "31")} == {"facility"}


def test_the_scrubber_knows_the_same_places() -> None:
    with SCRUB.open(encoding="utf-8", newline="") as stream:
        rules = {cells[0]: cells for cells in csv.reader(stream, delimiter="\t") if cells}
    assert rules["CL-0322"][2] == "lines.place_of_service|@places"
    assert rules["CL-0515"][2] == "facility_code|@places"


def test_a_place_is_found_by_words_and_by_number(services: "Services") -> None:
    searcher = services.searcher_on(dt.date(2026, 11, 9), CodeSystem.PLACE)
    for query, code in (("emergency room", "23"), ("ASC", "24"), ("telehealth at home", "10"), ("11", "11")):
        assert searcher.search(query, 3)[0].code == code
    assert searcher.search("22", 1)[0].description.endswith("(facility rate)")
    assert [node.detail for node in read_places() if node.code == "22"] == ["facility rate"]
