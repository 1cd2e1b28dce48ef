"""The codes a remittance uses, each once, with its meaning in our own words; nothing it does not use."""

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.remit.values import RemitClaim, Trailer
from assistant.remit.words import load_words
from corpus.lexicon import reasons

LISTS = {
    "status": "claim status codes (CLP02)",
    "group": "claim adjustment group codes",
    "reason": "the X12 list of claim adjustment reason codes (CARC)",
    "remark": "the X12 list of remittance advice remark codes (RARC)",
    "provider_adjustment": "the X12 list of provider adjustment reason codes (PLB03)",
}
"""Kinds of codes in the order they are shown, and where to look one up."""


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """One code. `meaning` is empty for a code we do not know: look it up in `list`."""

    kind: str
    code: str
    meaning: str
    list: str
    segments: tuple[int, ...]
    """Where the remittance uses it."""


def glossary(
    claims: Iterable[RemitClaim], trailers: Iterable[Trailer] = (), language: str = "en"
) -> list[GlossaryTerm]:
    """The codes of these claims and provider adjustments, by kind, then in the order met."""
    met: dict[tuple[str, str], list[int]] = {}

    def note(kind: str, code: str, segment: int) -> None:
        if code:
            met.setdefault((kind, code.upper()), []).append(segment)

    for claim in claims:
        note("status", claim.status, claim.segment)
        for item in claim.all_adjustments():
            note("group", item.group, item.segment)
            note("reason", item.reason, item.segment)
        for remark in claim.all_remarks():
            note("remark", remark.code, remark.segment)
    for trailer in trailers:
        for adjustment in trailer.provider_adjustments:
            note("provider_adjustment", adjustment.reason, adjustment.segment)
    kinds = list(LISTS)
    return [
        GlossaryTerm(kind, code, _meaning(kind, code, language), LISTS[kind], tuple(dict.fromkeys(segments)))
        for (kind, code), segments in sorted(met.items(), key=lambda entry: kinds.index(entry[0][0]))
    ]


def _meaning(kind: str, code: str, language: str) -> str:
    words = load_words(language)
    if kind == "reason":
        return words.reason(code)
    if kind == "remark":
        return words.remark(code)
    lookup = {"status": reasons.claim_status, "group": reasons.group, "provider_adjustment": reasons.plb_reason}
    found = lookup[kind](code)
    return found.biller(language) if found else ""
