"""Suggestions with a model: it names what the note says in the words of the index, the search finds codes for that, it chooses
among the codes shown, and the rules check the set.

Whatever the model does, the contract is that of the suggestions without it: every code was retrieved here, is billable and
valid on the date of service, and rests on words of the note that the reader of notes also takes for a codable mention. A model
that fails leaves the answer without it, with a notice.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.chart.note import Assertion, Span
from assistant.chart.sections import sections
from assistant.guidelines.check import check_codes
from assistant.guidelines.finding import Severity
from assistant.model import ChatModel, Message, ModelError
from assistant.suggest.suggestion import Evidence, NotCoded, NotCodedReason, Suggestion, SuggestionSet

if TYPE_CHECKING:
    from assistant.suggest.engine import Suggester
    from assistant.suggest.lines import Request
    from assistant.suggest.precedents import Memory
    from corpus.codes import Code
    from corpus.index.search import Searcher

PER_CONDITION = 10
"""Codes shown for one condition."""
NEAR = 50
"""How far down the search for the note's own words a code's category must stand for the model's words to count."""
NOTES = 4
"""Instructional lines shown beside a code."""
RULES = 3
"""Guideline lines shown beside a code."""
MOST_CODES = 2
"""Codes chosen for one condition: a second one where a note asks for it, as for the stage of a kidney disease."""
LEAST_READ = 0.5
"""Part of the engine's set that a model must have read in the note for its silence to count."""
PIECE = 12_000
"""Characters of a note read at a time."""
MOST_CONDITIONS = 40
_OUT = frozenset(
    {
        NotCodedReason.NEGATED,
        NotCodedReason.CONDITIONAL,
        NotCodedReason.FAMILY,
        NotCodedReason.OTHER_PERSON,
        NotCodedReason.PLANNED,
        NotCodedReason.POSSIBLE,
    }
)
"""What the reader of notes has found not to be the patient's now; no model talks it back in."""

_REPEATS = frozenset({"TB-0012", "TB-0023", "TB-0030", "TB-0040"})
"""Findings that only quote an instructional note."""

