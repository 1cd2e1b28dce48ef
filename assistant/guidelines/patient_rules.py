"""Engines for rules that look at one code and the patient, the setting, the note or the claim."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.guidelines.case import Case
from assistant.guidelines.pattern import Selector
from assistant.guidelines.rule import Hits, Match, Rule, codes_at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Codes(Rule):
    """A rule about single codes of one set."""

    codes: Selector
    unless: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return tuple(s for s in (self.codes, self.unless) if s is not None)

    def _mine(self, case: Case, hits: Hits) -> tuple[str, ...]:
        return () if self.unless in hits else codes_at(case, hits.get(self.codes, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(_Codes):
    """A code of `codes` deserves a word wherever it stands.

    With `title`, only when its official title matches (a regular expression); with `beside`, only next to such a code.
    """

    title: str = ""
    beside: Selector | None = None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return tuple(s for s in (self.codes, self.unless, self.beside) if s is not None)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        mine = self._mine(case, hits) if self.beside is None or self.beside in hits else ()
        if self.title:
            mine = tuple(code for code in mine if re.search(self.title, case.book.title(code), re.IGNORECASE))
        if mine:
            yield Match(mine, codes_at(case, hits[self.beside]) if self.beside else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sex(_Codes):
    """A code of `codes` on a patient recorded as another sex than `sex` (`F` or `M`)."""

    sex: str

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        mine = self._mine(case, hits)
        if mine and case.sex and case.sex != self.sex:
            yield Match(mine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(_Codes):
    """A code of `codes` on a patient younger than `youngest` or older than `oldest` years (both inclusive limits)."""

    youngest: float = 0
    oldest: float = 200

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        mine = self._mine(case, hits)
        if mine and case.age is not None and not self.youngest <= case.age <= self.oldest:
            yield Match(mine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain(_Codes):
    """A code of `codes` whose evidence in the note is only possible, probable or suspected."""

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        mine = tuple(code for code in self._mine(case, hits) if code in case.uncertain)
        if mine:
            yield Match(mine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(_Codes):
    """The note's words for a code of `codes` match `words` (a regular expression), though the code does not say so.

    With `title`, only codes whose official title matches it are looked at (`unspecified side`).
    """

    words: str
    title: str = ""

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        for code in self._mine(case, hits) if case.words else ():
            found = re.search(self.words, case.words.get(code, ""), re.IGNORECASE)
            if found and re.search(self.title, case.book.title(code), re.IGNORECASE):
                yield Match((code,), quote=found[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(_Codes):
    """`codes` carry a word in their title that another code contradicts.

    `says` pairs a code set with the word it stands for (`Z3A.08` with `first trimester`); a code of `codes` whose title
    has one of the other words disagrees.
    """

    says: tuple[tuple[Selector, str], ...]

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (self.codes, *(one for one, _ in self.says))

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        for one, word in self.says:
            others = [other for _, other in self.says if other != word]
            wrong = [
                code
                for code in codes_at(case, hits.get(self.codes, ()) if one in hits else ())
                if any(other in case.book.title(code).lower() for other in others)
                and word not in case.book.title(code).lower()
            ]
            if wrong:
                yield Match(tuple(wrong), codes_at(case, hits[one]), quote=word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Character(_Codes):
    """The 7th characters of `codes` and `other` belong to one phase of care: some code of `other` shares the phase.

    `phases` are strings of characters that stand for the same phase (`ABC`, `DEFG...`, `S`).
    """

    other: Selector
    phases: tuple[str, ...]

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (self.codes, self.other)

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        others = hits.get(self.other, ())
        known = {self._phase(case.bare[at]) for at in others} - {None}
        wrong = [at for at in hits.get(self.codes, ()) if (phase := self._phase(case.bare[at])) and phase not in known]
        if wrong and known:
            yield Match(codes_at(case, wrong), codes_at(case, others))

    def _phase(self, code: str) -> str | None:
        return next((phase for phase in self.phases if code[6:7] and code[6] in phase), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission(_Codes):
    """A present-on-admission indicator of `codes` is one of `indicators`, on a claim that carries indicators.

    With `principal`, only the first code is looked at.
    """

    indicators: str
    principal: bool = False

    def matches(self, case: Case, hits: Hits) -> Iterator[Match]:
        wrong = [
            code
            for code in self._mine(case, hits)
            if case.poa.get(code, "") not in self.indicators and (not self.principal or code == case.first)
        ]
        if wrong:
            yield Match(tuple(wrong), quote=" and ".join(dict.fromkeys(case.poa[code] for code in wrong)))
