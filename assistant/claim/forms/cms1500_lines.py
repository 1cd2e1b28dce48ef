"""Box 24 of the CMS-1500: the service lines, each with what stands in its shaded upper half."""

from collections.abc import Sequence

from assistant.claim.claim import Claim, ServiceLine
from assistant.claim.forms.sheet import Filling, Page
from assistant.claim.forms.words import money, month_day_year, shown
from assistant.claim.wire import number
from assistant.guidelines.finding import Severity

LETTERS = "ABCDEFGHIJKL"
ORDER = ("first", "second", "third", "fourth")


def put_lines(filling: Filling, page: Page, claim: Claim, lines: Sequence[ServiceLine]) -> None:
    """The lines of one page; `lines` are at most as many as the form has."""
    rendering = next((party for party in claim.providers if party.role == "82"), None)
    for row, line in enumerate(lines):
        by = next((party for party in line.providers if party.role == "82"), rendering)
        marks = _marks(claim, line)
        if by:
            marks["24J.npi"] = by.id
            if by.taxonomy:
                marks |= {"24I": "ZZ", "24J.other": by.taxonomy}
        for place, text in marks.items():
            filling.mark(page, place, text, "lines", row)
        last = line.end or line.start
        page.tables.setdefault("lines", []).append(
            {
                "24A": shown(line.start) if last == line.start else f"{shown(line.start)} to {shown(last)}",
                "24B": marks["24B"],
                "24C": marks.get("24C", ""),
                "24D": "\n".join(
                    part for part in (" ".join((line.procedure, *line.modifiers)), _supplement(line)) if part
                ),
                "24E": marks["24E"],
                "24F": f"{line.charge:.2f}",
                "24G": marks["24G"],
                "24H": marks.get("24H", ""),
                "24J": " ".join(part for part in (by.id, by.taxonomy) if part) if by else "",
            }
        )
        if len(line.modifiers) > len(ORDER):
            filling.overflow("24D", f"four modifiers fit and a line has {len(line.modifiers)}")
        if any(kind == "G1" for kind, _ in line.references):
            filling.overflow("23", "a line has an authorisation number of its own, which has no box", Severity.WARNING)


def _marks(claim: Claim, line: ServiceLine) -> dict[str, str]:
    marks = {
        "24B": line.place_of_service or claim.facility_code,
        "24D.code": line.procedure,
        "24E": "".join(LETTERS[pointer - 1] for pointer in line.pointers if 0 < pointer <= len(LETTERS)),
        "24G": number(line.units),
        "24.supplement": _supplement(line),
    }
    for end, date in (("from", line.start), ("to", line.end or line.start)):
        if date:
            marks |= {f"24A.{end}.{part}": value for part, value in month_day_year(date).items()}
    if line.emergency:
        marks["24C"] = "Y"
    if line.epsdt or line.family_planning:
        marks["24H"] = "Y"
    marks |= {f"24D.{place}": modifier for place, modifier in zip(ORDER, line.modifiers, strict=False)}
    marks |= {f"24F.{part}": value for part, value in money(line.charge).items()}
    return marks


def _supplement(line: ServiceLine) -> str:
    """The shaded half: a drug (N4, National Drug Code, unit and amount), then words for an unlisted service (ZZ)."""
    parts = []
    if line.drug:
        parts.append(f"N4{line.drug.ndc} {line.drug.unit}{number(line.drug.quantity)}")
    if line.description or line.note:
        parts.append(f"ZZ{' '.join(filter(None, (line.description, line.note)))}")
    return "   ".join(parts)
