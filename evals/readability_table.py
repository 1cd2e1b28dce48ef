"""How hard the texts for patients are to read: `python -m evals.readability_table` writes docs/readability.md.

Every patient sentence of the code lists alone, then whole explanations and letters: one claim for each reason under
each group that can carry it, and the samples. Tables, headings and addresses of letters are left out: the formulas are made
for prose.
"""

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import InputError
from assistant.remit.actions import Chain
from assistant.remit.chains import Chains
from assistant.remit.documents import Items, Paragraph
from assistant.remit.explanation import explain_claim
from assistant.remit.file import read_bytes, read_file
from assistant.remit.letter import Letter, write_letter
from assistant.remit.values import Header, RemitClaim
from corpus.lexicon import reasons
from evals.cases.lines import CASES
from evals.metrics.readability import fernandez_huerta, flesch_kincaid

MAX_GRADE = 8.0
"""US school grade no English text for a patient may pass."""
MIN_EASE, MIN_EASE_ALONE = 70.0, 60.0
"""Ease below which no Spanish text for a patient may fall: whole texts, and a sentence of a code list alone."""
PAGE = Path(__file__).resolve().parents[1] / "docs" / "readability.md"
SAMPLES = Path(__file__).resolve().parents[1] / "corpus" / "samples"
_READ_BACK = CASES / "spanish_back_translation.tsv"
_FRAME = (
    "ST*835*1~BPR*I*0*C*CHK************20260131~TRN*1*T1*1999888777~N1*PR*INVENTED PLAN~N1*PE*INVENTED CLINIC~LX*1~"
    "{claims}SE*9*1~"
)
_CLAIM = (
    "CLP*C1*{status}*{charge}*0*{share}*12*P1~NM1*QC*1*DOE*PAT****MI*M1~{remark}"
    "SVC*HC:99213*{charge}*0~DTM*472*20260105~CAS*{cas}~"
)


@dataclass(frozen=True, slots=True)
class Row:
    """The readings of one kind of text in one language; `limit` is None where payers read it, not patients."""

    kind: str
    language: str
    readings: tuple[float, ...]
    limit: float | None

    @property
    def beyond(self) -> int:
        """Texts past the limit."""
        if self.limit is None:
            return 0
        if self.language == "en":
            return sum(reading > self.limit for reading in self.readings)
        return sum(reading < self.limit for reading in self.readings)

    def at(self, share: float) -> float:
        """The reading that `share` of the texts are as easy as or easier than (1.0: the hardest)."""
        ordered = sorted(self.readings, reverse=self.language == "es")
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


Given = tuple[RemitClaim, Header, Chain | None]


def rows() -> list[Row]:
    """Every kind of text in both languages."""
    return [row for language in ("en", "es") for row in _rows(language)]


def page(found: Sequence[Row]) -> str:
    """The whole of docs/readability.md."""
    english = _table([row for row in found if row.language == "en"], f"grade {MAX_GRADE:g}")
    spanish = _table([row for row in found if row.language == "es"], f"ease {MIN_EASE:g}, alone {MIN_EASE_ALONE:g}")
    return _PAGE.format(english=english, spanish=spanish, **_counts())


def main() -> int:
    """Write the page; status 1 when a text for patients is past its limit."""
    found = rows()
    PAGE.write_text(page(found), "utf-8")
    print(f"Wrote {PAGE.relative_to(PAGE.parents[1])}.")
    return 1 if any(row.beyond for row in found) else 0


def _rows(language: str) -> Iterator[Row]:
    whole = MAX_GRADE if language == "en" else MIN_EASE
    alone = MAX_GRADE if language == "en" else MIN_EASE_ALONE
    lists = (
        ("adjustment reasons (CARC), each alone", reasons.reasons().values()),
        ("remarks (RARC), each alone", reasons.remarks().values()),
        ("groups, statuses, provider adjustments, each alone", reasons.short_lists()),
    )
    for kind, items in lists:
        yield _row(kind, language, (item.patient(language) for item in items), alone)
    given = list(_given())
    told = (explain_claim(claim, header, chain, "patient", language) for claim, header, chain in given)
    texts = (" ".join(said.text for said in (one.headline, *one.sentences, *one.actions)) for one in told)
    yield _row("explanations for the patient", language, texts, whole)
    for kind, limit in (("patient", whole), ("refund", whole), ("appeal", None), ("corrected", None)):
        letters = (letter for one in given if (letter := _letter(one, kind, language)) is not None)
        yield _row(f"letters: {kind}", language, map(_prose, letters), limit)


def _row(kind: str, language: str, texts: Iterable[str], limit: float | None) -> Row:
    measure: Callable[[str], float | None] = flesch_kincaid if language == "en" else fernandez_huerta
    readings = tuple(reading for text in texts if (reading := measure(text)) is not None)
    return Row(kind, language, readings, limit)


