"""What the whole note decides about a mention's code: a smoker's cigarettes, the stage told elsewhere. Rules are data."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from assistant.chart.note import Assertion, Mention, Note
from assistant.suggest.candidates import Candidate
from assistant.suggest.refinement import block_of
from corpus.codes import Code

_RULES = Path(__file__).parent / "rules" / "turns.json"
_DENIED = re.compile(
    r"\b(?:no|not|denie[sd]|denying|without|never|neg(?:ative)?(?: for)?|nor|or)\s+(?:[\w-]+\s+){0,2}$", re.I
)
_TURNS = 2
_FIRM = 3
"""Places of a mention whose codes are turned: nobody sees the others."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One rule."""

    id: str
    source: re.Pattern[str]
    target: str
    beside: tuple[str, ...]
    beside_all: tuple[str, ...]
    words: re.Pattern[str] | None
    where: str
    unless: re.Pattern[str] | None


@lru_cache(maxsize=1)
def turns() -> tuple[Turn, ...]:
    """The rules in order."""
    return tuple(
        Turn(
            rule["id"],
            re.compile(rule["from"]),
            rule["to"],
            tuple(rule.get("beside", ())),
            tuple(rule.get("beside_all", ())),
            re.compile(rule["words"], re.I) if "words" in rule else None,
            rule.get("where", "block"),
            re.compile(rule["unless"], re.I) if "unless" in rule else None,
        )
        for rule in json.loads(_RULES.read_text(encoding="utf-8"))["rules"]
    )


def stated(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match of `pattern` in `text` that does not stand right behind a word that denies it."""
    for found in pattern.finditer(text):
        if not _DENIED.search(text[max(0, found.start() - 40) : found.start()]):
            return found
    return None


def turned(
    note: Note, found: Mapping[Mention, tuple[Candidate, ...]], valid: Callable[[str], Code | None]
) -> dict[Mention, tuple[Candidate, ...]]:
    """`found` with the codes that the rest of the note makes of them; one turned into a code already there is left out."""
    meant = {
        listed[0].code.code
        for mention, listed in found.items()
        if listed and mention.assertion in (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.RESOLVED)
    }
    told: dict[str, bool] = {}

    def holds(rule: Turn, mention: Mention) -> bool:
        if rule.beside and not any(code.startswith(rule.beside) for code in meant):
            return False
        if rule.beside_all and not all(any(code.startswith(one) for code in meant) for one in rule.beside_all):
            return False
        if rule.words is None:
            return True
        if rule.where == "note":
            if rule.id not in told:
                told[rule.id] = bool(stated(rule.words, note.text)) and not (
                    rule.unless and rule.unless.search(note.text)
                )
            return told[rule.id]
        block = block_of(note, mention)
        return bool(stated(rule.words, block)) and not (rule.unless and rule.unless.search(block))

    def target(code: Code, mention: Mention) -> Code:
        for _ in range(_TURNS):
            for rule in turns():
                match = rule.source.fullmatch(code.code)
                if match and holds(rule, mention):
                    other = valid(match.expand(rule.target))
                    if other is not None and other.code != code.code:
                        code = other
                        break
            else:
                return code
        return code

    return {mention: _of(listed, lambda code, m=mention: target(code, m)) for mention, listed in found.items()}  # type: ignore[misc]


def _of(listed: Sequence[Candidate], target: Callable[[Code], Code]) -> tuple[Candidate, ...]:
    made: list[Candidate] = []
    seen: set[str] = set()
    for candidate in listed:
        code = target(candidate.code) if candidate.place < _FIRM else candidate.code
        if code.code not in seen:
            seen.add(code.code)
            made.append(replace(candidate, code=code, place=len(made) if candidate.place else 0))
    return tuple(made)
