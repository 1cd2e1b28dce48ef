"""Over-coding: codes put on the note that the gold does not carry, and mentions coded that must not be.

`overcoding_rate` = selected codes outside the gold / selected codes, pooled (1 - micro precision, told as a rate of
harm). `codes_ratio` = selected codes / gold codes. `trap_rate` = must-not mentions that were coded / must-not
mentions; a mention is coded when a selected code that is not gold cites words of it, or starts with one of the codes
the case names for it.
Source: the compliance view of the field (an unsupported code is worse than a missed one); six LLMs were reported to
over-code inpatient notes several-fold (PMC12020521).
A Z code that cites the mention tells a circumstance (history, exposure, screening), not the disease: it springs the trap only
when the case names it, and is otherwise left to the set metrics.
Edge cases: nothing selected gives an undefined rate, not 0. A citation that also touches gold evidence of that same
code is no trap. A gold code is never counted against a trap.
"""

from collections.abc import Sequence

from evals.metrics.measure import Measure, ratio_of


def measures(gold: Sequence[frozenset[str]], selected: Sequence[frozenset[str]]) -> list[Measure]:
    """overcoding_rate and codes_ratio."""
    sizes = [len(s) for s in selected]
    return [
        ratio_of("overcoding_rate", [len(s - g) for g, s in zip(gold, selected, strict=True)], sizes),
        ratio_of("codes_ratio", sizes, [len(g) for g in gold]),
    ]


def codes_disease(code: str) -> bool:
    """Whether citing a must-not mention for `code` treats the mention as a condition: any code but those of chapter 21."""
    return not code.startswith("Z")


def trap_rate(coded: Sequence[Sequence[bool]]) -> Measure:
    """trap_rate from one flag per must-not mention of each note."""
    return ratio_of("trap_rate", [sum(note) for note in coded], [len(note) for note in coded])
