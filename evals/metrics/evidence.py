"""Evidence: do the cited words stand where the annotators saw the reason for the code?

Overlap: over selected codes that are right, the share citing at least one span that shares a character with a gold
span of that code. Token P / R / F1: words of the cited spans against words of the gold spans, pooled over those codes.
Verbatim: the share of all cited spans whose stated text equals the note at its offsets; anything below 1 is a defect.
Source: "any overlap" and token-level span scores as in MDACE (Cheng et al., ACL 2023) and SemEval-2013 task 9.1.
Edge cases: only codes that are right are scored (wrong codes are the set metrics' matter); a right code without any
citation counts as no overlap; a gold code without evidence is left out. A word is touched when a span covers any part
of it.
"""

import bisect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.metrics.measure import Measure, of_sums, ratio, ratio_of
from evals.metrics.set_scores import f1_of_sums

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of the note in code points, and the words it touches: `first_word` up to, not including, `end_word`."""

    start: int
    end: int
    first_word: int
    end_word: int

    def overlaps(self, other: "Quote") -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end


def words(text: str) -> list[tuple[int, int]]:
    """Offsets of the words of a note."""
    return [match.span() for match in _WORD.finditer(text)]


def quote(start: int, end: int, word_spans: Sequence[tuple[int, int]]) -> Quote:
    """The span with its words; an empty span touches none."""
    first = bisect.bisect_right([word_end for _, word_end in word_spans], start)
    last = bisect.bisect_left([word_start for word_start, _ in word_spans], end)
    return Quote(start, end, first, max(first, last) if end > start else first)


Quotes = Mapping[str, Sequence[Quote]]


def any_overlap(first: Sequence[Quote], second: Sequence[Quote]) -> bool:
    """Whether any span of one overlaps any span of the other."""
    return any(a.overlaps(b) for a in first for b in second)


def touched(quotes: Sequence[Quote]) -> frozenset[int]:
    """Index of every word that the spans touch."""
    return frozenset(i for q in quotes for i in range(q.first_word, q.end_word))


def measures(gold: Sequence[Quotes], cited: Sequence[Quotes]) -> list[Measure]:
    """evidence_overlap, evidence_token_precision, _recall, _f1. Each mapping is code -> spans, one per note."""
    hits, totals, rows = [], [], []
    for truth, guess in zip(gold, cited, strict=True):
        shared = [code for code in truth if code in guess and truth[code]]
        hits.append(sum(any_overlap(truth[code], guess[code]) for code in shared))
        totals.append(len(shared))
        row = [0, 0, 0]
        for code in shared:
            right, given = touched(truth[code]), touched(guess[code])
            row = [row[0] + len(right & given), row[1] + len(given - right), row[2] + len(right - given)]
        rows.append(row)
    return [
        ratio_of("evidence_overlap", hits, totals),
        of_sums("evidence_token_precision", rows, lambda sums: ratio(sums[:, 0], sums[:, 0] + sums[:, 1])),
        of_sums("evidence_token_recall", rows, lambda sums: ratio(sums[:, 0], sums[:, 0] + sums[:, 2])),
        of_sums("evidence_token_f1", rows, f1_of_sums),
    ]


def verbatim(flags: Sequence[Sequence[bool]]) -> Measure:
    """evidence_verbatim: pooled share of cited spans whose text equals the note there."""
    return ratio_of("evidence_verbatim", [sum(note) for note in flags], [len(note) for note in flags])
