"""Which codes a mention may reach: a history code needs words of history, an obstetric one a pregnancy. Rules are data."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.chart.note import Assertion, Mention

_OVER = (Assertion.HISTORICAL, Assertion.RESOLVED, Assertion.FAMILY)
_RULES = Path(__file__).parent / "rules" / "plausibility.json"


_SCREENING = re.compile(r"screen(?:ed|ing)? for\b", re.I)
"""Words under which a disease is looked for, not had."""


@dataclass(frozen=True, slots=True)
class _Rule:
    prefixes: tuple[str, ...]
    words: re.Pattern[str]
    context: re.Pattern[str] | None
    assertions: frozenset[str]


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    listed = json.loads(_RULES.read_text(encoding="utf-8"))["rules"]
    return tuple(
        _Rule(
            tuple(rule["prefixes"]),
            re.compile(rule["words"], re.I),
            re.compile(rule["context"], re.I) if "context" in rule else None,
            frozenset(rule.get("assertions", ())),
        )
        for rule in listed
    )


@lru_cache(maxsize=1)
def _past() -> dict[str, tuple[tuple[str, ...], re.Pattern[str]]]:
    """What a mention of the past or of a relative may still reach."""
    listed = json.loads(_RULES.read_text(encoding="utf-8"))["past"]
    return {name: (tuple(rule["prefixes"]), re.compile(rule["but"], re.I)) for name, rule in listed.items()}


def _out_of_reach(code: str, mention: Mention, words: str) -> bool:
    """Whether a history would be coded as a current condition. What resolved counts as past when it is searched as such."""
    if mention.assertion not in _OVER or (
        mention.assertion is Assertion.RESOLVED and not words.startswith("personal history")
    ):
        return False
    said = f"{mention.cue} {mention.text}"
    name = "family" if mention.assertion is Assertion.FAMILY else "own"
    return not any(
        code.startswith(prefixes) and not but.search(said)
        for key, (prefixes, but) in _past().items()
        if key.startswith(name)
    )


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(json.loads(_RULES.read_text(encoding="utf-8"))["generic"])


def is_generic(mention: Mention) -> bool:
    """Whether the mention says too little to be coded: a bare `pain`, with nothing that says where or what."""
    return mention.text.strip().lower() in _generic() and not mention.qualifiers


class Plausibility:
    """The rules against one note; its context patterns are searched once."""

    def __init__(self, text: str) -> None:
        self._context = {
            rule: bool(rule.context and rule.context.search(text)) for rule in _rules() if rule.context is not None
        }

    def allows(self, code: str, mention: Mention, words: str = "") -> bool:
        """Whether `mention` (its text, or `words` searched for it) may lead to `code`."""
        if mention.section == "allergies" and mention.assertion is Assertion.PRESENT:
            return code.startswith(("Z88", "Z91.0"))
        if _out_of_reach(code, mention, words) or (_SCREENING.match(mention.text) and code[0] != "Z"):
            return False
        for rule in _rules():
            if code.startswith(rule.prefixes):
                said = rule.words.search(f"{mention.text} {words} {' '.join(mention.qualifiers)} {mention.cue}")
                if not (said or self._context.get(rule) or mention.assertion.value in rule.assertions):
                    return False
        return True
