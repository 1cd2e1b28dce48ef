"""A note in, ranked and cited suggestions out. Deterministic: no model, no clock, no randomness."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.chart.mentions import find_mentions
from assistant.chart.note import Assertion, Mention, Note, Span
from assistant.chart.sections import sections
from assistant.guidelines.check import check_codes
from assistant.guidelines.finding import Finding
from assistant.suggest.candidates import Candidate, find_candidates
from assistant.suggest.contrast import contrast, dropped
from assistant.suggest.lines import Request
from assistant.suggest.plausibility import is_generic
from assistant.suggest.precedents import SHOWN, Memory, meant, passages, shift, shifted
from assistant.suggest.queries import queries
from assistant.suggest.ranking import PLAN, Features, Weights, features, load_weights, note_facts, probability
from assistant.suggest.reading import Reading, read
from assistant.suggest.selection import Scored, Selection, Validator, select
from assistant.suggest.sequencing import sequence
from assistant.suggest.suggestion import (
    Alternative,
    Evidence,
    FirstListed,
    Indicator,
    NotCoded,
    NotCodedReason,
    Precedent,
    Query,
    Setting,
    Suggestion,
    SuggestionSet,
)
from assistant.suggest.support import supporting_codes
from assistant.suggest.turning import turned
from corpus.codes import CodeSystem
from corpus.index.search import Searcher

WEAKEST = 0.72
"""Below this search score a mention has no code."""
BESIDE = 0.2
"""Highest probability shown for a code that was dropped because another one says it better."""
Recalled = dict[str, tuple[Precedent, ...]]
"""Code -> the decisions made about it before on like passages."""
_NEVER = frozenset({Assertion.NEGATED, Assertion.CONDITIONAL, Assertion.OTHER_PERSON, Assertion.PLANNED})


@dataclass(frozen=True, slots=True)
class Examined:
    """A note read and searched."""

    mentions: tuple[Mention, ...]
    codable: tuple[Mention, ...]
    """Mentions whose assertion lets them be coded in this setting."""
    candidates: dict[Mention, tuple[Candidate, ...]]
    codes: tuple[tuple[tuple[Candidate, ...], Features], ...]
    """Per code the candidates that lead to it (those in first place, if any) and its features."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was still there after each stage: spans of mentions, then codes. For measuring where right codes are lost."""

    mentioned: tuple[Span, ...]
    codable: tuple[Span, ...]
    retrieved: tuple[str, ...]
    scored: tuple[str, ...]


