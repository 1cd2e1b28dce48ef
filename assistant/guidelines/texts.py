"""The sentences of the findings that come from the tabular list and the Medicare Code Editor (`rules/tabular.json`)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.guidelines.finding import Finding, Severity
from assistant.guidelines.pattern import Selector, selector
from assistant.guidelines.rule import Match, say
from assistant.guidelines.rulebook import RULES

QUOTE_LIMIT = 160


@dataclass(frozen=True, slots=True)
class Text:
    """One kind of finding: its id, how severe it is, its sentence, what to do, and the official section."""

    id: str
    severity: Severity
    source: str
    message: str
    fix: str

    def finding(
        self,
        a: tuple[str, ...],
        b: tuple[str, ...] = (),
        *,
        quote: str = "",
        node: str = "",
        options: tuple[str, ...] = (),
    ) -> Finding:
        """The finding on codes `a` (and `b`); `options` are codes to use instead, `quote` is cut at 160 characters."""
        match = Match(a, b, quote=shorten(quote))
        more = {"node": node, "options": ", ".join(options)}
        message, fix = say(self.message, match, **more), say(self.fix, match, **more)
        return Finding(self.id, self.severity, message, fix, self.source, tuple(dict.fromkeys(a + b)))


def shorten(text: str) -> str:
    """`text` in one line, cut at a word when it is longer than 160 characters."""
    line = "; ".join(" ".join(part.split()) for part in text.splitlines() if part.strip()).replace(":;", ":")
    return line if len(line) <= QUOTE_LIMIT else line[:QUOTE_LIMIT].rsplit(" ", 1)[0] + " ..."


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((RULES / "tabular.json").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def texts() -> dict[str, Text]:
    """Every text by its id."""
    return {
        entry["id"]: Text(entry["id"], Severity(entry["severity"]), entry["source"], entry["message"], entry["fix"])
        for entry in _file()["texts"]
    }


@lru_cache(maxsize=4)
def excludes1_pairs(kind: str) -> tuple[tuple[Selector, Selector], ...]:
    """Pairs of code sets whose Excludes1 notes are always a `conflict`, or may be `unrelated`."""
    return tuple((selector(entry["a"]), selector(entry["b"])) for entry in _file()["excludes1"][kind])


@lru_cache(maxsize=1)
def free_order() -> Selector:
    """Additional codes whose place before the main code says nothing (they may be what the visit was for)."""
    return selector(_file()["use_additional"]["free_order"])
