"""HCPCS Level II proposals: drugs given with their units, things handed out or put on, vaccines and screenings done.

CPT is never proposed. A drug needs the words that it was given here, by a route that its code stands for.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.chart.note import Assertion, Note, Span
from assistant.chart.sentences import Sentence
from assistant.suggest.procedures import rules
from assistant.suggest.procedures.deeds import ELSEWHERE, Clauses, Deed, clauses, denied
from assistant.suggest.procedures.doses import Reckoning, billed_unit, dose_in, reckon
from assistant.suggest.suggestion import Alternative, Billing, Evidence, Suggestion
from corpus.codes import CodeSystem
from corpus.library import CodeBook

SUPPORTED, UNSURE, DEPENDS = 0.85, 0.4, 0.3
"""Stated for what the note says was done, for what it may only have ordered, and for what hangs on payer or kind."""
CHILD = 11
"""Age from which casts and splints are an adult's (HCPCS Q4001 to Q4048)."""
_INJECTED = re.compile(
    r"\b(?:im|iv|ivp|ivpb|sc|sq|subq|sub-q|subcut(?:aneous(?:ly)?)?|intramuscular(?:ly)?|intraven(?:ous(?:ly)?)|intra-?articular(?:ly)?|"
    r"intralesional(?:ly)?|intradermal(?:ly)?|inject(?:ed|ion|ions|able)|infus(?:ed|ion)|bolus|push|shot|drip|intravitreal(?:ly)?|subacromial)\b",
    re.I,
)
_BY_VEIN = re.compile(r"\b(?:iv|ivf|bolus(?:es)?|infus(?:ed|ion)|intraven\w+)\b", re.I)
_NEBULIZED = re.compile(r"\b(?:neb|nebs|nebulizers?|nebulized|nebuliser|duonebs?)\b", re.I)
_BY_MOUTH = re.compile(
    r"\b(?:po|p\.o\.|oral(?:ly)?|by mouth|tablets?|tabs?|capsules?|caps?|odt|sublingual|sl|patch(?:es)?|cream|ointment|gel|"
    r"nasal|intranasal|spray|drops?|suppositor(?:y|ies)|inhaler|mdi|puffs?|topical(?:ly)?|mouthwash|lozenges?)\b",
    re.I,
)
_PUT_IN = re.compile(r"\b(?:insert(?:ed|ion)|placed|placement|implanted)\b", re.I)
_SINGLE_DOSE = "Single-dose container? Medicare wants what was thrown away on a line with JW, and JZ when nothing was."


@dataclass(frozen=True, slots=True)
class Books:
    """What proposals are checked against: HCPCS codes of the release in force on the day of the encounter."""

    hcpcs: CodeBook
    date: dt.date

    def usable(self, code: str) -> bool:
        """Whether the release has the code and nothing says that it was not valid on the day."""
        found = self.hcpcs.get(code)
        return bool(found and found.billable) and self.hcpcs.valid_on(code, self.date) is not False


def propose(note: Note, parts: Sequence[Sentence], books: Books, age: float | None) -> tuple[Suggestion, ...]:
    """HCPCS suggestions of the note, surest first; the same code said again adds evidence. Ranks are left 0."""
    found: dict[str, Suggestion] = {}
    for sentence in parts:
        for one in _in_sentence(note, sentence, books, age):
            known = found.get(one.code)
            found[one.code] = _joined(known, one) if known else one
    return tuple(sorted(found.values(), key=lambda one: (-one.probability, one.evidence[0].start)))


def _in_sentence(note: Note, sentence: Sentence, books: Books, age: float | None) -> Iterator[Suggestion]:
    if sentence.section in ELSEWHERE:
        return
    tokens = sentence.tokens
    matches = sorted(rules.things().match([token.text for token in tokens]), key=lambda match: (match[0], -match[1]))
    spots: list[tuple[int, int, list[str]]] = []
    for first, last, term in matches:
        if spots and first < spots[-1][1]:
            if (first, last) == spots[-1][:2]:
                spots[-1][2].append(term)
            continue
        spots.append((first, last, [term]))
    if not spots:
        return
    told = clauses(tokens, books.date.year)
    for at, (first, last, terms) in enumerate(spots):
        deed = told.deed(first)
        if deed < Deed.MAYBE or denied(note, sentence, first, last):
            continue
        begin = tokens[spots[at - 1][1] - 1].end if at else sentence.span.start
        end = tokens[spots[at + 1][0]].start if at + 1 < len(spots) else sentence.span.end
        words = _Words(note, sentence, Span(tokens[first].start, tokens[last - 1].end), begin, end, told)
        made = _drug(terms[0][5:], words, books) if terms[0].startswith("drug:") else _item(terms, words, books, age)
        if made:
            yield replace(made, probability=min(made.probability, SUPPORTED if deed is Deed.DONE else UNSURE))


