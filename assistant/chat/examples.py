"""Questions as people ask them, by kind: how like one of them a new question is, by meaning.

`examples.tsv` holds (kind, question); what a question names is written there as it is written for a new one by `masked`:
`claim`, `the patient`, `amount`, `this code`. `examples.npz` holds their vectors, made by `python -m evals.examples`;
without it, or when it was made from other examples, nothing is added to what the patterns say.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.chat.papers import Papers
from assistant.chat.slots import Slots

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = Path(__file__).parent
ALIKE = 0.55
"""Cosine from which a likeness counts."""
MOST = 4.0
"""Points for a question equal to an example."""
_AMOUNT = re.compile(
    r"\$\s?\d[\d,]*(?:\.\d+)?|(?<![\w.,-])\d[\d,]*\.\d\d(?!\w)|(?<![\w.,-])\d{2,}(?: dollars| bucks)?(?![\w.-])"
)
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d\d?/\d\d?/\d{2,4}\b")


def examples() -> list[tuple[str, str]]:
    """(kind, question) of every example, in order."""
    lines = (FOLDER / "examples.tsv").read_text("utf-8").splitlines()[1:]
    return [(kind, text) for kind, _, text in (line.partition("\t") for line in lines)]


def fingerprint() -> str:
    """What the vectors were made from."""
    return hashlib.sha256((FOLDER / "examples.tsv").read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def _vectors() -> "tuple[list[str], NDArray[Any]] | None":
    import numpy as np

    path = FOLDER / "examples.npz"
    if not path.is_file():
        return None
    with np.load(path) as kept:
        if str(kept["made_from"]) != fingerprint():
            return None
        vectors = kept["vectors"].astype("float32") / 127.0
    return [kind for kind, _ in examples()], vectors


def masked(question: str, slots: Slots, papers: Papers) -> str:
    """The question with what it names written as in the examples."""
    text = question.replace("’", "'")
    text = _DATE.sub("this date", text)
    for values, word in (
        (slots.claims, "claim"),
        ((*slots.codes, *slots.procedures, *slots.services), "this code"),
        (slots.remarks, "remark code"),
    ):
        for value in values:
            bare = value.replace(".", r"\.?")
            text = re.sub(rf"(?i)(?:\b(?:claim|code|remark|reclamo|código)\s+)?(?<!\w){bare}(?!\w)", word, text)
    for group, reason in slots.adjustments:
        start = rf"{group}[\s-]*" if group else r"(?:reason|code|carc)\s+"
        text = re.sub(rf"(?i)(?<!\w){start}{reason}(?!\w)", "reason code", text)
    for one in papers.claims:
        for part in one.patient.split():
            if len(part) > 1:
                text = re.sub(rf"(?i)\b{re.escape(part)}\b", "the patient", text)
    text = re.sub(r"(?:the patient[\s,-]*)+", "the patient ", text)
    if papers:
        text = _AMOUNT.sub("amount", text)
    return " ".join(text.replace(" 's", "'s").split())


def points(text: str, encoder: Any) -> Mapping[str, float]:
    """Kind -> points, from 0 to MOST, for the example of that kind that is most like a masked question."""
    known = _vectors()
    if known is None or encoder is None:
        return {}
    kinds, vectors = known
    near = vectors @ encoder.encode([text])[0]
    found: dict[str, float] = {}
    for kind, likeness in zip(kinds, near.tolist(), strict=True):
        worth = MOST * (likeness - ALIKE) / (1 - ALIKE)
        if worth > found.get(kind, 0.0):
            found[kind] = worth
    return found