class Suggester:
    """Suggests codes for notes over one searcher. Thread-safe."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher

    def suggest(self, request: Request, top: int = 20, memory: Memory | None = None) -> SuggestionSet:
        """Up to `top` suggestions (never fewer than are selected), and every mention that was not coded.

        `memory`: what was decided before on passages like those of this note; without one nothing is remembered.
        """
        return self.traced(request, top, memory)[0]

    def traced(self, request: Request, top: int = 20, memory: Memory | None = None) -> tuple[SuggestionSet, Trace]:
        """`suggest`, and what was there after each stage."""
        reading = read(request.note)
        request = replace(request, note=reading.note)
        seen = self.examine(request)
        recalled: Recalled = {}
        if memory:
            recalled.update(memory.like({c[0].code.code: passages(request.note, c) for c, _ in seen.codes}))
        scored, chosen = self.choose(request, seen, load_weights(), recalled)
        if memory:
            chosen = _reconsidered(request.note, scored, chosen, memory, recalled)
        suggestions = self._suggestions(
            request, scored, chosen, seen.candidates, max(top, len(chosen.chosen)), recalled
        )
        queried: tuple[Query, ...] = ()
        first: FirstListed | None = None
        if reading.selects:
            queried = self._queries(request, reading, chosen)
            suggestions, first = self._sequenced(request, chosen, suggestions)
        answer = SuggestionSet(
            request.note.id,
            self.searcher.release.title,
            request.date_of_service.isoformat(),
            request.setting,
            suggestions,
            tuple(_not_coded(seen, chosen, suggestions)),
            queried,
            first,
        )
        return reading.finished(answer), Trace(
            tuple(reading.plain.at(mention.span) for mention in seen.mentions),
            tuple(reading.plain.at(mention.span) for mention in seen.codable),
            tuple(dict.fromkeys(found.code.code for listed in seen.candidates.values() for found in listed)),
            tuple(item.code.code for item in scored),
        )

    def _sequenced(
        self, request: Request, chosen: Selection, suggestions: tuple[Suggestion, ...]
    ) -> tuple[tuple[Suggestion, ...], FirstListed | None]:
        """`suggestions` with the place of each selected one, and which stands first."""
        ordered = sequence(
            request.note, chosen.chosen, request.setting, request.date_of_service, self.searcher.codebook
        )
        places = {code: place for place, code in enumerate(ordered.codes, 1)}
        return tuple(replace(one, sequence=places.get(one.code)) for one in suggestions), ordered.first

    def _queries(self, request: Request, reading: Reading, chosen: Selection) -> tuple[Query, ...]:
        """Questions to the physician, with the offsets and words of the original note."""
        sides, book, original = self.searcher.sides, self.searcher.codebook, reading.plain.original

        def side_open(item: Scored) -> bool:
            stem = item.code.stem
            return sides.side(stem) == "unspecified" and {"right", "left"} <= set(sides.variants(stem))

        def placed(found: Indicator) -> Indicator:
            span = reading.plain.at(Span(found.start, found.end))
            return Indicator(span.start, span.end, original.at(span))

        asked = queries(request.note, chosen.chosen, request.setting, side_open, book.billable)
        return tuple(replace(one, indicators=tuple(map(placed, one.indicators))) for one in asked)

    def choose(
        self, request: Request, seen: "Examined", model: Weights, recalled: Recalled | None = None
    ) -> tuple[list[Scored], Selection]:
        """Every code by probability under `model`, moved by what is `recalled`, and the set that would be coded."""
        scored = sorted(
            (_remembered(Scored(c[0].code, probability(found, model), c), recalled) for c, found in seen.codes),
            key=lambda item: (-item.probability, item.code.code),
        )
        valid = Validator(self.searcher, request.date_of_service)
        chosen = select(scored, model.threshold, self.searcher, valid)
        return scored, supporting_codes(chosen, request.note, seen.mentions, valid)

    def examine(self, request: Request) -> "Examined":
        """Everything that is known of a note before anything is chosen; the training of the ranking starts here."""
        note = request.note
        self.searcher.require_known(request.date_of_service)
        mentions = find_mentions(note, sections(note), self.searcher.phrasebook)
        codable = tuple(
            mention for mention in mentions if _codable(mention, request.setting) and not is_generic(mention)
        )
        inpatient = request.setting is Setting.INPATIENT
        candidates = find_candidates(note, codable, self.searcher, request.date_of_service, inpatient, request.sex)
        candidates = turned(note, candidates, Validator(self.searcher, request.date_of_service))
        by_code: dict[str, list[Candidate]] = defaultdict(list)
        for found in candidates.values():
            for candidate in found:
                if candidate.score >= WEAKEST:
                    by_code[candidate.code.code].append(candidate)
        best = (found[0] for found in candidates.values() if found and found[0].score >= WEAKEST)
        facts = note_facts(note, best, mentions, candidates, inpatient)
        codes = []
        for listed in by_code.values():
            leading = tuple(candidate for candidate in listed if candidate.place == 0) or tuple(listed)
            codes.append((leading, features(leading, facts)))
        return Examined(mentions, codable, candidates, tuple(codes))

    def _suggestions(
        self,
        request: Request,
        scored: Sequence[Scored],
        chosen: Selection,
        candidates: dict[Mention, tuple[Candidate, ...]],
        top: int,
        recalled: Recalled,
    ) -> tuple[Suggestion, ...]:
        selected = [item.code.code for item in chosen.chosen]
        findings = check_codes(
            selected,
            codebook=self.searcher.codebook,
            date=request.date_of_service,
            setting=request.setting.value,
            sex=request.sex,
            age=request.age,
            first_listed=False,
            uncertain=[
                item.code.code
                for item in chosen.chosen
                if all(candidate.mention.assertion is Assertion.POSSIBLE for candidate in item.candidates)
            ],
            words={item.code.code: _words(item.candidates) for item in chosen.chosen},
        )
        passed = [_passed(item, chosen) for item in scored if item.code.code not in selected]
        passed.sort(key=lambda item: (-item.probability, item.code.code))
        out = []
        for rank, item in enumerate([*chosen.chosen, *passed][:top], 1):
            code = item.code
            is_selected = code.code in selected
            out.append(
                Suggestion(
                    rank,
                    code.code,
                    CodeSystem.ICD10CM,
                    code.title,
                    is_selected,
                    item.probability,
                    _evidence(item.candidates),
                    (self.searcher.codebook.cite(code.code),),
                    _findings_on(code.code, findings) if is_selected else (),
                    self._alternatives(item, candidates, chosen),
                    passages(request.note, item.candidates),
                    recalled.get(code.code, ())[:SHOWN],
                )
            )
        return tuple(out)

    def _alternatives(
        self, item: Scored, candidates: dict[Mention, tuple[Candidate, ...]], chosen: Selection
    ) -> tuple[Alternative, ...]:
        out: dict[str, Alternative] = {}
        for candidate in item.candidates:
            for other in candidates.get(candidate.mention, ())[:5]:
                code = other.code
                if code.code == item.code.code or code.code in out:
                    continue
                if kept := chosen.instead.get(code.code):
                    why = dropped(chosen.dropped.get(code.code), kept)
                else:
                    why = contrast(item.code.title, code.title)
                out[code.code] = Alternative(code.code, why, code.title)
            if len(out) >= 4:
                break
        return tuple(list(out.values())[:4])


def _remembered(item: Scored, recalled: Recalled | None) -> Scored:
    """`item` moved by the precedents for its code; as it is when there are none."""
    if not recalled or not (found := recalled.get(item.code.code)):
        return item
    by = shift(found)
    return replace(item, probability=shifted(item.probability, by), candidates=meant(item.candidates, by))


def _reconsidered(
    note: Note, scored: Sequence[Scored], chosen: Selection, memory: Memory, recalled: Recalled
) -> Selection:
    """`chosen` without codes that were only added beside others and were rejected on like passages before."""
    known = {item.code.code for item in scored} | set(chosen.instead.values())
    beside = {item.code.code: passages(note, item.candidates) for item in chosen.chosen if item.code.code not in known}
    if not beside or not (found := memory.like(beside)):
        return chosen
    recalled.update(found)
    moved = (_remembered(item, recalled) for item in chosen.chosen)
    return replace(
        chosen,
        chosen=tuple(
            item for item in moved if item.code.code not in found or item.probability >= load_weights().threshold
        ),
    )


def _passed(item: Scored, chosen: Selection) -> Scored:
    """A code that was not chosen: below the threshold, and well below when another code stands for it."""
    ceiling = BESIDE if item.code.code in chosen.dropped else load_weights().threshold - 0.01
    return replace(item, probability=round(min(item.probability, ceiling), 4))


def _codable(mention: Mention, setting: Setting) -> bool:
    if mention.assertion in _NEVER:
        return False
    return mention.assertion is not Assertion.POSSIBLE or setting is Setting.INPATIENT


def _words(candidates: Iterable[Candidate]) -> str:
    return "; ".join(dict.fromkeys(" ".join(candidate.mention.text.split()) for candidate in candidates))


def _evidence(candidates: Iterable[Candidate]) -> tuple[Evidence, ...]:
    spans: dict[tuple[int, int], Evidence] = {}
    for candidate in candidates:
        mention = candidate.mention
        spans.setdefault(
            (mention.span.start, mention.span.end),
            Evidence(mention.span.start, mention.span.end, mention.text, mention.section, mention.assertion),
        )
    ordered = sorted(spans.values(), key=lambda found: (found.section not in PLAN, found.start))
    return tuple(ordered[:8])


def _findings_on(code: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if code in finding.codes)


def _not_coded(seen: Examined, chosen: Selection, suggestions: Sequence[Suggestion]) -> Iterable[NotCoded]:
    coded = {
        (found.start, found.end) for suggestion in suggestions if suggestion.selected for found in suggestion.evidence
    }
    selected = {item.code.code for item in chosen.chosen}
    able = set(seen.codable)
    for mention in seen.mentions:
        span = (mention.span.start, mention.span.end)
        if span in coded:
            continue
        reason = NotCodedReason.NO_CODE
        if mention not in able:
            if mention.assertion is not Assertion.PRESENT:
                reason = NotCodedReason(mention.assertion.value)
        elif found := [item for item in seen.candidates.get(mention, ()) if item.score >= WEAKEST]:
            best = found[0].code.code
            if best in selected:
                continue  # more evidence for a coded condition than is listed
            reason = chosen.dropped.get(best) or _passed_over(mention)
        yield NotCoded(mention.text, *span, reason)


def _passed_over(mention: Mention) -> NotCodedReason:
    if mention.assertion is Assertion.PRESENT:
        return NotCodedReason.INCIDENTAL
    return NotCodedReason(mention.assertion.value)
