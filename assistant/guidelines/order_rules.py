"""Engines for rules about the order of codes. They say nothing when the order is not meaningful."""

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.guidelines.case import Case
from assistant.guidelines.pattern import Selector
from assistant.guidelines.rule import Hits, Match, Rule, codes_at


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFirst(Rule):
    """A code of `codes` is never first-listed; with `beside`, only when a code of `beside` is there, which should lead."""

    codes: Selector
    beside: Selector | None = None
    unless: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return tuple(s for s in (self.codes, self.beside, self.unless) if s is not None)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        if not case.ordered or 0 not in hits.get(self.codes, ()) or self.unless in hits:
            return
        better = [at for at in hits.get(self.beside, ()) if at > 0] if self.beside else []
        if better or self.beside is None:
            yield Match(case.codes[:1], codes_at(case, better))


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOnly(Rule):
    """A code of `codes` is first-listed or not used; a first code of `codes` or `after` excuses the others."""

    codes: Selector
    after: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return tuple(s for s in (self.codes, self.after) if s is not None)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        mine = hits.get(self.codes, ())
        excused = 0 in mine or (self.after is not None and 0 in hits.get(self.after, ()))
        if case.ordered and mine and not excused:
            yield Match(codes_at(case, mine), case.codes[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Rule):
    """When both are there, a code of `earlier` stands before the first code of `codes`."""

    codes: Selector
    earlier: Selector
    unless: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return tuple(s for s in (self.codes, self.earlier, self.unless) if s is not None)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        before = [at for at in hits.get(self.earlier, ()) if at not in hits.get(self.codes, ())]
        if not case.ordered or not before or self.unless in hits:
            return
        wrong = [at for at in hits.get(self.codes, ()) if at < before[0]]
        if wrong:
            yield Match(codes_at(case, wrong), codes_at(case, before))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads(Rule):
    """When a code of `codes` is there, the first-listed code comes from `leaders`."""

    codes: Selector
    leaders: Selector
    unless: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return tuple(s for s in (self.codes, self.leaders, self.unless) if s is not None)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        mine = hits.get(self.codes, ())
        if case.ordered and mine and 0 not in hits.get(self.leaders, ()) and self.unless not in hits:
            yield Match(codes_at(case, mine), case.codes[:1])
