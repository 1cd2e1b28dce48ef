"""Clinical phrases as they stand in US notes and problem lists, each with the code a coder would start from.

The rows are our own words, in `phrases/*.tsv` (one file per body system; columns `phrase` and `code`). `code` is the
official default for these words in ICD-10-CM FY2026: a billable code, or, where the encounter decides the 7th character,
the stem without it (`S93.401`). A phrase that fits several codes equally is left out.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.errors import CorpusError

FOLDER = Path(__file__).with_name("phrases")
HEADER = ("phrase", "code")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase and its default ICD-10-CM code, dotted."""

    phrase: str
    code: str


def read_phrases(path: Path) -> tuple[Phrase, ...]:
    """The rows of one file, in its order; lines that start with `#` are remarks.

    Raises CorpusError naming the file and line when the header or a row is not `phrase<TAB>code`.
    """
    numbered = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    lines = [(number, line) for number, line in numbered if not line.startswith("#")]
    if not lines or tuple(lines[0][1].split("\t")) != HEADER:
        raise CorpusError(f"{path.name}: expected the header 'phrase<TAB>code' before the first row.")
    rows = []
    for number, line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != 2 or not all(cells):
            raise CorpusError(f"{path.name} line {number}: expected a phrase and a code, separated by one tab.")
        rows.append(Phrase(cells[0], cells[1]))
    return tuple(rows)


@lru_cache(maxsize=1)
def phrases() -> tuple[Phrase, ...]:
    """All phrases, file by file in name order."""
    return tuple(row for path in sorted(FOLDER.glob("*.tsv")) for row in read_phrases(path))