_READ: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "conditions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"quote": {"type": "string"}, "index": {"type": "string"}},
                "required": ["quote", "index"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["conditions"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What the model read in the note, found there word for word."""

    span: Span
    index: str
    """The model's words for it, those of the index."""
    mention: Evidence
    """The codable mention of the reader that it overlaps."""
    shown: "tuple[Code, ...]" = ()


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


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


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
        notice = _texts()["notice"]["failed"].format(sentence=error)
        return replace(answer, notice=_joined(base.notice, notice)), Stages(failure=error.trouble.value)


def _chosen(
    request: "Request", searcher: "Searcher", model: ChatModel, base: SuggestionSet, top: int
) -> tuple[SuggestionSet, Stages]:
    read = list(_read(request.note.text, model))[:MOST_CONDITIONS]
    conditions = [
        replace(found, shown=_candidates(found, request, searcher, base))
        for found in _supported(read, request.note.text, base)
    ]
    conditions = [condition for condition in conditions if condition.shown]
    picked, refused = _choose(conditions, request, searcher, model) if conditions else ({}, 0)
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
    return _answer(request, searcher, base, chosen, kept, stages, model.name, top), stages


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


def _read(text: str, model: ChatModel) -> Iterator[tuple[str, str]]:
    """(quote, index words) pairs as the model gives them."""
    for piece in _pieces(text):
        answer = model.complete(
            [
                Message("system", _texts()["read"].strip()),
                Message("user", json.dumps({"note": piece}, ensure_ascii=False)),
            ],
            _READ,
        )
        for item in json.loads(answer)["conditions"]:
            yield item["quote"].strip(), item["index"].strip()


def _pieces(text: str) -> Iterator[str]:
    """The note in parts that end with a line."""
    at = 0
    while at < len(text):
        end = len(text)
        if end - at > PIECE:
            end = text.rfind("\n", at + PIECE // 2, at + PIECE) + 1 or at + PIECE
        yield text[at:end]
        at = end


def _supported(read: Sequence[tuple[str, str]], text: str, base: SuggestionSet) -> Iterator[Condition]:
    """Conditions whose words stand in the note and hold a mention that may be coded."""
    mentions = [found for item in base.suggestions for found in item.evidence]
    out = [item for item in base.not_coded if item.reason in _OUT]
    also = [_as_evidence(item) for item in base.not_coded if item.reason not in _OUT]
    taken: set[tuple[Span, str]] = set()
    for quote, index in read:
        start = text.find(quote) if quote else -1
        if start < 0 or not index:
            continue
        span = Span(start, start + len(quote))
        within = [found for found in (*mentions, *also) if span.overlaps(Span(found.start, found.end))]
        if not within or any(span.overlaps(Span(item.start, item.end)) for item in out) or (span, index) in taken:
            continue
        taken.add((span, index))
        yield Condition(span, index, max(within, key=lambda found: found.end - found.start))


def _as_evidence(item: NotCoded) -> Evidence:
    return Evidence(item.start, item.end, item.text, "", Assertion.PRESENT)


def _candidates(
    condition: Condition, request: "Request", searcher: "Searcher", base: SuggestionSet
) -> "tuple[Code, ...]":
    """Codes for a condition: those of the engine, of the note's words and of the index words, billable and valid that day."""
    date = request.date_of_service
    own = [
        item.code
        for item in base.suggestions
        if any(condition.span.overlaps(Span(found.start, found.end)) for found in item.evidence)
    ]
    said = [hit.code for hit in searcher.search(request.note.at(condition.span), NEAR, date)]
    near = {code[:3] for code in (*own, *said)}
    meant = [hit.code for hit in searcher.search(condition.index, PER_CONDITION, date) if hit.code[:3] in near]
    out: dict[str, Code] = {}
    for code in (*own[:4], *meant, *said[:PER_CONDITION]):
        book = searcher.codebook
        found = book.get(code)
        leaves = (found,) if found is not None and found.billable else book.billable_under(code)[:4]
        for leaf in leaves:
            if leaf is not None and book.valid_on(leaf.code, date) is True:
                out.setdefault(leaf.code, leaf)
        if len(out) >= PER_CONDITION:
            break
    return tuple(out.values())[:PER_CONDITION]


def _choose(
    conditions: Sequence[Condition], request: "Request", searcher: "Searcher", model: ChatModel
) -> tuple[dict[str, Condition], int]:
    """The codes that the model chose of those shown, with the condition of each; and how many others it named."""
    shown = [
        {
            "condition": number,
            "words": condition.mention.text,
            "index": condition.index,
            "codes": [
                {
                    "code": code.code,
                    "title": code.title,
                    "notes": _notes(code.code, searcher),
                    "guidelines": _rules(code.code, condition, conditions, request, searcher),
                }
                for code in condition.shown
            ],
        }
        for number, condition in enumerate(conditions, 1)
    ]
    ids = sorted({code.code for condition in conditions for code in condition.shown})
    schema = {
        "type": "object",
        "properties": {
            "chosen": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "condition": {"type": "integer", "minimum": 1, "maximum": len(conditions)},
                        "code": {"type": "string", "enum": ids},
                    },
                    "required": ["condition", "code"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["chosen"],
        "additionalProperties": False,
    }
    answer = model.complete(
        [Message("system", _texts()["choose"].strip()), Message("user", json.dumps(shown, ensure_ascii=False))], schema
    )
    picked: dict[str, Condition] = {}
    taken: Counter[int] = Counter()
    pairs: set[tuple[int, str]] = set()
    refused = 0
    for item in json.loads(answer)["chosen"]:
        condition = conditions[item["condition"] - 1]
        if (item["condition"], item["code"]) in pairs:
            continue
        pairs.add((item["condition"], item["code"]))
        if item["code"] not in {code.code for code in condition.shown} or taken[item["condition"]] == MOST_CODES:
            refused += 1
            continue
        taken[item["condition"]] += 1
        picked.setdefault(item["code"], condition)
    return picked, refused


def _notes(code: str, searcher: "Searcher") -> list[str]:
    return [f"{note.kind.value}: {note.text}" for note in searcher.codebook.notes(code)[:NOTES]]


def _rules(
    code: str, condition: Condition, conditions: Sequence[Condition], request: "Request", searcher: "Searcher"
) -> list[str]:
    """What our guideline rules say of a code, alone and beside the first code of each other condition.

    Findings that only repeat a note of the tabular list are left out: the notes themselves are shown.
    """
    beside = [other.shown[0].code for other in conditions if other is not condition and other.shown[0].code != code]
    findings = check_codes(
        list(dict.fromkeys((code, *beside))),
        codebook=searcher.codebook,
        date=request.date_of_service,
        setting=request.setting.value,
        sex=request.sex,
        age=request.age,
        first_listed=False,
    )
    own = [one for one in findings if code in one.codes and one.rule not in _REPEATS]
    return list(dict.fromkeys(f"{one.source}: {one.message} {one.fix}" for one in own))[:RULES]


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


def _answer(
    request: "Request",
    searcher: "Searcher",
    base: SuggestionSet,
    chosen: Mapping[str, Condition],
    kept: Sequence[str],
    stages: Stages,
    name: str,
    top: int,
) -> SuggestionSet:
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
    notice = _texts()["notice"]["chosen"].format(model=name)
    if stages.refused:
        notice = f"{notice} {_texts()['notice']['left'].format(count=stages.refused)}"
    if kept:
        notice = f"{notice} {_texts()['notice']['kept'].format(count=len(kept))}"
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
        notice=_joined(base.notice, notice),
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


def _selected(answer: SuggestionSet) -> int:
    return sum(item.selected for item in answer.suggestions)


def _joined(*texts: str) -> str:
    return " ".join(filter(None, texts))
