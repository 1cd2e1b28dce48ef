"""Codes that stand beside a selected one: the organism, the score, the outcome of a delivery, the pregnancy. Rules are data."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.chart.note import Note, Span
from assistant.guidelines.pattern import undotted
from assistant.guidelines.relations import companions
from assistant.suggest.gestation import gestation, weeks_in
from assistant.suggest.turning import stated
from corpus.codes import Code
from corpus.library import CodeBook

_RULES = Path(__file__).parent / "rules" / "companions.json"
_DELIVERED = ("O80", "O82", "O70", "O72", "Z37")
_ORGANISMS = ("B95", "B96", "B97")


@dataclass(frozen=True, slots=True)
class Companion:
    """One rule; see `rules/companions.json`."""

    id: str
    beside: tuple[str, ...]
    asks: bool
    pregnant: bool
    words: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    without: tuple[str, ...]
    target: str
    numbers: tuple[int, int, int] | None
    """Lowest and highest number, and its digits."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A code found, the words that state it (None: those of the selected code) and the selected code it stands beside."""

    code: Code
    span: Span | None
    anchor: str


@lru_cache(maxsize=1)
def rules() -> tuple[Companion, ...]:
    """The rules in order."""
    return tuple(
        Companion(
            rule["id"],
            tuple(rule.get("with", ())),
            rule.get("asks", False),
            rule.get("pregnant", False),
            re.compile(rule["words"], re.I) if "words" in rule else None,
            re.compile(rule["unless"], re.I) if "unless" in rule else None,
            tuple(rule.get("without", ())),
            rule["to"],
            (rule["low"], rule["high"], rule["width"]) if "low" in rule else None,
        )
        for rule in json.loads(_RULES.read_text(encoding="utf-8"))["rules"]
    )


def stated_companions(
    selected: Sequence[str], note: Note, book: CodeBook, valid: Callable[[str], Code | None]
) -> tuple[Beside, ...]:
    """What the rules add to the codes `selected`, in the order of the rules."""
    found: list[Beside] = []
    have = list(selected)
    fields = _fields(note, selected)
    for rule in rules():
        anchor = _anchor(rule, selected, book)
        if anchor is None or (rule.without and any(code.startswith(rule.without) for code in have)):
            continue
        if rule.pregnant and not fields:
            continue
        match = stated(rule.words, note.text) if rule.words else None
        if (rule.words and match is None) or (rule.unless and rule.unless.search(note.text)):
            continue
        code = valid(_target(rule, match, fields))
        if code is not None and code.code not in have:
            have.append(code.code)
            found.append(Beside(code, Span(*match.span()) if match else None, anchor))
    return tuple(found)


def _anchor(rule: Companion, selected: Sequence[str], book: CodeBook) -> str | None:
    """The selected code that the rule goes with; "" for a rule that needs none; None when it has none."""
    if rule.asks:
        for code in selected:
            if any(pattern.matches(undotted(rule.target)) for pattern in companions(code, book).use_additional):
                return code
        return None
    if not rule.beside:
        return ""
    return next((code for code in selected if code.startswith(rule.beside)), None)


def _fields(note: Note, selected: Sequence[str]) -> Mapping[str, str]:
    """The trimester of the note's pregnancy; empty when there is none."""
    reached = gestation(note.text)
    pregnant = any(code.startswith(("O", "Z3A")) for code in selected)
    if reached is None or not pregnant:
        return {}
    if any(code.startswith(_DELIVERED) for code in selected):
        return {"trimester": "4"}
    weeks = weeks_in(reached)
    return {"trimester": "1" if weeks < 14 else "2" if weeks < 28 else "3"}


def _target(rule: Companion, match: re.Match[str] | None, fields: Mapping[str, str]) -> str:
    number = ""
    if rule.numbers and match:
        low, high, width = rule.numbers
        value = int(next(group for group in match.groups() if group))
        if not low <= value <= high:
            return ""
        number = f"{value:0{width}d}"
    return rule.target.format(number=number, trimester=fields.get("trimester", "9"))