def _given() -> Iterator[Given]:
    """A claim for each reason under each of its groups, for each remark that speaks to the patient, and the samples."""
    for code in reasons.reasons():
        for group in ("CO", "PR", "OA", "PI"):
            yield from _claims(_claim("1", f"{group}*{code}*100", "100" if group == "PR" else "0"))
    for code in reasons.remarks():
        for group, reason in (("CO", "16"), ("PR", "2")):
            yield from _claims(_claim("1", f"{group}*{reason}*100", "100" if group == "PR" else "0", code))
    for status in ("2", "3", "4", "19", "20", "21", "22", "23", "25"):
        yield from _claims(_claim(status, "PR*2*100", "100"))
    taken_back = _CLAIM.format(status="22", charge="-100", share="-100", remark="", cas="PR*2*-100")
    yield from _claims(taken_back + _claim("1", "CO*45*60**253*40", "0"))
    for path in sorted(SAMPLES.glob("*.835")):
        file = read_file(path)
        chains = Chains.of(file)
        for transaction in file.transactions:
            for claim in transaction.claims:
                yield claim, transaction.header, chains.get(claim, transaction.header, file.name)


def _claim(status: str, cas: str, share: str, remark: str = "") -> str:
    note = f"MOA***{remark}~" if remark else ""
    return _CLAIM.format(status=status, charge="100", share=share, remark=note, cas=cas)


def _claims(segments: str) -> Iterator[Given]:
    file = read_bytes(_FRAME.format(claims=segments).encode())
    chains = Chains.of(file)
    for transaction in file.transactions:
        for claim in transaction.claims:
            yield claim, transaction.header, chains.get(claim, transaction.header, file.name)


def _letter(given: Given, kind: str, language: str) -> Letter | None:
    try:
        return write_letter(*given, kind, language)
    except InputError:
        return None


def _prose(letter: Letter) -> str:
    """The letter's sentences; names, greetings and headings would only make it look easier."""
    said: list[str] = []
    for block in letter.blocks:
        if isinstance(block, Paragraph):
            said.append(block.text)
        elif isinstance(block, Items):
            said += block.items
    return "\n\n".join(text for text in said if text.endswith((".", "?", "!")))


def _table(found: Sequence[Row], limit: str) -> str:
    out = [
        f"| text | texts | median | worst 5 in 100 | worst | past {limit} |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in found:
        figures = " | ".join(f"{row.at(share):.1f}" for share in (0.5, 0.95, 1.0))
        past = "for payers" if row.limit is None else str(row.beyond)
        out.append(f"| {row.kind} | {len(row.readings):,} | {figures} | {past} |")
    return "\n".join(out)


def _counts() -> dict[str, int]:
    lines = [line for line in _READ_BACK.read_text("utf-8").splitlines() if not line.startswith("#")][1:]
    entries = [line.split("\t") for line in lines]
    of_codes = [entry for entry in entries if entry[0].startswith(("carc.", "rarc."))]
    rest = [entry for entry in entries if entry not in of_codes]
    return {
        "codes": len(of_codes),
        "codes_changed": sum(bool(entry[3]) for entry in of_codes),
        "templates": len(rest),
        "templates_changed": sum(bool(entry[3]) for entry in rest),
    }


_PAGE = """# How easy the texts are to read

Written by `python -m evals.readability_table`; a test holds this page to the texts. The formulas are in
`evals/metrics/readability.py`. They count words, sentences and syllables: they say nothing about whether a sentence is
clear or true, and no patient has been asked.

Explanations and letters: one claim for each of our adjustment reasons under CO, PR, OA and PI, one for each remark beside
CO-16 and PR-2, one for each status, a corrected claim, and the samples. Names, headings, tables and addresses of letters are not
counted. A short sentence with one long word reads hard by itself ("Medicare" has three syllables); whole texts are the
measure that matters.

## English: Flesch-Kincaid grade (lower is easier)

{english}

## Spanish: Fernández-Huerta ease (higher is easier; 60 to 70 plain, 70 to 80 fairly easy)

{spanish}

Appeals and covers of corrected claims are read by payers in English. Their Spanish form is a copy for the patient and
says so.

## Spanish read back into English

`evals/cases/spanish_back_translation.tsv` holds the Spanish, a translation back into English and, where the meaning
differed from our English, the Spanish as it was changed.

| texts | read back | changed for a difference in meaning |
| --- | --- | --- |
| patient sentences of the reasons and remarks met most | {codes} | {codes_changed} |
| all sentences and labels of explanations and letters | {templates} | {templates_changed} |

The sentences of the codes were read without sight of the English. Those of the templates were read with the Spanish
alone in view, but by a reader who had met the English before: a weaker check. Changed texts were not read back a second
time. The biller's Spanish (`carc_es.tsv`, `rarc_es.tsv`, the short lists) was written later and was not read back. Reader
and writer are language models; no native speaker has checked the Spanish yet. "Most met" is our choice:
codes counted in the sample files, and those that billing sites and the rules name. No public count ranks them.

What was found: "permiso" where an approval number was meant; "número" without saying that it identifies the doctor;
"descontar" for a write-off, which reads as a discount; "no debe pagar nada ahora", which may be taken as an order; a
person ("él") where an office was meant; parts left out ("in the plan year", "at work", "screening"). In one case, MA130,
the English was wrong and the Spanish right: the payer did not fail to read the claim, it could not process it.
"""

if __name__ == "__main__":
    sys.exit(main())
