"""CodiEsp (CLEF eHealth 2020): Spanish clinical cases with ICD-10-CM codes, from a path; CC BY 4.0, not shipped.

Cases: `{split}.jsonl` with id, text (English), text_es, codes. Scoring of track D as the organisers defined it: codes
in lower case, repeats dropped keeping the first, codes outside the list of valid codes dropped when that list is
given, then mean average precision over the ranked list as the library `trectools` computes it with `trec_eval=False`:
depth 1,000, and the mean is taken over the documents that have at least one prediction. `map_all` divides by all
documents instead and is the honest one for a tool that stays silent. Held equal to trectools 0.0.50 on random
rankings; the organisers' script itself was not run. Spans refer to the Spanish text, so evidence is not scored; track
X is not scored here. The gold follows Spanish coding habits of 2018 and codes every sign and symptom of a journal
case: denser than a US claim.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from assistant.errors import InputError
from assistant.suggest.suggestion import Setting
from corpus.codes import dotted
from evals.cases.lines import read_jsonl
from evals.cases.note import GoldCode, NoteCase
from evals.metrics.average_precision import average_precision

DATE = dt.date(2026, 2, 2)
"""A date of service the validity tables cover; the documents have none."""
DEPTH = 1000


def load_cases(folder: Path, split: str = "dev", text: str = "text") -> list[NoteCase]:
    """The documents of one split as note cases; `text` is `text` (English) or `text_es`. Raises InputError."""
    path = folder / f"{split}.jsonl"
    if not path.is_file():
        raise InputError(f"There is no {split}.jsonl in the CodiEsp folder; give the folder that holds it.")
    cases = []
    for number, record in read_jsonl(path):
        try:
            codes = dict.fromkeys(dotted(c["code"]) for c in record["codes"] if c["system"] == "ICD-10-CM")
            cases.append(_case(str(record["id"]), record[text], list(codes), split))
        except (KeyError, TypeError) as error:
            raise InputError(f"{path.name} line {number} is not a CodiEsp document.") from error
    return cases


def _case(case_id: str, text: str, codes: Sequence[str], split: str) -> NoteCase:
    return NoteCase(
        id=case_id,
        text=text,
        setting=Setting.OUTPATIENT,
        date_of_service=DATE,
        sex="unknown",
        age=None,
        specialty="case report",
        style="journal",
        split=split,
        gold=tuple(GoldCode(code, (), first_listed=place == 0) for place, code in enumerate(codes)),
        must_not=(),
        provenance="CodiEsp v1.4, Miranda-Escalada et al., CLEF 2020, CC BY 4.0",
    )


def read_gold(path: Path) -> dict[str, frozenset[str]]:
    """A gold file of track D: document, tab, code. Raises InputError."""
    gold: dict[str, set[str]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream, delimiter="\t"):
                gold.setdefault(row[0], set()).add(row[1].strip().lower())
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is not a CodiEsp gold file of two tab-separated columns.") from error
    return {document: frozenset(codes) for document, codes in gold.items()}


def official_map(
    gold: Mapping[str, frozenset[str]], ranked: Mapping[str, Iterable[str]], valid: frozenset[str] | None = None
) -> dict[str, float]:
    """`map` (mean over documents with predictions, as trectools) and `map_all` (over all gold documents).

    `valid` is the organisers' list of codes, lower case; predictions outside it are dropped before ranking.
    """
    per_document = {}
    for document, codes in ranked.items():
        kept = [code for code in dict.fromkeys(c.lower() for c in codes) if valid is None or code in valid][:DEPTH]
        if kept:
            per_document[document] = average_precision(gold.get(document, frozenset()), kept) or 0.0
    total = sum(value for document, value in per_document.items() if document in gold)
    return {
        "map": sum(per_document.values()) / len(per_document) if per_document else 0.0,
        "map_all": total / len(gold) if gold else 0.0,
    }
