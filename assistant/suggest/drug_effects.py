"""Adverse effects that the note lays to a drug: the T code beside the nature of the effect (OCG I.C.19.e.5.a). Drugs are data."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.chart.note import Note, Span
from corpus.codes import Code

_RULES = Path(__file__).parent / "rules" / "drug_effects.json"
_WORD = re.compile(r"[A-Za-z][A-Za-z-]*[A-Za-z]")
_SENTENCE_END = re.compile(r"[.;](?=\s|$)|[\r\n]")
_DOUBT = re.compile(
    r"\b(?:not|no|without|never|denie[sd]|unlikely|possibl\w+|might|may be|"
    r"could|rule out|if|avoid|risk of|allerg\w+|history of)\b",
    re.I,
)
_BEFORE, _AFTER = 70, 24
_EFFECT = re.compile(r"(?![STVWXYZO])[A-Z]")
"""Codes that can be the nature of an effect: no injury, cause, status or pregnancy."""


@dataclass(frozen=True, slots=True)
class DrugEffect:
    """The code of a drug's adverse effect, the words that state it, and the code that is the effect."""

    code: Code
    span: Span
    effect: str


@lru_cache(maxsize=1)
def _drugs() -> dict[str, str]:
    """Drug name in lower case -> its code without intent."""
    from corpus.lexicon.words import drugs

    data = json.loads(_RULES.read_text(encoding="utf-8"))
    known: dict[str, str] = {}
    for drug in drugs():
        stem = next((stem for part, stem in data["classes"] if part.lower() in drug.drug_class.lower()), "")
        for name in (drug.brand, drug.generic):
            if stem and name and len(name) > 3:
                known.setdefault(name.lower(), stem)
    return {**known, **data["names"]}


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = json.loads(_RULES.read_text(encoding="utf-8"))
    return re.compile(data["blamed"], re.I), re.compile(data["induced"], re.I)


def drug_effects(
    effects: Sequence[tuple[str, Sequence[Span]]], note: Note, valid: Callable[[str], Code | None]
) -> tuple[DrugEffect, ...]:
    """Adverse effects among `effects`, selected codes with their evidence: one for each drug blamed in a sentence of one."""
    blamed, induced = _patterns()
    text = note.text
    found: dict[str, DrugEffect] = {}
    for word in _WORD.finditer(text):
        stem = _drugs().get(word.group().lower()) or _drugs().get(word.group().lower().split("-")[0])
        if not stem:
            continue
        start = word.start()
        before = text[max(0, start - _BEFORE) : start]
        joined = "-" in word.group() and word.group().lower().endswith(("induced", "related", "associated"))
        if not (joined or blamed.search(before) or induced.match(text[word.end() : word.end() + _AFTER])):
            continue
        low, high = _sentence(text, start, word.end())
        if _DOUBT.search(text[low : word.end()]):
            continue
        effect = next(
            (code for code, spans in effects if _EFFECT.match(code) and any(low <= one.start < high for one in spans)),
            "",
        )
        code = valid(f"{stem}5A") if effect else None
        if code is not None and code.code not in found:
            found[code.code] = DrugEffect(code, Span(word.start(), word.end()), effect)
    return tuple(found.values())


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    low = 0
    for mark in _SENTENCE_END.finditer(text, max(0, start - 300), start):
        low = mark.end()
    stop = _SENTENCE_END.search(text, end)
    return low or max(0, start - 300), stop.start() if stop else len(text)
