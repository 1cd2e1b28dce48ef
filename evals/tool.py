"""What can be measured: a name and the callables it has. A part is run only for tools that have its callable."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Line = dict[str, Any]

Suggest = Callable[[Iterable[Line]], Iterator[Line]]
"""Input lines of `suggest --notes` -> output lines, same order. Optional keys: `read` maps a stage of reading ->
[start, end] of the mentions left, `stages` maps a later stage -> codes; both in order.
"""
Search = Callable[[Sequence[str], int, str], list[list[str]]]
"""(queries, k, code system) -> ranked codes per query."""
Check = Callable[[Line], list[Line]]
"""{codes, setting, date_of_service, sex, age} -> findings {rule, severity, message, codes}."""
ReadRemit = Callable[[str], Line]
"""X12 text -> one entry of `files` in the record of `remit read --json`."""
Classify = Callable[[str, int, int], str]
"""(text, start, end) of a mention -> its assertion, a value of the contract."""
Answer = Callable[[Line], str]
"""{question, kind, lang, note, remit, about} -> the answer's text."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool under measurement."""

    name: str
    suggest: Suggest | None = None
    search: Search | None = None
    systems: tuple[str, ...] = ("icd10cm",)
    """Code systems that `search` knows."""
    check: Check | None = None
    remit: ReadRemit | None = None
    answer: Answer | None = None
    classify: Classify | None = None
    versions: dict[str, str] = field(default_factory=dict)
    """What produced the predictions (models, releases); goes into the `run` block."""
