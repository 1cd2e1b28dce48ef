"""What kind of question was asked: `intents.toml` scored over its words, the things it names and what lies open."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from assistant.chat.papers import OpenClaim, Papers
from assistant.chat.slots import Slots

_FILE = Path(__file__).with_name("intents.toml")
_WORDS = Path(__file__).with_name("slots.toml")
_HCPCS = re.compile(r"[A-V]\d{4}")
ENOUGH = 1.0
"""Points from which a kind of question is taken."""
FALLBACK = "find_code"
_SHORT_IS = re.compile(r"\b(what|who|where|how|that|it|there|when|she|he)'?s\b")
_TELLING = 1.5
"""Points for what a question names that count without any of the wordings."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One kind of question."""

    id: str
    needs: tuple[frozenset[str], ...]
    strong: tuple[re.Pattern[str], ...]
    cues: tuple[re.Pattern[str], ...]
    against: tuple[re.Pattern[str], ...]
    slots: Mapping[str, float]
    prior: float
    alone: bool
    """Whether its cues say something without a strong wording."""

    def score(self, text: str, facts: frozenset[str]) -> float | None:
        """Points for a folded question; None when something it needs is not there."""
        if not all(need & facts for need in self.needs):
            return None
        strong = sum(bool(pattern.search(text)) for pattern in self.strong)
        cues = sum(bool(pattern.search(text)) for pattern in self.cues) if strong or self.alone else 0
        points = (
            self.prior + (min(1.0 + strong, 3.0) if strong else 0.0) + (min(0.5 + 0.5 * cues, 1.5) if cues else 0.0)
        )
        bonus = sum(value for name, value in self.slots.items() if name in facts)
        if strong or bonus >= _TELLING:
            points += bonus
        if points <= 0:
            return 0.0
        return points - 2.0 * any(pattern.search(text) for pattern in self.against)


@lru_cache(maxsize=1)
def intents() -> tuple[Intent, ...]:
    """Every kind of question, in the order of the file."""
    entries = tomllib.loads(_FILE.read_text("utf-8"))["intent"]

    def patterns(entry: dict[str, list[str]], key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(text) for text in entry.get(key, ()))

    return tuple(
        Intent(
            entry["id"],
            tuple(frozenset(names) for names in entry.get("needs", ())),
            patterns(entry, "strong"),
            patterns(entry, "cues"),
            patterns(entry, "against"),
            entry.get("slots", {}),
            float(entry.get("prior", 0.0)),
            bool(entry.get("alone", True)),
        )
        for entry in entries
    )


def ranked(
    question: str, facts: frozenset[str], likeness: Mapping[str, float] = MappingProxyType({})
) -> list[tuple[float, str]]:
    """(points, intent) of every kind that may be meant, best first. `likeness`: points for being like known questions."""
    text = folded(question)
    scored = [
        (points + likeness.get(one.id, 0.0), at, one.id)
        for at, one in enumerate(intents())
        if (points := one.score(text, facts)) is not None
    ]
    scored.sort(key=lambda item: (-item[0], item[1]))
    return [(points, name) for points, _, name in scored if points >= ENOUGH]


def facts_of(
    slots: Slots, papers: Papers, note: bool, turns: bool, store: bool, about: list[OpenClaim]
) -> frozenset[str]:
    """What `needs` and `slots` of the intents may ask for."""
    found = {"always"}
    named = {
        "code": slots.codes,
        "procedure": slots.procedures,
        "service": slots.services,
        "hcpcs": [one for one in slots.services if _HCPCS.fullmatch(one)],
        "cpt": [one for one in slots.services if not _HCPCS.fullmatch(one)],
        "modifier": slots.modifiers,
        "place": slots.places,
        "claim": slots.claims,
        "adjustment": slots.adjustments,
        "remark": slots.remarks,
        "group": slots.groups,
        "status": slots.statuses,
        "plb": slots.provider_reasons,
        "amount": slots.amounts,
        "date": slots.dates,
        "person": slots.people,
        "setting": [slots.setting] if slots.setting else [],
        "quoted": slots.quoted,
    }
    found.update(name for name, values in named.items() if values)
    for name in ("code", "service", "procedure", "place", "modifier", "group", "claim"):
        if len(named[name]) > 1:
            found.add(f"{name}s2")
    if papers:
        found.add("remit")
    moved = {abs(item.amount or 0) for _, item in papers.provider_adjustments("")}
    if any(amount in moved for amount in slots.amounts) and not slots.claims and not slots.people:
        found.add("plb_amount")
    if papers or store:
        found.add("money")
    if store:
        found.add("store")
    if about:
        found.add("about_claim")
    if any(one.adjustments(reason="18") for one in papers.claims):
        found.add("about_reason_18")
    if any(one.claim.status == "25" for one in papers.claims):
        found.add("about_status_25")
    if note:
        found.add("note")
    if turns:
        found.add("turns")
    return frozenset(found)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Lower case, no accents, plain apostrophes, single blanks."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("¿", " ").replace("¡", " "))
    plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(_SHORT_IS.sub(r"\1 is", plain.casefold()).split())


@lru_cache(maxsize=1)
def _small_words() -> dict[str, frozenset[str]]:
    tables = tomllib.loads(_WORDS.read_text("utf-8"))
    return {name: frozenset(words.split()) for name, words in tables["small_words"].items()}


def language_of(question: str) -> str:
    """es when more of the question's small words are Spanish than English, or it opens with a Spanish mark; else en."""
    words = re.findall(r"[^\W\d_]+", question.casefold())
    spanish = sum(word in _small_words()["es"] for word in words) + 2 * ("¿" in question or "¡" in question)
    english = sum(word in _small_words()["en"] for word in words)
    telling = spanish > 1 or any(mark in question for mark in "áéíóúñ¿¡")
    return "es" if spanish > english and telling else "en"
