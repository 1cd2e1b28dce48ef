"""Public sample files beside the repository, and an independent reading of them: plain splits, nothing of ours."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
X12 = SHARED / "data" / "x12"
needs_shared = pytest.mark.skipif(not X12.is_dir(), reason="the shared sample files are not on this machine")


def samples(*folders: str) -> list[Path]:
    """Every 835 in these folders; empty when the shared data is absent."""
    return [path for folder in folders for path in sorted((X12 / folder).glob("*.835"))]


@dataclass
class Independent:
    """Counts and sums of one file."""

    transactions: int = 0
    claims: int = 0
    lines: int = 0
    reasons: int = 0
    remarks: int = 0
    provider_adjustments: int = 0
    paid: Decimal = Decimal(0)
    adjusted: Decimal = Decimal(0)
    provider_adjusted: Decimal = Decimal(0)
    claim_verdicts: list[bool] = field(default_factory=list)
    line_verdicts: list[bool] = field(default_factory=list)
    check_verdicts: list[bool] = field(default_factory=list)


def number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text.strip() else Decimal(0)
    except InvalidOperation:
        return None


def independent(path: Path) -> Independent:
    """Read `path` by splitting at the separators its first segment shows; each file's oddities are known by hand."""
    text = path.read_bytes().decode("latin-1").replace("\u00ef\u00bb\u00bf", "")
    if "lowercase" in path.name:
        text = text.upper()
    head = text.lstrip()
    element = head[3] if head.startswith("ISA") else "*"
    terminator = {"var_lf-terminator.835": "\n", "tigershark_x12pl_placeholder.835": "\n"}.get(path.name, "~")
    if path.name.startswith("ryanco"):
        terminator = "^"
    if terminator != "\n":
        text = text.replace("\r", "").replace("\n", "")
    parts = [part.strip().split(element) for part in text.replace("\r", "").split(terminator) if part.strip()]
    out = Independent()
    claim: list[Decimal | None] = []
    line: list[Decimal | None] = []
    check: list[Decimal | None] = []

    def close_line() -> None:
        if line:
            out.line_verdicts.append(None not in line and line[0] - line[1] == sum(line[2:]))  # type: ignore[operator,arg-type]
            line.clear()

    def close_claim() -> None:
        close_line()
        if claim:
            out.claim_verdicts.append(None not in claim and claim[0] - claim[1] == sum(claim[2:]))  # type: ignore[operator,arg-type]
            claim.clear()

    def close_check() -> None:
        close_claim()
        if check:
            out.check_verdicts.append(None not in check and check[0] == sum(check[1:]))  # type: ignore[arg-type]
            check.clear()

    for part in parts:
        get = lambda place, part=part: part[place] if place < len(part) else ""  # noqa: E731
        name = part[0]
        if name in ("ST", "SE"):
            close_check()
            out.transactions += name == "ST"
        elif name == "BPR":
            check.append(number(get(2)))
        elif name == "CLP":
            close_claim()
            out.claims += 1
            claim += [number(get(3)), number(get(4))]
            check.append(claim[1])
            out.paid += claim[1] or 0
        elif name == "SVC":
            close_line()
            out.lines += 1
            line += [number(get(2)), number(get(3))]
        elif name == "CAS":
            for place in range(2, len(part), 3):
                if get(place).strip() or get(place + 1).strip():
                    amount = number(get(place + 1))
                    out.reasons += 1
                    out.adjusted += amount or 0
                    claim.append(amount)
                    if line:
                        line.append(amount)
        elif name == "LQ":
            out.remarks += get(1) == "HE"
        elif name == "MOA":
            out.remarks += sum(bool(get(place).strip()) for place in range(3, 8))
        elif name == "MIA":
            out.remarks += sum(bool(get(place).strip()) for place in (5, 20, 21, 22, 23))
        elif name == "PLB":
            close_claim()
            for place in range(3, len(part), 2):
                if get(place).strip() or get(place + 1).strip():
                    amount = number(get(place + 1))
                    out.provider_adjustments += 1
                    out.provider_adjusted += amount or 0
                    check.append(None if amount is None else -amount)
    close_check()
    return out
