"""The guideline rules, read from `rules/*.json`, and which of them a set of codes can touch.

A rules file is `{"edition": ..., "about": ..., "rules": [...]}`. A rule has `id`, `kind` (an engine below), `severity`,
`source` (`OCG` and the section number of the ICD-10-CM Official Guidelines), `message`, `fix`, the engine's own fields, an
optional `setting`, and `fires` / `silent`: cases that must and must not raise it, either a list of codes in order or an
object with `codes` and any of `setting, sex, age, ordered, uncertain, words, poa`. Code sets are lists of patterns in the
notation of `pattern.py`; one that starts with `!` is taken out again.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.guidelines import order_rules, patient_rules, relation_rules
from assistant.guidelines.case import Case
from assistant.guidelines.finding import Finding, Severity
from assistant.guidelines.pattern import Selector, parse_pattern, selector
from assistant.guidelines.rule import Hits, Rule

RULES = Path(__file__).parent / "rules"
ENGINES: dict[str, type[Rule]] = {
    "conflict": relation_rules.Conflict,
    "companion": relation_rules.Companion,
    "combination": relation_rules.Combination,
    "integral": relation_rules.Integral,
    "single": relation_rules.Single,
    "alone": relation_rules.Alone,
    "not_first": order_rules.NotFirst,
    "first_only": order_rules.FirstOnly,
    "sequence": order_rules.Sequence,
    "leads": order_rules.Leads,
    "flag": patient_rules.Flag,
    "sex": patient_rules.Sex,
    "age": patient_rules.Age,
    "uncertain": patient_rules.Uncertain,
    "words": patient_rules.Words,
    "agreement": patient_rules.Agreement,
    "character": patient_rules.Character,
    "admission": patient_rules.Admission,
}
_NOT_ENGINE = {"kind", "fires", "silent"}


@dataclass(frozen=True, slots=True)
class Example:
    """A case that must (`fires`) or must not raise a rule; `given` are keyword arguments of `case_of`."""

    rule: str
    fires: bool
    codes: tuple[str, ...]
    given: Mapping[str, Any]


class Rulebook:
    """Rules in a fixed order, indexed by the codes they look at."""

    def __init__(self, rules: Sequence[Rule], examples: Sequence[Example] = ()) -> None:
        self.rules = tuple(rules)
        self.examples = tuple(examples)
        self._by_trigger: dict[Selector, list[tuple[int, Rule]]] = {}
        self._by_letter: dict[str, list[Selector]] = {}
        seen: dict[Selector, None] = {}
        for order, rule in enumerate(self.rules):
            self._by_trigger.setdefault(rule.selectors[0], []).append((order, rule))
            seen.update(dict.fromkeys(rule.selectors))
        for one in seen:
            for letter in dict.fromkeys("".join(pattern.letters for pattern in one.include)):
                self._by_letter.setdefault(letter, []).append(one)
        self._sets_of = lru_cache(maxsize=100_000)(self._find_sets)

    def _find_sets(self, bare: str) -> tuple[Selector, ...]:
        return tuple(one for one in self._by_letter.get(bare[:1], ()) if one.matches(bare))

    def hits(self, case: Case) -> Hits:
        """For every code set that some code of the case belongs to, the positions of those codes."""
        found: dict[Selector, list[int]] = {}
        for position, bare in enumerate(case.bare):
            for one in self._sets_of(bare):
                found.setdefault(one, []).append(position)
        return {one: tuple(positions) for one, positions in found.items()}

    def touched(self, hits: Hits) -> Iterator[Rule]:
        """The rules that could apply, in rule order."""
        ranked = [entry for one in hits for entry in self._by_trigger.get(one, ())]
        return (rule for _, rule in sorted(ranked, key=lambda entry: entry[0]))

    def findings(self, case: Case) -> Iterator[Finding]:
        """Every finding of every rule on the case, in rule order."""
        hits = self.hits(case)
        for rule in self.touched(hits):
            yield from rule.findings(case, hits)


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """The rules that ship with Superbill."""
    rules: list[Rule] = []
    examples: list[Example] = []
    for path in sorted(RULES.glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8")).get("rules", ()):
            rules.append(read_rule(entry))
            examples += read_examples(entry)
    return Rulebook(sorted(rules, key=lambda rule: rule.id), examples)


def read_rule(entry: Mapping[str, Any]) -> Rule:
    """The rule a JSON object describes. Raises ValueError naming the rule and what is wrong with it."""
    name = entry.get("id", "a rule without id")
    try:
        engine = ENGINES[entry["kind"]]
        fields = {field.name: field for field in dataclasses.fields(engine)}
        unknown = set(entry) - set(fields) - _NOT_ENGINE
        if unknown:
            raise ValueError(f"unknown fields {sorted(unknown)}")
        return engine(**{key: _value(str(fields[key].type), key, entry[key]) for key in entry if key in fields})
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"rule {name}: {error}") from error


def _value(kind: str, key: str, raw: Any) -> Any:
    if key == "severity":
        return Severity(raw)
    if key == "says":
        return tuple((selector(codes), word) for word, codes in raw.items())
    if "tuple" in kind and "Selector" in kind:
        return tuple(selector(item) for item in raw)
    if "Selector" in kind:
        return selector(raw)
    return tuple(raw) if isinstance(raw, list) else raw


def read_examples(entry: Mapping[str, Any]) -> Iterator[Example]:
    """The examples of a rule as it stands in its file."""
    for key, fires in (("fires", True), ("silent", False)):
        for raw in entry.get(key, ()):
            given = {"codes": raw} if isinstance(raw, list) else dict(raw)
            codes = tuple(given.pop("codes"))
            yield Example(entry["id"], fires, codes, given)


def patterns_of(rule: Rule) -> Iterator[str]:
    """Every code pattern a rule names, for checks that the codes exist."""
    for one in rule.selectors:
        for pattern in (*one.include, *one.exclude):
            yield str(parse_pattern(str(pattern)))
