"""An unspecified code beside a more specific code of the same category (OCG I.A.9.b)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from assistant.guidelines.case import Case, CodeBook
from assistant.guidelines.finding import Finding
from assistant.guidelines.texts import texts

_UNSPECIFIED = re.compile(r"\bunspecified$|^unspecified\b", re.IGNORECASE)
_LETTERS = "ABCDEFGHIJKLMNR"
"""Chapters looked at: in pregnancy, birth, injury, cause and Z codes two codes of a category are two events."""


@lru_cache(maxsize=50_000)
def is_category_default(book: CodeBook, code: str) -> bool:
    """Whether the code is the unspecified one directly below its category, such as I50.9 or M54.9."""
    found = book.get(code)
    return bool(
        found
        and found.billable
        and code[0] in _LETTERS
        and found.parent
        and len(found.parent) == 3
        and code[-1] in "9A"
        and _UNSPECIFIED.search(found.title)
    )


def unspecified_findings(case: Case, codes: tuple[str, ...]) -> Iterator[Finding]:
    """One finding per unspecified code that stands beside a specific one."""
    for code in codes:
        if is_category_default(case.book, code):
            specific = tuple(other for other in codes if other != code and other[:3] == code[:3])
            if specific:
                yield texts()["TB-0054"].finding((code,), specific)
