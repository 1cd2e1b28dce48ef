"""A billing question: what is asked, about which papers, and the facts that an answer must and must not state.

JSONL line: {id, kind: question | letter | explanation, topic?, question, lang?, history?: [earlier questions], note?,
remit?, about?, worked?, must_state: [patterns], must_not_state: [patterns], max_grade?}.
Patterns are case-insensitive regular expressions. `note` is a text, `remit` X12 text; either may be the name of a file
in `corpus/samples`. `about` says the same as `question` to a tool that does not read questions: {claim?, letter?,
audience?}. `worked` lists figures worked out by hand from the papers (sums, refunds) that an answer may state besides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases.lines import load, one_of

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
_ABOUT = ("claim", "letter", "audience")
_NUMBERED = re.compile(r"(coder|biller|fresh|later)-(\d+)")
SPLITS = ("dev", "test", "fresh", "held", "later", "unseen")
"""Of the questions: three that were looked at while the conversation was written, each followed by the one that was not."""
UNSEEN = ("test", "held", "unseen")
_SAMPLE_NOTE = re.compile(r"\w+\.txt")


@dataclass(frozen=True, slots=True)
class BillingCase:
    """One question or letter."""

    id: str
    kind: str
    question: str
    lang: str
    note: str
    remit: str
    about: Mapping[str, str]
    worked: tuple[str, ...]
    must_state: tuple[str, ...]
    must_not_state: tuple[str, ...]
    max_grade: float | None
    topic: str = ""
    """The kind of question, as docs/questions.md lists them."""
    history: tuple[str, ...] = ()
    """The questions asked before in the same conversation, oldest first."""

    @property
    def split(self) -> str:
        """Of a question with a number: `dev` when it is odd, `test` when it is even; of the fresh ones every third is
        `held`, the others are `fresh`; of the later ones the odd are `later`, the even `unseen`. Others have none.
        """
        found = _NUMBERED.fullmatch(self.id)
        if found is None:
            return ""
        number = int(found[2])
        if found[1] == "fresh":
            return "fresh" if number % 3 else "held"
        if found[1] == "later":
            return "later" if number % 2 else "unseen"
        return "dev" if number % 2 else "test"

    @property
    def sources(self) -> tuple[str, ...]:
        """Everything an answer may take facts from. A CAS gives its codes as people write them, `CO-45`."""
        codes = " ".join(adjustment_codes(self.remit))
        return (self.question, self.note, self.remit, codes, " ".join(self.worked), *self.history)


def adjustment_codes(remit: str) -> list[str]:
    """Group and reason of every CAS, as `CO-45`."""
    found = []
    for group, rest in re.findall(r"\bCAS\*(\w\w)\*([^~\n]*)", remit):
        found += [f"{group}-{reason}" for reason in rest.split("*")[::3] if reason]
    return found


def parse_billing(record: dict[str, Any]) -> BillingCase:
    """A case from its JSONL object; raises KeyError, ValueError, or OSError for a sample that is not there."""
    if not record["must_state"] and not record["must_not_state"]:
        raise ValueError("a billing case states what must or must not be said")
    about = record.get("about", {})
    if set(about) - set(_ABOUT):
        raise ValueError(f"about knows {', '.join(_ABOUT)}")
    remit = record.get("remit", "")
    if remit and "*" not in remit:
        remit = (SAMPLES / remit).read_text("latin-1")
    note = record.get("note", "")
    if _SAMPLE_NOTE.fullmatch(note):
        note = (SAMPLES / note).read_text("utf-8")
    return BillingCase(
        id=str(record["id"]),
        kind=one_of(record.get("kind", "question"), ("question", "letter", "explanation")),
        question=record["question"],
        lang=one_of(record.get("lang", "en"), ("en", "es")),
        note=note,
        remit=remit,
        about=about,
        worked=tuple(record.get("worked", ())),
        must_state=tuple(record["must_state"]),
        must_not_state=tuple(record["must_not_state"]),
        max_grade=record.get("max_grade"),
        topic=record.get("topic", ""),
        history=tuple(record.get("history", ())),
    )


def load_billing(path: Path) -> list[BillingCase]:
    """All billing cases of a JSONL file; raises InputError naming the line."""
    return load(path, parse_billing)
