"""Chapters of ICD-10-CM by the first three characters of a code; the ranges are in `chapters.tsv`."""

import csv
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _ranges() -> list[tuple[str, str, str]]:
    lines = (Path(__file__).parent / "chapters.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return [(row["first"], row["last"], row["name"]) for row in rows]


def chapter(code: str) -> str:
    """The short name of the code's chapter, `other` for codes of another system."""
    head = code.replace(".", "")[:3].upper()
    return next((name for first, last, name in _ranges() if first <= head <= last), "other")