@dataclass(frozen=True, slots=True)
class _Words:
    """A thing in its sentence: `begin` to `end` is what lies between the things named before and after it."""

    note: Note
    sentence: Sentence
    span: Span
    begin: int
    end: int
    told: Clauses

    @property
    def before(self) -> str:
        return self.note.text[self.begin : self.span.start]

    @property
    def after(self) -> str:
        return self.note.text[self.span.end : self.end]

    @property
    def whole(self) -> str:
        return self.note.at(self.sentence.span)

    def evidence(self) -> Evidence:
        return Evidence(
            self.span.start, self.span.end, self.note.at(self.span), self.sentence.section, Assertion.PRESENT
        )

    def passage(self) -> tuple[str, ...]:
        return (" ".join(self.whole.split()),)


def _drug(name: str, words: _Words, books: Books) -> Suggestion | None:
    codes = [code for code in rules.drug_codes()[name] if books.usable(code) and code in rules.starter_groups()]
    if not codes or not _by_route(rules.starter_groups()[codes[0]][0], words):
        return None
    code, unit = _fitting(codes, words)
    billed = billed_unit(unit)
    dose = dose_in(words.before, words.after, words.whole, billed[1]) if billed else None
    reckoned = reckon(unit, dose, words.before, words.after, words.whole)
    injected = rules.starter_groups()[code][0] in rules.INJECTED
    return _made(code, words, books, SUPPORTED, unit, reckoned, (_SINGLE_DOSE,) if injected else ())


def _fitting(codes: Sequence[str], words: _Words) -> tuple[str, str]:
    """The code whose unit divides the dose, the largest first: bags of fluid."""
    sized = [(code, rules.starter_groups()[code][1]) for code in codes]
    for code, unit in sized if len(sized) > 1 else ():
        billed = billed_unit(unit)
        dose = dose_in(words.before, words.after, words.whole, billed[1]) if billed else None
        if billed and dose and not dose.total % billed[0]:
            return code, unit
    return sized[0]


def _by_route(group: str, words: _Words) -> bool:
    near = f"{words.before[-40:]} {words.after}"
    if group == rules.NEBULIZED:
        return bool(_NEBULIZED.search(words.whole)) and not re.search(r"\b(?:inhaler|mdi|puffs?)\b", near, re.I)
    if group == rules.DEVICE:
        return bool(_PUT_IN.search(words.whole))
    if group == rules.FLUID:
        return bool(_BY_VEIN.search(words.whole)) and not re.search(
            r"\b(?:flush|irrigat\w+|wash\w*|nasal)\b", near, re.I
        )
    if _INJECTED.search(words.after):
        return True
    return not _BY_MOUTH.search(words.after) and bool(_INJECTED.search(words.whole))


def _item(terms: Sequence[str], words: _Words, books: Books, age: float | None) -> Suggestion | None:
    whole = words.whole.lower()
    fitting = [
        one
        for term in terms
        if term.startswith("item:") and ((one := rules.items()[int(term[5:])]).also or "") in whole
    ]
    if not fitting:
        return None
    item = fitting[0]
    child = bool(item.child) and age is not None and age < CHILD
    code = item.child if child else item.code
    if not books.usable(code):
        return None
    asked = ("The code is an adult's; the note does not say the age.",) if item.child and age is None else ()
    made = _made(code, words, books, SUPPORTED if item.supported else DEPENDS, "", Reckoning(1, "one piece"), asked)
    others = tuple(
        Alternative(other, item.ask or "another kind of the same thing", books.hcpcs.title(other))
        for other in (item.code if child else "", *item.others)
        if other and other != code and books.usable(other)
    )
    questions = (*filter(None, (item.ask,)), *asked)
    return replace(made, alternatives=others, billing=replace(made.billing or Billing(None), questions=questions))


def _made(
    code: str,
    words: _Words,
    books: Books,
    probability: float,
    unit: str,
    reckoned: Reckoning,
    asked: tuple[str, ...],
) -> Suggestion:
    return Suggestion(
        0,
        code,
        CodeSystem.HCPCS,
        books.hcpcs.title(code),
        False,
        probability,
        (words.evidence(),),
        (books.hcpcs.cite(code),),
        passages=words.passage(),
        billing=Billing(reckoned.units, unit, reckoned.arithmetic, (*filter(None, (reckoned.question,)), *asked)),
    )


def _joined(known: Suggestion, more: Suggestion) -> Suggestion:
    """The same code twice: the surer reading, units kept once and asked for when the two differ."""
    first, second = (known, more) if known.probability >= more.probability else (more, known)
    billing = first.billing
    if billing and second.billing and second.probability == first.probability:
        if billing.units is None:
            billing = second.billing
        elif second.billing.units not in (None, billing.units):
            told = f"The note says {billing.units} and {second.billing.units} units: one dose told twice, or two?"
            billing = replace(billing, questions=(told, *billing.questions))
    seen = {(found.start, found.end): found for found in (*first.evidence, *second.evidence)}
    evidence = tuple(sorted(seen.values(), key=lambda found: found.start))[:8]
    return replace(first, evidence=evidence, billing=billing)
