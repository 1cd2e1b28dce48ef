"""Engines for rules about codes together: conflict, companion, combination, integral symptom, one of a kind, alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.guidelines.case import Case
from assistant.guidelines.pattern import Selector, dot, undotted
from assistant.guidelines.rule import Hits, Match, Rule, codes_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict(Rule):
    """`codes` may not stand beside `other`. With `same`, only codes that agree in these characters (from 1) conflict."""

    codes: Selector
    other: Selector
    unless: Selector | None = None
    same: tuple[int, ...] = ()

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return _given(self.codes, self.other, self.unless)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        if self.unless in hits:
            return
        pairs = [
            (a, b)
            for a in hits.get(self.codes, ())
            for b in hits.get(self.other, ())
            if case.bare[a] != case.bare[b] and _key(case.bare[a], self.same) == _key(case.bare[b], self.same)
        ]
        if pairs:
            left, right = zip(*pairs, strict=True)
            yield Match(codes_at(case, sorted(set(left))), codes_at(case, sorted(set(right))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion(Rule):
    """`codes` need one of `needs` beside them, unless a code of `unless` is there.

    With `beside`, only when a code of `beside` is there too.
    """

    codes: Selector
    needs: Selector
    beside: Selector | None = None
    unless: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return _given(self.codes, self.needs, self.beside, self.unless)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        present = hits.get(self.codes, ())
        asked = self.beside is None or self.beside in hits
        if present and asked and self.unless not in hits and not set(hits.get(self.needs, ())) - _alone(present):
            yield Match(codes_at(case, present), codes_at(case, hits.get(self.beside, ()) if self.beside else ()))


def _alone(present: tuple[int, ...]) -> set[int]:
    return set(present) if len(present) == 1 else set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination(Rule):
    """Codes that one code should replace or join: each selector of `parts` is met by a code, none of `absent` is there.

    `add` are the codes proposed; `{c}` in one is the category of the code that met the first part. The codes that met
    the parts numbered in `drop` (from 0) are replaced. Nothing is said when every added code is already there.
    """

    parts: tuple[Selector, ...]
    add: tuple[str, ...]
    drop: tuple[int, ...] = ()
    absent: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return _given(*self.parts, self.absent)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        if self.absent in hits or any(part not in hits for part in self.parts):
            return
        said: set[tuple[str, ...]] = set()
        for lead in hits[self.parts[0]]:
            others = [next((at for at in hits[part] if at != lead), None) for part in self.parts[1:]]
            if any(at is None for at in others):
                continue
            add = tuple(dot(undotted(code.format(c=case.bare[lead][:3]))) for code in self.add)
            if add not in said and any(code not in case.codes for code in add):
                said.add(add)
                met = (lead, *(at for at in others if at is not None))
                dropped = codes_at(case, [met[part] for part in self.drop])
                yield Match(codes_at(case, met), dropped, add)


@dataclass(frozen=True, slots=True, kw_only=True)
class Integral(Rule):
    """Symptoms in `other` belong to the condition in `codes` and are not coded beside it."""

    codes: Selector
    other: Selector
    unless: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return _given(self.codes, self.other, self.unless)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        symptoms = [at for at in hits.get(self.other, ()) if at not in hits.get(self.codes, ())]
        if symptoms and hits.get(self.codes) and self.unless not in hits:
            yield Match(codes_at(case, hits[self.codes]), codes_at(case, symptoms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Single(Rule):
    """At most one code of `codes`. With `same`, at most one among those that agree in these characters (from 1)."""

    codes: Selector
    same: tuple[int, ...] = ()

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (self.codes,)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        groups: dict[str, dict[str, int]] = {}
        for at in hits.get(self.codes, ()):
            groups.setdefault(_key(case.bare[at], self.same), {}).setdefault(case.bare[at], at)
        for group in groups.values():
            if len(group) > 1:
                yield Match(codes_at(case, tuple(group.values())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone(Rule):
    """A code of `codes` stands with no other code, save those of `unless`."""

    codes: Selector
    unless: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return _given(self.codes, self.unless)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        mine = hits.get(self.codes, ())
        free = set(mine) | set(hits.get(self.unless, ()) if self.unless else ())
        others = [at for at in range(len(case.codes)) if at not in free]
        if mine and others:
            yield Match(codes_at(case, mine), codes_at(case, others))


def _key(code: str, positions: tuple[int, ...]) -> str:
    return "".join(code[at - 1 : at] for at in positions)


def _given(*selectors: Selector | None) -> tuple[Selector, ...]:
    return tuple(selector for selector in selectors if selector is not None)
