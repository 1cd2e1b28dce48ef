"""Every section a rule cites is a section of the official guidelines. Needs the text, which is not shipped."""

import re
from pathlib import Path

import pytest

from assistant.guidelines.rulebook import rulebook
from assistant.guidelines.texts import texts

OFFICIAL = (
    Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "icd10cm_official_guidelines_fy2026.txt"
)
LEVELS = (
    re.compile(r"Section (I{1,3}|IV)\. "),
    re.compile(r"([A-Z])\.\s+\S"),
    re.compile(r"(\d{1,2})\.\s+\S"),
    re.compile(r"([a-z])\.\s+\S"),
    re.compile(r"(\d{1,2})\)\s*\S"),
    re.compile(r"\(([a-z])\)\s*\S"),
    re.compile(r"\(([ivx]+)\)\s*\S"),
)
ROMAN = ["i", "ii", "iii", "iv", "v", "vi"]


def sections(text: str) -> set[str]:
    """Section numbers of the official text, by following its headings: each must be the next of its level."""
    path: list[str] = []
    found: set[str] = set()
    for line in text.splitlines():
        line = line.strip()
        if "....." in line:
            continue  # the table of contents
        for level, pattern in enumerate(LEVELS):
            match = pattern.match(line)
            if not match or level > len(path):
                continue
            if level and match[1] != _next(level, path):
                continue
            path = [*path[:level], match[1]]
            found.add(".".join(path))
            break
    return found


def _next(level: int, path: list[str]) -> str:
    started = len(path) > level
    if level == 6:
        return ROMAN[ROMAN.index(path[6]) + 1] if started else "i"
    if not started:
        return {1: "A", 2: "1", 3: "a", 4: "1", 5: "a"}[level]
    before = path[level]
    return str(int(before) + 1) if before.isdigit() else chr(ord(before) + 1)


def test_every_section_cited_exists() -> None:
    if not OFFICIAL.is_file():
        pytest.skip("the official guidelines are not on this machine")
    known = sections(OFFICIAL.read_text(encoding="utf-8"))
    cited = {rule.id: rule.source for rule in rulebook().rules} | {one.id: one.source for one in texts().values()}
    wrong = {
        name: source
        for name, source in cited.items()
        if source.startswith("OCG ") and source != "OCG Appendix I" and source[4:] not in known
    }
    assert wrong == {}
