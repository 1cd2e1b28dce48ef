"""Addenda: the text in which each release says what changed from the one before.

Every line begins with what is done (`Add`, `Delete`, `Revise from`, `Revise to`), followed by a line of the order
file, or by a code and its title. Beside the files of the new release they serve as a second opinion: each change they name
must be found there. A site that has nothing else can have them applied to the release before (`corpus.sources.amendment`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from corpus.codes import CodeSystem, dotted
from corpus.errors import CorpusError
from corpus.sources.files import SourceFile
from corpus.sources.order import ORDER_LINE


class Action(StrEnum):
    """What an addendum line does."""

    ADD = "add"
    DELETE = "delete"
    REVISE_FROM = "revise_from"
    REVISE_TO = "revise_to"


LINE = re.compile(r"^\s*(?P<action>add|delete|revise\s+from|revise\s+to|revise)\b\s*:?\s*(?P<rest>\S.*)$", re.I)
_CM = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_PCS = re.compile(r"[0-9BCDFGHX][0-9A-HJ-NP-Z]{2}(?:[0-9A-HJ-NP-Z]{4})?")
_CODE = re.compile(
    r"^(?P<code>[0-9A-Z][0-9A-Z]{2}(?:\.?[0-9A-Z]{1,4})?)(?:\s+(?P<flag>[01])(?=\s))?\s+(?P<title>\S.*)$"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One line about a code; `code` undotted, `title` the longest the line gives."""

    line: int
    action: Action
    code: str
    title: str
    billable: bool | None = None
    """Whether it may be reported, where the line says so."""


@dataclass(frozen=True, slots=True)
class Addenda:
    """All lines about codes, and the number of those about notes and index terms."""

    changes: tuple[Change, ...]
    others: int

    @property
    def system(self) -> CodeSystem:
        """ICD-10-PCS when a code begins with a digit, or when all have a letter in second place and 3 or 7 characters."""
        codes = [change.code for change in self.changes]
        lettered = all(len(code) in (3, 7) and code[1].isalpha() for code in codes)
        if any(code[0].isdigit() for code in codes) or (codes and lettered):
            return CodeSystem.ICD10PCS
        return CodeSystem.ICD10CM

    def codes(self, action: Action) -> tuple[str, ...]:
        """Undotted codes of one action, in file order."""
        return tuple(change.code for change in self.changes if change.action is action)


def read_addenda(file: SourceFile) -> Addenda:
    """Addenda of codes, order or tabular text. Raises CorpusError when no line is one of them."""
    changes = []
    others = 0
    for number, line in enumerate(file.text.split("\n"), 1):
        found = LINE.match(line.rstrip())
        if not found:
            continue
        change = _change(number, found["action"], found["rest"].strip())
        if change:
            changes.append(change)
        else:
            others += 1
    if not changes and not others:
        raise CorpusError(f"{file.name} holds no line that begins with Add, Delete or Revise; it is no addenda text")
    return Addenda(tuple(changes), others)


def _change(number: int, action: str, rest: str) -> Change | None:
    said = "_".join(action.lower().split())
    kind = Action.REVISE_TO if said == "revise" else Action(said)
    row = ORDER_LINE.match(rest)
    if row:
        return Change(number, kind, row["code"], " ".join(row["long"].split()), row["flag"] == "1")
    rest = re.sub(r"^\d{5}\s+(?=[0-9A-Z]{3,7}\s+[01]\s)", "", rest)
    plain = _CODE.match(rest)
    if not plain or not _is_code(plain["code"]):
        return None
    flag = plain["flag"] == "1" if plain["flag"] else None
    return Change(number, kind, plain["code"].replace(".", ""), " ".join(plain["title"].split()), flag)


def _is_code(text: str) -> bool:
    bare = text.replace(".", "")
    return bool(re.search(r"\d", bare) and (_CM.fullmatch(bare) or _PCS.fullmatch(bare)))


def disagreements(addenda: Addenda, title_of: Callable[[str], str | None]) -> Iterator[str]:
    """One sentence for each change that the release does not show. `title_of` gives a code's title, None for no such code."""
    for change in addenda.changes:
        code = dotted(change.code) if addenda.system is CodeSystem.ICD10CM else change.code
        title = title_of(change.code)
        if change.action is Action.ADD and title is None:
            yield f"line {change.line} adds {code}, which the release does not have"
        elif change.action is Action.DELETE and title is not None and not _readded(addenda, change.code):
            yield f"line {change.line} deletes {code}, which the release still has"
        elif change.action is Action.REVISE_TO and title is None:
            yield f"line {change.line} revises {code}, which the release does not have"


def _readded(addenda: Addenda, code: str) -> bool:
    """A code that becomes a header is deleted as a code and added as a header."""
    return any(other.code == code and other.action is not Action.DELETE for other in addenda.changes)
