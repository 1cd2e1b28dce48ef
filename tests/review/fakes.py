"""A small code book: enough codes for the tests, with a header, a retired code and an end of knowledge."""

import datetime as dt

from corpus.codes import Code, CodeSystem

TITLES = {
    "E11": "Type 2 diabetes mellitus",
    "E11.22": "Type 2 diabetes mellitus with diabetic chronic kidney disease",
    "N18.32": "Chronic kidney disease, stage 3b",
    "I12.9": "Hypertensive chronic kidney disease with stage 1 through stage 4 chronic kidney disease",
    "E78.5": "Hyperlipidemia, unspecified",
    "S93.402A": "Sprain of unspecified ligament of left ankle, initial encounter",
    "Z79.84": "Long term (current) use of oral hypoglycemic drugs",
    "R05": "Cough",
    "R53.1": "Weakness",
}
HEADERS = {"E11", "R05"}
RETIRED = {"R53.1": dt.date(2020, 9, 30)}
KNOWN_UNTIL = dt.date(2027, 3, 31)


class FakeCodeBook:
    """Stands in for `corpus.library.CodeBook`."""

    def on(self, date: dt.date) -> "FakeCodeBook":
        return self

    def get(self, code: str) -> Code | None:
        title = TITLES.get(code)
        if title is None:
            return None
        return Code(CodeSystem.ICD10CM, code, title, code not in HEADERS, code, code[:3], "test")

    def billable(self, code: str) -> bool:
        return code in TITLES and code not in HEADERS

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        if date > KNOWN_UNTIL or date < dt.date(2015, 10, 1):
            return None
        return code in TITLES and date <= RETIRED.get(code, date)

    def title(self, code: str) -> str:
        return TITLES.get(code, "")


def suggestion_set(*codes: str, date: str = "2026-11-09", unselected: tuple[str, ...] = ()) -> dict[str, object]:
    """One `suggest` answer that proposes these codes."""
    rows = [
        {
            "rank": rank,
            "code": code,
            "system": "icd10cm",
            "description": TITLES.get(code, ""),
            "selected": code not in unselected,
            "probability": 0.9,
            "evidence": [{"start": 3, "end": 9, "text": "x", "section": "plan", "assertion": "present"}],
            "citations": [],
            "findings": [],
            "alternatives": [],
        }
        for rank, code in enumerate((*codes, *unselected), start=1)
    ]
    head = {"id": "office_visit", "release": "test", "date_of_service": date, "setting": "outpatient"}
    return {**head, "suggestions": rows, "not_coded": []}
