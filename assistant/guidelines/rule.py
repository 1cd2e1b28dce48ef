"""What every guideline rule has, whatever engine runs it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.guidelines.case import Case
from assistant.guidelines.finding import Finding, Severity
from assistant.guidelines.pattern import Selector

Hits = Mapping[Selector, tuple[int, ...]]
"""Selector to the positions of the case's codes it matches; a selector without a match is absent."""


@dataclass(frozen=True, slots=True)
class Match:
    """One place where a rule applies: the codes it is about, and what its sentences may name."""

    a: tuple[str, ...]
    b: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The part common to all rules. `message` and `fix` may name `{a}`, `{b}`, `{add}` and `{quote}` of the match."""

    id: str
    severity: Severity
    source: str
    message: str
    fix: str
    setting: str | None = None
    """`outpatient` or `inpatient` when the rule holds there only."""

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """Every code set the rule reads; the first one decides whether the rule is looked at."""
        raise NotImplementedError

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        """The places in `case` where the rule applies, in code order."""
        raise NotImplementedError

    def findings(self, case: Case, hits: Hits) -> Iterator[Finding]:
        """The rule's findings on `case`."""
        if self.setting and self.setting != case.setting:
            return
        for match in self.matches(case, hits):
            about = tuple(dict.fromkeys(match.a + match.b))
            message, fix = say(self.message, match), say(self.fix, match)
            yield Finding(self.id, self.severity, message, fix, self.source, about)


_PLURAL = {"is": "are", "was": "were", "has": "have", "does": "do", "goes": "go", "unless": "unless"}
_VERB = re.compile(r"\{([ab])\}( already| also)? (is|[a-z]{2,}s)\b")


def say(template: str, match: Match, **more: str) -> str:
    """A sentence about the match. A verb that follows `{a}` or `{b}` agrees in number with the codes named."""
    counts = {"a": len(set(match.a)), "b": len(set(match.b))}

    def agree(found: re.Match[str]) -> str:
        verb = found[3]
        if counts[found[1]] > 1:
            verb = _PLURAL.get(verb, verb[:-1])
        return f"{{{found[1]}}}{found[2] or ''} {verb}"

    names = {"a": listed(match.a), "b": listed(match.b), "add": listed(match.add), "quote": match.quote}
    return _VERB.sub(agree, template).format(**names, **more)


def listed(codes: Sequence[str]) -> str:
    """Codes as words: `I10`, `I10 and N18.30`, `I10, I50.9 and N18.30`."""
    unique = list(dict.fromkeys(codes))
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} and {unique[-1]}" if unique else ""


def codes_at(case: Case, positions: Sequence[int]) -> tuple[str, ...]:
    """The codes at `positions`."""
    return tuple(case.codes[position] for position in positions)
