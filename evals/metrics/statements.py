"""Unsupported statements: sentences that say a fact nobody gave.

Formula: unsupported sentences / sentences, pooled over answers. A sentence is unsupported when it holds an amount, a
date, a number of two or more digits, or a code that stands in none of the sources the answer was given, or when it
matches one of the case's must-not-state patterns. `stated_facts` = required facts found / required facts.
Source: the atomic-fact view of Min et al., "FActScore" (EMNLP 2023), restricted to facts that can be checked without
a model: this is a lower bound, wrong words around right numbers are seen only through the case's own patterns.
Edge cases: amounts match by value ("$1,234.50", "1234.5"), ISO, US and Spanish dates match each other; an empty answer has no
sentence and states no required fact; patterns are case-insensitive regular expressions.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from evals.metrics.measure import Measure, ratio_of

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SPANISH_MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()  # noqa: SIM905
)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_US = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_WORDED = re.compile(rf"\b({'|'.join(_MONTHS)})\s+(\d{{1,2}}),?\s+(\d{{4}})\b", re.IGNORECASE)
_SPANISH = re.compile(rf"\b(\d{{1,2}}) de ({'|'.join(_SPANISH_MONTHS)}) de (\d{{4}})\b", re.IGNORECASE)
_X12_DATE = re.compile(r"\b(20\d{2})(\d{2})(\d{2})\b")
_CODE = re.compile(r"\b(?:[A-Z]{1,2}-?\d[\w]*(?:\.\w{1,4})?|[A-Z]\d\w{1,5})\b")
_NUMBER = re.compile(r"(?<![\w.])\$?\d[\d,]*(?:\.\d+)?%?(?![\w])")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÁÉÍÓÚÑ¿¡\"(])|\n+")


def facts(text: str) -> frozenset[str]:
    """The checkable facts of a text: dates as ISO, codes undotted, amounts and longer numbers by value."""
    found: set[str] = set()

    def date(year: str, month: str, day: str) -> str:
        try:
            found.add(dt.date(int(year), int(month), int(day)).isoformat())
        except ValueError:
            found.add(f"{year}-{month}-{day}")
        return " "

    rest = _ISO.sub(lambda m: date(m[1], m[2], m[3]), text)
    rest = _US.sub(lambda m: date(m[3], m[1], m[2]), rest)
    rest = _WORDED.sub(lambda m: date(m[3], str(_MONTHS.index(m[1].lower()) + 1), m[2]), rest)
    rest = _SPANISH.sub(lambda m: date(m[3], str(_SPANISH_MONTHS.index(m[2].lower()) + 1), m[1]), rest)
    rest = _X12_DATE.sub(lambda m: date(m[1], m[2], m[3]), rest)
    for match in _CODE.finditer(rest):
        found.add(re.sub(r"[.-]", "", match.group()))
    rest = _CODE.sub(" ", rest)
    for match in _NUMBER.finditer(rest):
        bare = match.group().strip("$%").replace(",", "")
        if len(bare.replace(".", "")) >= 2:
            found.add(f"{Decimal(bare).normalize():f}")
    return frozenset(found)


def sentences(text: str) -> list[str]:
    """The sentences of an answer."""
    return [piece.strip() for piece in _SENTENCE.split(text) if re.search(r"\w", piece)]


def unsupported(answer: str, sources: Iterable[str], must_not: Sequence[str] = ()) -> list[str]:
    """The sentences of `answer` that state a fact in none of `sources`, or match a must-not pattern."""
    given = frozenset().union(*(facts(source) for source in sources))
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in must_not]
    return [s for s in sentences(answer) if facts(s) - given or any(pattern.search(s) for pattern in patterns)]


def missing(answer: str, must: Sequence[str]) -> list[str]:
    """The required patterns that the answer does not state."""
    return [pattern for pattern in must if not re.search(pattern, answer, re.IGNORECASE)]


def stated_against(answer: str, must_not: Sequence[str]) -> list[str]:
    """The forbidden patterns that a sentence of the answer matches."""
    pieces = sentences(answer)
    return [pattern for pattern in must_not if any(re.search(pattern, piece, re.IGNORECASE) for piece in pieces)]


def measures(
    unsupported_counts: Sequence[int], sentence_counts: Sequence[int], stated: Sequence[int], required: Sequence[int]
) -> list[Measure]:
    """unsupported_rate and stated_facts."""
    return [
        ratio_of("unsupported_rate", unsupported_counts, sentence_counts),
        ratio_of("stated_facts", stated, required),
    ]
