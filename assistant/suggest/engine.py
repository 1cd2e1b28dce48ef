"""A note in, ranked and cited suggestions out. Deterministic: no model, no clock, no randomness."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.chart.mentions import find_mentions
from assistant.chart.note import Assertion, Mention
from assistant.chart.sections import sections
from assistant.guidelines.check import check_codes
from assistant.guidelines.finding import Finding
from assistant.suggest.candidates import Candidate, find_candidates
from assistant.suggest.lines import Request
from assistant.suggest.ranking import PLAN, features, load_weights, probability
from assistant.suggest.selection import Scored, Selection, Validator, select
from assistant.suggest.suggestion import (
    Alternative,
    Evidence,
    NotCoded,
    NotCodedReason,
    Setting,
    Suggestion,
    SuggestionSet,
)
from assistant.suggest.support import supporting_codes
from corpus.codes import CodeSystem
from corpus.index.search import Searcher
from corpus.index.words import terms

WEAKEST = 0.72
"""Below this search score a mention has no code."""
BESIDE = 0.2
"""Highest probability shown for a code that was dropped because another one says it better."""
_NEVER = frozenset({Assertion.NEGATED, Assertion.CONDITIONAL, Assertion.OTHER_PERSON, Assertion.PLANNED})


class Suggester:
    """Suggests codes for notes over one searcher. Thread-safe."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher

    def suggest(self, request: Request, top: int = 20) -> SuggestionSet:
        """Up to `top` suggestions (never fewer than are selected), and every mention that was not coded."""
        searcher, note = self.searcher, request.note
        searcher.require_known(request.date_of_service)
        mentions = find_mentions(note, sections(note), searcher.phrasebook)
        codable = [mention for mention in mentions if _codable(mention, request.setting)]
        candidates = find_candidates(note, codable, searcher, request.date_of_service)
        scored = self._score(candidates)
        model = load_weights()
        valid = Validator(searcher, request.date_of_service)
        chosen = select(scored, model.threshold, searcher, valid)
        chosen = supporting_codes(chosen, note, mentions, valid)
        suggestions = self._suggestions(request, scored, chosen, candidates, max(top, len(chosen.chosen)))
        return SuggestionSet(
            note.id,
            searcher.release.title,
            request.date_of_service.isoformat(),
            request.setting,
            suggestions,
            tuple(_not_coded(mentions, codable, candidates, chosen, suggestions)),
        )

    def _score(self, candidates: dict[Mention, tuple[Candidate, ...]]) -> list[Scored]:
        by_code: dict[str, list[Candidate]] = defaultdict(list)
        for found in candidates.values():
            for candidate in found:
                if candidate.score >= WEAKEST:
                    by_code[candidate.code.code].append(candidate)
        diagnosis = any(
            found and found[0].place == 0 and mention.section in PLAN and found[0].code.code[0] not in "RVWXYZ"
            for mention, found in candidates.items()
        )
        scored = []
        for listed in by_code.values():
            first = [candidate for candidate in listed if candidate.place == 0] or listed
            scored.append(Scored(listed[0].code, probability(features(first, diagnosis)), tuple(first)))
        return sorted(scored, key=lambda item: (-item.probability, item.code.code))

    def _suggestions(
        self,
        request: Request,
        scored: Sequence[Scored],
        chosen: Selection,
        candidates: dict[Mention, tuple[Candidate, ...]],
        top: int,
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
                )
            )
        return tuple(out)

    def _alternatives(
        self, item: Scored, candidates: dict[Mention, tuple[Candidate, ...]], chosen: Selection
    ) -> tuple[Alternative, ...]:
        own = set(terms(item.code.title))
        out: dict[str, Alternative] = {}
        for candidate in item.candidates:
            said = set(terms(candidate.mention.text))
            for other in candidates.get(candidate.mention, ())[:5]:
                code = other.code
                if code.code == item.code.code or code.code in out:
                    continue
                if code.code in chosen.instead:
                    why = f"left out beside {chosen.instead[code.code]}"
                else:
                    extra = [word for word in dict.fromkeys(terms(code.title)) if word not in own | said]
                    why = (
                        f"would need the note to say: {', '.join(extra[:5])}"
                        if extra
                        else "says less than the note does"
                    )
                out[code.code] = Alternative(code.code, why, code.title)
            if len(out) >= 4:
                break
        return tuple(list(out.values())[:4])


def _passed(item: Scored, chosen: Selection) -> Scored:
    """A code that was not chosen: below the threshold, and well below when another code stands for it."""
    ceiling = BESIDE if item.code.code in chosen.dropped else load_weights().threshold - 0.01
    return replace(item, probability=round(min(item.probability, ceiling), 4))


def _codable(mention: Mention, setting: Setting) -> bool:
    if mention.assertion in _NEVER:
        return False
    return mention.assertion is not Assertion.POSSIBLE or setting is Setting.INPATIENT


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


def _not_coded(
    mentions: Sequence[Mention],
    codable: Sequence[Mention],
    candidates: dict[Mention, tuple[Candidate, ...]],
    chosen: Selection,
    suggestions: Sequence[Suggestion],
) -> Iterable[NotCoded]:
    coded = {
        (found.start, found.end) for suggestion in suggestions if suggestion.selected for found in suggestion.evidence
    }
    selected = {item.code.code for item in chosen.chosen}
    able = set(codable)
    for mention in mentions:
        span = (mention.span.start, mention.span.end)
        if span in coded:
            continue
        reason = NotCodedReason.NO_CODE
        if mention not in able:
            reason = NotCodedReason(mention.assertion.value)
        elif found := [item for item in candidates.get(mention, ()) if item.score >= WEAKEST]:
            best = found[0].code.code
            if best in selected:
                continue  # more evidence for a coded condition than is listed
            reason = chosen.dropped.get(best) or _passed_over(mention)
        yield NotCoded(mention.text, *span, reason)


def _passed_over(mention: Mention) -> NotCodedReason:
    if mention.assertion is Assertion.PRESENT:
        return NotCodedReason.INCIDENTAL
    return NotCodedReason(mention.assertion.value)
