"""Suggestions with a model: it names what the note says in the words of the index, the search finds codes for that, it chooses
among the codes shown, and the rules check the set.

Whatever the model does, the contract is that of the suggestions without it: every code was retrieved here, is billable and
valid on the date of service, and rests on words of the note that the reader of notes also takes for a codable mention. A model
that fails leaves the answer without it, with a notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.chart.note import Span
from assistant.guidelines.check import check_codes
from assistant.guidelines.finding import Severity
from assistant.model import ChatModel, ModelError
from assistant.suggest.suggestion import SuggestionSet

if TYPE_CHECKING:
    from assistant.suggest.engine import Suggester
    from assistant.suggest.lines import Request
    from assistant.suggest.precedents import Memory
    from corpus.index.search import Searcher


from assistant.chat.choices import choose
from assistant.chat.chosen import answer_with, joined
from assistant.chat.conditions import Condition, choosing_texts, conditions_read, supported, with_candidates

LEAST_READ = 0.5
"""Part of the engine's set that a model must have read in the note for its silence to count."""
MOST_CONDITIONS = 40


@dataclass(frozen=True, slots=True)
class Stages:
    """The codes (spans first) that were still there after each step, for measuring."""

    read: tuple[Span, ...] = ()
    retrieved: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    verified: tuple[str, ...] = ()
    refused: int = 0
    """Choices of the model that were left out."""
    failure: str = field(default="")
    """Why the model had no part in the answer."""


def suggest(
    request: "Request", engine: "Suggester", model: ChatModel, top: int = 20, memory: "Memory | None" = None
) -> SuggestionSet:
    """Suggestions for a note in which the model has chosen; without it, and said so, when it fails."""
    return traced(request, engine, model, top, memory)[0]


def traced(
    request: "Request", engine: "Suggester", model: ChatModel, top: int = 20, memory: "Memory | None" = None
) -> tuple[SuggestionSet, Stages]:
    """`suggest`, and what was there after each step."""
    base = engine.suggest(request, max(top, 50), memory)
    try:
        return _chosen(request, engine.searcher, model, base, top)
    except ModelError as error:
        answer = replace(base, suggestions=base.suggestions[: max(top, _selected(base))])
        notice = choosing_texts()["notice"]["failed"].format(sentence=error)
        return replace(answer, notice=joined(base.notice, notice)), Stages(failure=error.trouble.value)


def _chosen(
    request: "Request", searcher: "Searcher", model: ChatModel, base: SuggestionSet, top: int
) -> tuple[SuggestionSet, Stages]:
    read = list(conditions_read(request.note.text, model))[:MOST_CONDITIONS]
    conditions = [
        replace(found, shown=with_candidates(found, request, searcher, base))
        for found in supported(read, request.note.text, base)
    ]
    conditions = [condition for condition in conditions if condition.shown]
    picked, refused = choose(conditions, request, searcher, model) if conditions else ({}, 0)
    passed_over = _passed_over(conditions, base)
    verified = _verified([*picked, *(code for code in passed_over if code not in picked)], request, searcher, base)
    kept = [code for code in verified if code not in picked]
    verified = [code for code in verified if code in picked]
    stages = Stages(
        tuple(condition.span for condition in conditions),
        tuple(dict.fromkeys(code.code for condition in conditions for code in condition.shown)),
        tuple(picked),
        tuple(verified),
        refused + len(picked) - len(verified),
    )
    chosen = {code: picked[code] for code in verified}
    return answer_with(request, searcher, base, chosen, kept, stages.refused, model.name, top), stages


def _passed_over(conditions: Sequence[Condition], base: SuggestionSet) -> list[str]:
    """Codes of the engine's set that stay although the model did not name their words in the note.

    What a careful reader leaves out, it leaves out for a reason. One that named fewer than half of what the engine would
    code has not read carefully, and its silence says nothing.
    """
    selected = [item for item in base.suggestions if item.selected]
    unread = [
        item.code
        for item in selected
        if not any(
            condition.span.overlaps(Span(one.start, one.end)) for one in item.evidence for condition in conditions
        )
    ]
    return unread if len(unread) > len(selected) * (1 - LEAST_READ) else []


def _verified(codes: list[str], request: "Request", searcher: "Searcher", base: SuggestionSet) -> list[str]:
    """The codes without those that break a rule; of two that break one together the one the engine trusts less goes."""
    trust = {item.code: (item.selected, item.probability) for item in base.suggestions}
    kept = list(codes)
    while kept:
        findings = check_codes(
            kept,
            codebook=searcher.codebook,
            date=request.date_of_service,
            setting=request.setting.value,
            sex=request.sex,
            age=request.age,
            first_listed=False,
        )
        wrong = [
            code for finding in findings if finding.severity is Severity.ERROR for code in finding.codes if code in kept
        ]
        if not wrong:
            break
        kept.remove(min(wrong, key=lambda code: trust.get(code, (False, 0.0))))
    return kept


def _selected(answer: SuggestionSet) -> int:
    return sum(item.selected for item in answer.suggestions)
