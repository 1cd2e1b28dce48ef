"""The suggestions after a model has chosen: its codes first, the others below, and what it passed over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.chart.note import Span
from assistant.chart.sections import sections
from assistant.guidelines.check import check_codes
from assistant.suggest.suggestion import NotCoded, NotCodedReason, Suggestion, SuggestionSet

if TYPE_CHECKING:
    from assistant.suggest.lines import Request
    from corpus.index.search import Searcher


from assistant.chat.conditions import Condition, choosing_texts


def answer_with(
    request: "Request",
    searcher: "Searcher",
    base: SuggestionSet,
    chosen: Mapping[str, Condition],
    kept: Sequence[str],
    refused: int,
    name: str,
    top: int,
) -> SuggestionSet:
    """The suggestions with the codes chosen first; `kept` stay although passed over, `refused` counts the choices left out."""
    known = {item.code: item for item in base.suggestions}
    findings = check_codes(
        [*chosen, *kept],
        codebook=searcher.codebook,
        date=request.date_of_service,
        setting=request.setting.value,
        sex=request.sex,
        age=request.age,
        first_listed=False,
    )
    listed: list[Suggestion] = []
    for code in (*chosen, *kept):
        item = known.get(code) or _new(code, chosen[code], request, searcher, base)
        own = tuple(finding for finding in findings if code in finding.codes)
        listed.append(replace(item, selected=True, findings=own))
    floor = min((item.probability for item in listed), default=1.0)
    for item in base.suggestions:
        if item.code not in chosen and item.code not in kept:
            listed.append(replace(item, selected=False, findings=(), probability=min(item.probability, floor)))
    listed = [replace(item, rank=rank) for rank, item in enumerate(listed[: max(top, len(chosen) + len(kept))], 1)]
    coded = [found for item in listed if item.selected for found in item.evidence]
    left = tuple(
        item for item in base.not_coded if not any(item.start < one.end and one.start < item.end for one in coded)
    )
    notice = choosing_texts()["notice"]["chosen"].format(model=name)
    if refused:
        notice = f"{notice} {choosing_texts()['notice']['left'].format(count=refused)}"
    if kept:
        notice = f"{notice} {choosing_texts()['notice']['kept'].format(count=len(kept))}"
    dropped = tuple(
        NotCoded(found.text, found.start, found.end, NotCodedReason.INCIDENTAL)
        for item in base.suggestions
        if item.selected and item.code not in chosen and item.code not in kept
        for found in item.evidence
        if not any(found.start < one.end and one.start < found.end for one in coded)
    )
    return replace(
        base,
        suggestions=tuple(listed),
        not_coded=tuple(dict.fromkeys((*left, *dropped))),
        notice=joined(base.notice, notice),
    )


def _new(code: str, condition: Condition, request: "Request", searcher: "Searcher", base: SuggestionSet) -> Suggestion:
    """A suggestion for a code that the engine had not listed. Its probability is the least the engine gave."""
    found = searcher.codebook.get(code)
    assert found is not None
    least = min((item.probability for item in base.suggestions), default=0.0)
    evidence = condition.mention
    if not evidence.section:
        place = Span(evidence.start, evidence.end)
        within = (section.kind for section in sections(request.note) if section.span.contains(place))
        evidence = replace(evidence, section=next(within, ""))
    return Suggestion(0, code, found.system, found.title, True, least, (evidence,), (searcher.codebook.cite(code),))


def joined(*texts: str) -> str:
    """Texts that are not empty, one blank between them."""
    return " ".join(filter(None, texts))
