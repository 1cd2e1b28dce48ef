"""Figures in the answers of the conversation that nothing supports: `python -m evals.parts.figures --split dev`.

Every amount, date, percentage, code, and number of two or more digits of an answer must stand in the case's papers or
questions, in a code book or word list, in the dates of the releases, in the published figures, or be an exact sum or
difference of amounts of the remittance (of one claim, of one kind over all claims, or of amounts in the same sentence).
Of the parts that nobody looks at only totals are printed.
"""

import argparse
import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.remit.file import read_bytes
from assistant.remit.values import RemitClaim
from corpus.codes import CodeSystem
from corpus.lexicon import reasons
from corpus.sources.validity import FIRST_DATE, LAST_DATE
from evals.cases.billing import SPLITS, UNSEEN, BillingCase, load_billing
from evals.metrics.statements import facts, sentences
from evals.suites import files_of

if TYPE_CHECKING:
    from assistant.services import Services

MOST_ADDED = 6
"""Amounts of one claim that a sum may have."""
_RULE = re.compile(r"\b[A-Z]{2}-\d{4}\b|\b[IV]+\.[A-Z](?:\.\d+)*(?:\.[a-z])?\b")
_CODE = re.compile(r"(?<![\w.])[A-Z0-9][A-Z0-9.]{1,8}(?![\w])")
_RANGE = re.compile(r"(?<![\w.])([A-Z]\d[A-Z0-9](?:\.\w{1,4})?)-?(?=[\s,;.)(-])")
_FORMS = "837 835 837P 837I 1500 UB-04"
"""Forms that answers name."""
_ROOT = Path(__file__).resolve().parents[2]


class Support:
    """What figures may be taken from, beside the case's own papers."""

    def __init__(self, services: "Services") -> None:
        self.services = services
        editions = [one.release for system in CodeSystem for one in services.catalog.editions(system)]
        titles = " ".join(f"{one.title} {one.source} {one.starts} {one.ends}" for one in editions)
        published = (_ROOT / "README.md").read_text("utf-8")
        self.general = facts(f"{titles} {FIRST_DATE} {LAST_DATE} {dt.date.today()} {published} {_FORMS}")

    def known_code(self, code: str) -> tuple[bool, str]:
        """Whether some loaded code book or list has the code, and the words that stand with it."""
        day = dt.date.today()
        for system in (CodeSystem.ICD10CM, CodeSystem.ICD10PCS, CodeSystem.HCPCS, CodeSystem.PLACE):
            try:
                book = self.services.codebook_on(day, system)
            except ValueError:
                continue
            if found := book.get(code):
                windows = " ".join(f"{one.first} {one.last}" for one in book.windows(found.code))
                return True, f"{found.title} {found.detail} {windows}"
            if windows_ := book.windows(book.form(code)):
                return True, " ".join(f"{one.first} {one.last}" for one in windows_)
        if reasons.reason(code.rpartition("-")[2]) or reasons.remark(code) or reasons.claim_status(code):
            return True, ""
        return False, ""


def _by_group(claims: list[RemitClaim]) -> list[list[Decimal]]:
    """The adjustments of each group over all claims, and those that are no contract reduction."""
    items = [item for claim in claims for item in claim.all_adjustments() if item.amount]
    groups = [
        [item.amount for item in items if item.amount and item.group == group] for group in ("CO", "PR", "OA", "PI")
    ]
    return [*groups, [item.amount for item in items if item.amount and item.reason != "45"]]


def _amounts(case: BillingCase) -> list[list[Decimal]]:
    """The amounts of each claim, then those of each kind over all claims."""
    if not case.remit:
        return []
    file = read_bytes(case.remit.encode("latin-1", "replace"))
    claims = [claim for part in file.transactions for claim in part.claims]
    single = [
        [
            abs(amount)
            for amount in (claim.billed, claim.paid, *(item.amount for item in claim.all_adjustments()))
            if amount
        ]
        for claim in claims
    ]
    kinds = [
        [claim.billed or Decimal(0) for claim in claims],
        [claim.paid or Decimal(0) for claim in claims],
        [abs(item.amount or Decimal(0)) for part in file.transactions for item in part.trailer.provider_adjustments],
        *_by_group(claims),
    ]
    return [*single, *kinds]


def _summed(wanted: Decimal, amounts: Iterable[list[Decimal]]) -> bool:
    for listed in amounts:
        if len(listed) > 1 and wanted in (abs(sum(listed, Decimal(0))),):
            return True
        for count in range(2, min(MOST_ADDED, len(listed)) + 1):
            if len(listed) > 12:
                break
            for chosen in combinations(listed, count):
                if abs(sum(chosen)) == wanted or abs(chosen[0] - sum(chosen[1:])) == wanted:
                    return True
    return False


def unsupported(answer: str, case: BillingCase, support: Support) -> list[tuple[str, list[str]]]:
    """(sentence, its figures that nothing supports); empty when all are supported."""
    given = support.general.union(*(facts(text) for text in (case.question, case.note, case.remit, *case.history)))
    given |= {re.sub(r"[.-]", "", code) for code in re.findall(r"\b(?:CO|PR|OA|PI|CR)-\w+", answer)
              if code.rpartition("-")[2] in case.remit or reasons.reason(code.rpartition("-")[2])}  # fmt: skip
    given |= {one for number in re.findall(r"\b(\d{5})\d{4}\b", case.remit) for one in facts(number)}
    amounts = _amounts(case)
    found, before = [], ""
    for sentence in sentences(answer):
        text = _RULE.sub(" ", sentence)
        words, codes = "", set()
        for code in {*_CODE.findall(text), *_RANGE.findall(text)}:
            known, told = support.known_code(code.rstrip("."))
            if known:
                words += f" {told}"
                codes.add(re.sub(r"[.-]", "", code.rstrip(".")))
        here = set(facts(text)) - given - codes - facts(f"{words} {before}")
        before = words or before
        if not here:
            continue
        inside = [Decimal(one) for one in facts(text) if re.fullmatch(r"\d+(?:\.\d+)?", one)]
        left = []
        for fact in sorted(here):
            try:
                number = Decimal(fact)
            except InvalidOperation:
                left.append(fact)
                continue
            others = [one for one in inside if one != number]
            if not _summed(number, [*amounts, others]):
                left.append(fact)
        if left:
            found.append((sentence, left))
    return found


def main() -> None:
    """Print what is left, and the totals."""
    from assistant.services import Services
    from evals.answers import answer

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", default="dev", choices=SPLITS)
    split = parser.parse_args().split
    services = Services.open()
    support, total, answers = Support(services), 0, 0
    for case in (case for path in files_of("questions") for case in load_billing(path) if case.split == split):
        line = {"kind": case.kind, "question": case.question, "lang": case.lang, "note": case.note, "remit": case.remit}
        left = unsupported(answer(line | {"history": list(case.history)}, services), case, support)
        total, answers = total + sum(len(figures) for _, figures in left), answers + 1
        if split not in UNSEEN:
            for sentence, figures in left:
                print(f"{case.id}: {', '.join(figures)} in: {sentence[:160]}")
    print(f"{split}: {total} unsupported figures in {answers} answers")


if __name__ == "__main__":
    main()
