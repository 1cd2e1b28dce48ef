"""Loading of the rule files beside this module: tab-separated, a header line, `#` for comments."""

from functools import cache
from pathlib import Path

RULES = Path(__file__).with_name("rules")


def rows(name: str) -> list[dict[str, str]]:
    """Rows of `rules/<name>` by column name. A short row has empty cells; a long one is a ValueError naming the line."""
    header: list[str] = []
    found: list[dict[str, str]] = []
    for number, line in enumerate((RULES / name).read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header:
            header = cells
            continue
        if len(cells) > len(header):
            raise ValueError(f"rules/{name} line {number}: {len(cells)} cells for {len(header)} columns")
        found.append(dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True)))
    return found


@cache
def word_classes() -> dict[str, frozenset[str]]:
    """Word lists of `rules/words.tsv` by class: anatomy, modifier, generic, suffixes and so on."""
    classes: dict[str, set[str]] = {}
    for row in rows("words.tsv"):
        classes.setdefault(row["class"], set()).update(row["words"].split())
    return {name: frozenset(words) for name, words in classes.items()}


def word_class(name: str) -> frozenset[str]:
    """The words of one class of `rules/words.tsv`; a KeyError when there is no such class."""
    return word_classes()[name]
