"""What is wrong with a set of note cases: checked before anything is measured with them."""

from collections import Counter
from collections.abc import Iterable

from evals.cases.note import NoteCase
from evals.validity import Billable, billable

WORDS = (80, 2500)


def note_problems(cases: Iterable[NoteCase], is_billable: Billable = billable) -> list[str]:
    """One sentence per defect, naming the case: offsets, spans without words, codes not billable on the date, repeated
    codes or ids, evidence missing, a gold code that a must-not mention forbids."""
    problems = []
    cases = list(cases)
    for case_id, times in Counter(case.id for case in cases).items():
        if times > 1:
            problems.append(f"{case_id}: the id is used {times} times")
    for case in cases:
        problems += [f"{case.id}: {problem}" for problem in _of_case(case, is_billable)]
    return problems


def _of_case(case: NoteCase, is_billable: Billable) -> list[str]:
    problems = []
    size = len(case.text)
    for code, times in Counter(gold.code for gold in case.gold).items():
        if times > 1:
            problems.append(f"{code} stands {times} times in the gold")
    for gold in case.gold:
        if is_billable(gold.code, case.date_of_service) is False:
            problems.append(f"{gold.code} is not billable on {case.date_of_service}")
        if not gold.evidence:
            problems.append(f"{gold.code} has no evidence")
        for span in gold.evidence:
            words = case.text[span.start : span.end]
            if span.end > size or not words.strip() or words != words.strip():
                problems.append(
                    f"evidence of {gold.code} at {span.start}:{span.end} is empty, padded or outside the text"
                )
    if case.gold and [gold.first_listed for gold in case.gold] != [True] + [False] * (len(case.gold) - 1):
        problems.append("exactly the first gold code must be marked first_listed")
    for item in case.must_not:
        if case.text[item.span.start : item.span.end] != item.text or not item.text.strip():
            problems.append(f"must_not at {item.span.start}:{item.span.end} does not equal the text there")
        for gold in case.gold:
            if any(gold.code.startswith(code) for code in item.codes):
                problems.append(f"must_not at {item.span.start} forbids {gold.code}, which is gold")
    count = len(case.text.split())
    if not WORDS[0] <= count <= WORDS[1]:
        problems.append(f"{count} words; notes have {WORDS[0]} to {WORDS[1]}")
    return problems
