"""From ranked codes to the set that would be coded: one concept once, at the highest specificity that the note supports."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.chart.note import Assertion
from assistant.guidelines.relations import combination_for, companions, excluded_pairs, integral_symptoms
from assistant.suggest.candidates import Candidate
from assistant.suggest.ranking import PLAN
from assistant.suggest.suggestion import NotCodedReason
from corpus.codes import Code
from corpus.index.search import Searcher
from corpus.index.sides import side_of
from corpus.index.words import key, terms
from corpus.library import CodeBook

_TOLD = (Assertion.PRESENT, Assertion.POSSIBLE)
SOLE = 0.4
"""Share of the threshold that is enough for a problem of the plan when nothing else is chosen."""
BESIDE = 0.6
"""Probability shown at most for a code that stands before another one by the words of both."""
STEM = 6
"""Letters by which forms of one word are alike."""
_PAST = ("Z85", "Z86", "Z87")
_UNSPECIFIED = re.compile(r"\bunspecified\b|without complications?|\bnot otherwise specified\b", re.I)


@dataclass(frozen=True, slots=True)
class Scored:
    """A code with its probability and the candidates that lead to it."""

    code: Code
    probability: float
    candidates: tuple[Candidate, ...]

    @property
    def leading(self) -> bool:
        """Whether some mention means this code before any other."""
        return any(candidate.place == 0 for candidate in self.candidates)


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen codes in the order of a claim, and why others were dropped."""

    chosen: tuple[Scored, ...]
    dropped: dict[str, NotCodedReason]
    """Code -> reason."""
    instead: dict[str, str]
    """Dropped code -> the code that stands for it."""


def select(scored: Sequence[Scored], threshold: float, searcher: Searcher, valid: "Validator") -> Selection:
    """Codes at or above `threshold`, less duplicates, symptoms of a coded condition and Excludes1 conflicts."""
    chosen = {item.code.code: item for item in scored if item.probability >= threshold and item.leading}
    if not chosen and (only := _sole_problem(scored, threshold * SOLE)):
        chosen[only.code.code] = only
    dropped: dict[str, NotCodedReason] = {}
    instead: dict[str, str] = {}

    def drop(code: str, reason: NotCodedReason, kept: str) -> None:
        if code in chosen:
            del chosen[code]
            dropped[code] = reason
            instead[code] = kept

    for item in underlying(tuple(chosen.values()), scored, searcher.codebook):
        chosen.setdefault(item.code.code, item)
    _both_sides(chosen, searcher, valid)
    for proposal in combination_for(list(chosen)):
        added = [found for text in proposal.add if (found := valid(text))]
        if not added or not all(code in chosen for code in proposal.drop):
            continue
        sources = [chosen[code] for code in proposal.because if code in chosen]
        merged = tuple(candidate for item in sources for candidate in item.candidates)
        for new in added:
            if new.code not in chosen:
                probability = min(item.probability for item in sources)
                chosen[new.code] = Scored(new, probability, merged)
        for text in proposal.drop:
            drop(text, NotCodedReason.DUPLICATE, added[0].code)
    for code, kept in _less_specific(chosen.values(), searcher):
        drop(code, NotCodedReason.DUPLICATE, kept)
    for code, kept in _said_better(list(chosen.values())):
        drop(code, NotCodedReason.DUPLICATE, kept)
    for symptom, condition, _ in integral_symptoms(list(chosen), searcher.codebook):
        drop(symptom, NotCodedReason.INTEGRAL_SYMPTOM, condition)
    for one, other, _ in excluded_pairs(list(chosen), searcher.codebook, certain=True):
        if one in chosen and other in chosen:
            weaker, stronger = sorted((one, other), key=lambda code: (chosen[code].probability, code))
            drop(weaker, NotCodedReason.EXCLUDED, stronger)
    _same_encounter(chosen, valid)
    return Selection(tuple(sorted(chosen.values(), key=_claim_order)), dropped, instead)


def underlying(chosen: Sequence[Scored], scored: Sequence[Scored], book: CodeBook) -> list[Scored]:
    """Codes that a chosen one is coded after (its own "code first" line), where the same words say both of them in full:
    `type 2 diabetes with chronic kidney disease stage 3b` is E11.22 and N18.32 (OCG I.A.13, I.A.15)."""
    found = []
    have = {item.code.code for item in chosen}
    for item in chosen:
        first = companions(item.code.code, book).code_first
        if not first:
            continue
        spans = {one.mention.span for one in item.candidates if one.place == 0}
        for other in scored:
            if other.code.code in have or not any(pattern.matches(other.code.undotted) for pattern in first):
                continue
            said = tuple(one for one in other.candidates if one.mention.span in spans and _said_whole(one))
            if said:
                have.add(other.code.code)
                found.append(Scored(other.code, min(item.probability, BESIDE), said))
    return found


def _said_whole(candidate: Candidate) -> bool:
    """Whether the mention says every word of the term that found the code, in one form or another (`diabetes`, `diabetic`)."""
    said = {word[:STEM] for word in terms(candidate.mention.text)}
    return {word[:STEM] for word in terms(candidate.hit.matched_term)} <= said


