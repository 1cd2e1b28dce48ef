"""What a model reads in a note, held to the note's own words, with the codes that the search finds for it."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.chart.note import Assertion, Span
from assistant.model import ChatModel, Message
from assistant.suggest.suggestion import Evidence, NotCoded, NotCodedReason, SuggestionSet

if TYPE_CHECKING:
    from assistant.suggest.lines import Request
    from corpus.codes import Code
    from corpus.index.search import Searcher


PER_CONDITION = 10
"""Codes shown for one condition."""
NEAR = 50
"""How far down the search for the note's own words a code's category must stand for the model's words to count."""
PIECE = 12_000
"""Characters of a note read at a time."""
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
_ELSEWHERE = frozenset({Assertion.FAMILY, Assertion.HISTORICAL, Assertion.RESOLVED})
"""What is coded as a history only: codes other than the engine's own would make it the patient's illness of today."""
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


@cache
def choosing_texts() -> dict[str, Any]:
    """The texts of `choosing.toml`."""
    return tomllib.loads(Path(__file__).with_name("choosing.toml").read_text(encoding="utf-8"))


def conditions_read(text: str, model: ChatModel) -> Iterator[tuple[str, str]]:
    """(quote, index words) pairs as the model gives them."""
    for piece in _pieces(text):
        answer = model.complete(
            [
                Message("system", choosing_texts()["read"].strip()),
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


def supported(read: Sequence[tuple[str, str]], text: str, base: SuggestionSet) -> Iterator[Condition]:
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


def with_candidates(
    condition: Condition, request: "Request", searcher: "Searcher", base: SuggestionSet
) -> "tuple[Code, ...]":
    """Codes for a condition: those of the engine, of the note's words and of the index words, billable and valid that day."""
    date = request.date_of_service
    own = [
        item.code
        for item in base.suggestions
        if any(condition.span.overlaps(Span(found.start, found.end)) for found in item.evidence)
    ]
    said = []
    if condition.mention.assertion not in _ELSEWHERE:
        said = [hit.code for hit in searcher.search(request.note.at(condition.span), NEAR, date)]
    near = {code[:3] for code in (*own, *said)}
    meant = (
        [hit.code for hit in searcher.search(condition.index, PER_CONDITION, date) if hit.code[:3] in near]
        if said
        else []
    )
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
