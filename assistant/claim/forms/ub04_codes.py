"""Codes of the UB-04: diagnoses, procedures, and condition, occurrence and value codes (X12's BG, BH, BI and BE)."""

from assistant.claim.claim import Claim, ClaimDiagnosis
from assistant.claim.forms.sheet import Filling, Page
from assistant.claim.forms.words import compact, shown
from assistant.guidelines.finding import Severity

OTHERS = "ABCDEFGHIJKLMNOPQ"
SLOTS = {"BG": 11, "BH": 8, "BI": 4, "BE": 12}
"""How many codes of a kind the form holds."""
BOXES = {"BG": "18", "BH": "31", "BI": "35", "BE": "39"}


def put_codes(filling: Filling, page: Page, claim: Claim) -> None:
    """Form locators 18 to 41 and 66 to 74."""
    _put_diagnoses(filling, page, claim)
    _put_procedures(filling, page, claim)
    for kind, box in BOXES.items():
        _put_kind(filling, page, claim, kind, box)
    left = [item for item in claim.extras if not (item.elements[:1] == ("HI",) and _kind(item.elements) in SLOTS)]
    if left:
        names = ", ".join(dict.fromkeys((item.elements or item.replaces)[0] for item in left))
        filling.overflow("any", f"the claim holds segments that no box shows ({names})", Severity.WARNING)


def _put_diagnoses(filling: Filling, page: Page, claim: Claim) -> None:
    version = "0" if all(item.qualifier.startswith("A") for item in claim.diagnoses) else "9"
    filling.put(page, "66", version)
    by_kind: dict[str, list[ClaimDiagnosis]] = {}
    for item in claim.diagnoses:
        by_kind.setdefault(item.qualifier.removeprefix("A"), []).append(item)
    principal, others = by_kind.get("BK", []), by_kind.get("BF", [])
    _put_list(filling, page, "67", [*principal, *others], ("principal", *OTHERS))
    _put_list(filling, page, "69", by_kind.get("BJ", []), ("",))
    _put_list(filling, page, "70", by_kind.get("PR", []), ("a", "b", "c"))
    _put_list(filling, page, "72", by_kind.get("BN", []), ("a", "b", "c"))


def _put_list(filling: Filling, page: Page, box: str, items: list[ClaimDiagnosis], parts: tuple[str, ...]) -> None:
    marks: dict[str, str] = {}
    said: list[str] = []
    for part, item in zip(parts, items, strict=False):
        code = item.code.replace(".", "")
        marks[part] = code
        if item.present_on_admission:
            marks[f"{part}.present"] = item.present_on_admission
        said.append(code + (f" ({item.present_on_admission})" if item.present_on_admission else ""))
    if marks:
        filling.put(page, box, "  ".join(said), **marks)
    if len(items) > len(parts):
        filling.overflow(box, f"{len(parts)} codes fit and the claim has {len(items)}")


def _put_procedures(filling: Filling, page: Page, claim: Claim) -> None:
    parts = ("principal", "a", "b", "c", "d", "e")
    marks: dict[str, str] = {}
    said: list[str] = []
    for part, item in zip(parts, claim.procedures, strict=False):
        marks |= {f"{part}.code": item.code, f"{part}.date": compact(item.date)}
        said.append(f"{item.code} {shown(item.date)}".strip())
    if marks:
        filling.put(page, "74", "  ".join(said), **marks)
    if len(claim.procedures) > len(parts):
        filling.overflow("74", f"six procedures fit and the claim has {len(claim.procedures)}")


def _put_kind(filling: Filling, page: Page, claim: Claim, kind: str, box: str) -> None:
    found = _told(claim, kind)
    marks: dict[str, str] = {}
    said: list[str] = []
    for at, (code, parts, words) in enumerate(found[: SLOTS[kind]]):
        said.append(f"{code} {words}".strip())
        if kind == "BG":
            marks[str(at + 1)] = code
            continue
        across = {"BH": 4, "BI": 2, "BE": 3}[kind]
        slot = f"{at % across + 1}{'abcd'[at // across]}"
        marks |= {f"{slot}.code": code, **{f"{slot}.{name}": text for name, text in parts.items()}}
    if marks:
        filling.put(page, box, "  ".join(said), **marks)
    if len(found) > SLOTS[kind]:
        filling.overflow(box, f"{SLOTS[kind]} codes fit and the claim has {len(found)}")


def _told(claim: Claim, kind: str) -> list[tuple[str, dict[str, str], str]]:
    """(code, its marks, in words) of every code of a kind."""
    if kind == "BG":
        return [(code, {}, "") for code in claim.conditions]
    if kind == "BE":
        return [
            (item.code, {"amount": f"{item.amount:.2f}".replace(".", "")}, f"{item.amount:.2f}")
            for item in claim.values
        ]
    spans = [item for item in claim.occurrences if bool(item.end) is (kind == "BI")]
    if kind == "BH":
        return [(item.code, {"date": compact(item.start)}, shown(item.start)) for item in spans]
    return [
        (item.code, {"from": compact(item.start), "to": compact(item.end)}, f"{shown(item.start)} to {shown(item.end)}")
        for item in spans
    ]


def _kind(elements: tuple[str, ...]) -> str:
    return elements[1].split(":")[0] if len(elements) > 1 else ""
