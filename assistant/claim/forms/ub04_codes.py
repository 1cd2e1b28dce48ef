"""Codes of the UB-04: diagnoses, procedures, and the condition, occurrence and value codes of a claim that was read.

The claim has no fields for the last three; a claim read from an 837I keeps them as HI segments, and they are taken
from there: BG condition, BH occurrence, BI occurrence span, BE value.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

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
    found = [parts for item in claim.extras for parts in _composites(item.elements, kind)]
    marks: dict[str, str] = {}
    said: list[str] = []
    for at, parts in enumerate(found[: SLOTS[kind]]):
        code, value = parts[1], parts[-1]
        if kind == "BG":
            marks[str(at + 1)] = code
            said.append(code)
            continue
        across = {"BH": 4, "BI": 2, "BE": 3}[kind]
        slot = f"{at % across + 1}{'abcd'[at // across]}"
        marks[f"{slot}.code"] = code
        if kind == "BE":
            marks[f"{slot}.amount"] = _amount(value)
        elif kind == "BH":
            marks[f"{slot}.date"] = _date(value)
        else:
            first, _, last = value.partition("-")
            marks |= {f"{slot}.from": _date(first), f"{slot}.to": _date(last)}
        said.append(f"{code} {value}")
    if marks:
        filling.put(page, box, "  ".join(said), **marks)
    if len(found) > SLOTS[kind]:
        filling.overflow(box, f"{SLOTS[kind]} codes fit and the claim has {len(found)}")


def _kind(elements: tuple[str, ...]) -> str:
    return elements[1].split(":")[0] if len(elements) > 1 else ""


def _composites(elements: tuple[str, ...], kind: str) -> Iterator[list[str]]:
    for element in elements[1:] if elements[:1] == ("HI",) else ():
        parts = element.split(":")
        if parts[0] == kind and len(parts) > 1:
            yield parts


def _date(text: str) -> str:
    """CCYYMMDD as MMDDYY; as it stands when it is no date."""
    try:
        return compact(dt.datetime.strptime(text, "%Y%m%d").date())  # noqa: DTZ007
    except ValueError:
        return text


def _amount(text: str) -> str:
    try:
        return f"{Decimal(text):.2f}".replace(".", "")
    except InvalidOperation:
        return text
