"""What numbers and purposes in the words decide of an ICD-10-PCS code: hours, how many arteries and devices, fluid let out."""

import re
from collections.abc import Sequence

from corpus.codes import Code
from corpus.procedures.filling import labels

_DRAINED = re.compile(r"\btherapeutic\b|\b[\d.,]+ ?(?:l|liters?|ml|cc) (?:\w+ ){0,3}(?:drained|removed)", re.I)
_SEVERAL = re.compile(r"\b(?:two|three|four|[2-9]|several|multiple)\b|\bstents\b", re.I)
_CORONARY = re.compile(
    r"\b(lad|left anterior descending|rca|right coronary|circumflex|lcx|left main|diagonal|obtuse marginal|om\d?|pda|ramus)\b",
    re.I,
)
_SAME_ARTERY = {"left anterior descending": "lad", "right coronary": "rca", "circumflex": "lcx"}
LENGTH = re.compile(r"\b(\d+(?:\.\d+)?)[ -]*(hours?|hrs?|days?)\b", re.I)
HOURS = re.compile(r"(?:Less than (\d+)|(\d+)-(\d+)|Greater than (\d+)) Consecutive Hours")


def told_apart(codes: Sequence[Code], every: Sequence[Code], text: str) -> Sequence[Code]:
    """Those of `codes` that hours, number and purpose in `text` leave; `every` are the codes before words narrowed them."""
    return _by_purpose(_by_number(_by_hours(codes, text), text), every, text)


def _by_hours(codes: Sequence[Code], text: str) -> Sequence[Code]:
    """Those whose length in consecutive hours holds the length said: ventilation, for one."""
    said = LENGTH.search(text)
    if not said:
        return codes
    hours = float(said[1]) * (24 if said[2].lower().startswith("d") else 1)

    def holds(code: Code) -> bool:
        found = next((match for label in labels(code) if (match := HOURS.search(label))), None)
        if found is None:
            return False
        below, low, high, above = (float(group) if group else None for group in found.groups())
        if below is not None:
            return hours < below
        return hours > above if above is not None else (low or 0) <= hours <= (high or 0)

    return [code for code in codes if holds(code)] or codes


def _by_number(codes: Sequence[Code], text: str) -> Sequence[Code]:
    """One of a thing where one is said: `a stent` is not two, one artery named is not two, a bifurcation is never unsaid."""
    arteries = {_SAME_ARTERY.get(found.lower(), found.lower()) for found in _CORONARY.findall(text)}
    for position in (4, 6):
        names = {labels(code)[position - 4] for code in codes}
        one = {name for name in names if name.endswith(", One Artery")}
        if position == 6 and not _SEVERAL.search(text):
            one = {name for name in names if any(other.startswith(f"{name}, Two") for other in names)}
        if one and (position == 6 or len(arteries) == 1):
            codes = [code for code in codes if labels(code)[position - 4] in one]
    if "bifurcation" not in text.lower():
        codes = [code for code in codes if labels(code)[3] != "Bifurcation"] or codes
    return codes


def _by_purpose(codes: Sequence[Code], every: Sequence[Code], text: str) -> Sequence[Code]:
    """Fluid that was both let out and sent for study leaves the qualifier open."""
    if not _DRAINED.search(text) or {labels(code)[3] for code in codes} != {"Diagnostic"}:
        return codes
    kept = {code.code[:6] for code in codes}
    return [code for code in every if code.code[:6] in kept]