def _sole_problem(scored: Sequence[Scored], least: float) -> Scored | None:
    """The likeliest code that the plan means before any other, or the whole of a note without a plan, when it is told as
    present or possible: a note with problems is not left without one."""
    meant = [
        (item, one)
        for item in scored
        for one in item.candidates
        if item.probability >= least and one.place == 0 and one.mention.assertion in _TOLD
    ]
    planned = any(one.mention.section in PLAN for item in scored for one in item.candidates)
    return max(
        (item for item, one in meant if one.mention.section in PLAN or not planned),
        key=lambda item: item.probability,
        default=None,
    )


def _same_encounter(chosen: dict[str, Scored], valid: "Validator") -> None:
    """An external cause has the 7th character of the injuries it explains, when they agree on one (OCG I.C.20.a.2)."""
    injuries = {code[-1] for code in chosen if code[0] in "ST" and len(code) == 8}
    if len(injuries) != 1 or not injuries <= {"A", "D", "S"}:
        return
    character = injuries.pop()
    for code, item in list(chosen.items()):
        if code[0] in "VWXY" and len(code) == 8 and code[-1] != character:
            turned = valid(code[:-1] + character)
            if turned and turned.code not in chosen:
                del chosen[code]
                chosen[turned.code] = Scored(turned, item.probability, item.candidates)


def _said_better(items: Sequence[Scored]) -> list[tuple[str, str]]:
    """(code, code that says it better): an unspecified injury beside a specific one of the region, history beside the present."""
    found = []
    for item in items:
        code = item.code.code
        for other in items:
            same_region = code[0] == "S" and other.code.code[:2] == code[:2] and other is not item
            vague = item.code.title.startswith("Unspecified injury") and not other.code.title.startswith(
                "Unspecified injury"
            )
            past = code.startswith(_PAST) and not other.code.code.startswith("Z") and bool(_words(item) & _words(other))
            if (same_region and vague) or past:
                found.append((code, other.code.code))
                break
    return found


def _words(item: Scored) -> set[str]:
    return {key(candidate.mention.text) for candidate in item.candidates}


def _both_sides(chosen: dict[str, Scored], searcher: Searcher, valid: "Validator") -> None:
    """A bilateral condition without a bilateral code is coded once for each side (OCG I.B.13)."""
    for code, item in list(chosen.items()):
        variants = searcher.sides.variants(item.code.stem)
        if searcher.sides.side(item.code.stem) != "unspecified" or "bilateral" in variants:
            continue
        if not {"right", "left"} <= set(variants) or not any(_says_both(found) for found in item.candidates):
            continue
        tail = item.code.code[-1] if item.code.stem != item.code.code else ""
        sides = [valid(_completed(variants[side], tail)) for side in ("right", "left")]
        if all(sides):
            del chosen[code]
            for one in sides:
                if one and one.code not in chosen:
                    chosen[one.code] = Scored(one, item.probability, item.candidates)


def _completed(stem: str, seventh: str) -> str:
    return stem if not seventh else f"{stem.replace('.', '').ljust(6, 'X')}{seventh}"


def _says_both(candidate: Candidate) -> bool:
    words = f"{candidate.mention.text} {' '.join(candidate.mention.qualifiers)}"
    return side_of(words) == "bilateral"


def _claim_order(item: Scored) -> tuple[int, int, float, str]:
    """The plan's problems in the plan's order (its first is what the visit was for), then the rest by probability."""
    starts = [candidate.mention.span.start for candidate in item.candidates if candidate.mention.section in PLAN]
    return (0, min(starts), 0.0, item.code.code) if starts else (1, 0, -item.probability, item.code.code)


class Validator:
    """Turns code texts into billable codes valid on the date of service; None for any other."""

    def __init__(self, searcher: Searcher, date: dt.date) -> None:
        self.book = searcher.codebook
        self._date = date

    def __call__(self, text: str) -> Code | None:
        code = self.book.get(text)
        if code and code.billable and self.book.valid_on(code.code, self._date) is True:
            return code
        return None


def _less_specific(items: Iterable[Scored], searcher: Searcher) -> list[tuple[str, str]]:
    """(code, more specific code that is also chosen) for codes of one category that say less of the same thing."""
    listed = sorted(items, key=lambda item: (-item.probability, item.code.code))
    found = []
    for item in listed:
        for other in listed:
            if other is not item and _says_less(item, other, searcher):
                found.append((item.code.code, other.code.code))
                break
    return found


def _in_plan(item: Scored) -> bool:
    return any(candidate.mention.section in PLAN for candidate in item.candidates)


def _says_less(item: Scored, other: Scored, searcher: Searcher) -> bool:
    one, two = item.code, other.code
    if one.code[:3] != two.code[:3]:
        return False
    if searcher.sides.side(one.stem) == "unspecified" and two.stem in searcher.sides.variants(one.stem).values():
        return one.stem != two.stem
    vague, precise = bool(_UNSPECIFIED.search(one.title)), bool(_UNSPECIFIED.search(two.title))
    if vague and not precise:
        return True
    if vague and _in_plan(other) and not _in_plan(item):
        return True  # the plan's word for a problem stands for what the story calls it
    same_words = {candidate.mention.span for candidate in item.candidates} & {c.mention.span for c in other.candidates}
    return bool(same_words) and item.probability < other.probability
