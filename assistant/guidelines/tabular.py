"""The tabular list's own notes, made searchable: which codes a code excludes, follows, or asks for."""

import re
import weakref
from dataclasses import dataclass
from functools import lru_cache

from assistant.guidelines.case import CodeBook
from assistant.guidelines.pattern import CodePattern, undotted
from assistant.guidelines.reference import parse_reference
from corpus.codes import CATEGORY, NoteKind

_CONDITIONAL = re.compile(r"if applicable|if known|if present|such as|where applicable", re.IGNORECASE)
_MANIFESTATION = re.compile(r"(?:diseases|conditions|disorders) classified elsewhere", re.IGNORECASE)
_CATEGORY = re.compile(rf"{CATEGORY}(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Reference:
    """One instructional line that points at codes. `node` is where it stands in the tabular list."""

    kind: NoteKind
    node: str
    text: str
    patterns: tuple[CodePattern, ...]
    conditional: bool
    """The line says if applicable, if known, such as or the like: it is not a closed list or not always needed."""

    def names(self, bare: str) -> bool:
        """Whether the line refers to the code (undotted)."""
        return any(pattern.matches(bare) for pattern in self.patterns)

    def firm_about(self, bare: str) -> bool:
        """Whether the line surely means the code: a closed list, or a code so exact that it holds the link itself."""
        return any(
            pattern.matches(bare) and (not self.conditional or (pattern.low == pattern.high and len(pattern.low) > 4))
            for pattern in self.patterns
        )

    @property
    def local(self) -> bool:
        """Whether the line stands at category level or below, not at a block or chapter."""
        return bool(_CATEGORY.match(self.node)) and "-" not in self.node


class Tabular:
    """The references of every code of one book; a code's are read once."""

    def __init__(self, book: CodeBook) -> None:
        self._book = book
        self._blocks = lru_cache(maxsize=100_000)(self._read_blocks)
        self._references = lru_cache(maxsize=100_000)(self._read)
        self._by_letter = lru_cache(maxsize=100_000)(self._index)
        self.pointing = lru_cache(maxsize=500_000)(self._pointing)

    def references(self, code: str) -> tuple[Reference, ...]:
        """Every line above or at `code` that points at codes, nearest first."""
        return self._references(code)

    def _pointing(self, code: str, other: str) -> tuple[Reference, ...]:
        """The lines of `code` that refer to `other` (both dotted)."""
        bare = undotted(other)
        return tuple(one for one in self._by_letter(code).get(bare[:1], ()) if one.names(bare))

    def manifestation(self, code: str) -> bool:
        """Whether the title marks the code as a manifestation of a disease classified elsewhere."""
        return bool(_MANIFESTATION.search(self._book.title(code)))

    def chapter(self, code: str) -> str:
        """The chapter the code stands in."""
        return self._blocks(code)

    def _read_blocks(self, code: str) -> str:
        above = self._book.ancestors(code)
        return above[-1] if above else code[:1]

    def _read(self, code: str) -> tuple[Reference, ...]:
        return tuple(
            Reference(
                note.kind,
                note.node,
                note.text,
                patterns,
                bool(_CONDITIONAL.search(note.text)),
            )
            for note in self._book.notes(code, True)
            if note.kind in _POINTING and (patterns := _line_patterns(note.text))
        )

    def _index(self, code: str) -> dict[str, tuple[Reference, ...]]:
        index: dict[str, list[Reference]] = {}
        for one in self.references(code):
            for letter in dict.fromkeys("".join(pattern.letters for pattern in one.patterns)):
                index.setdefault(letter, []).append(one)
        return {letter: tuple(found) for letter, found in index.items()}


_POINTING = {
    NoteKind.EXCLUDES1,
    NoteKind.EXCLUDES2,
    NoteKind.CODE_FIRST,
    NoteKind.USE_ADDITIONAL,
    NoteKind.CODE_ALSO,
}


@lru_cache(maxsize=20_000)
def _line_patterns(text: str) -> tuple[CodePattern, ...]:
    return tuple(dict.fromkeys(pattern for line in text.splitlines() for pattern in parse_reference(line)))


_TABULARS: "weakref.WeakKeyDictionary[CodeBook, Tabular]" = weakref.WeakKeyDictionary()


def tabular_of(book: CodeBook) -> Tabular:
    """The searchable notes of `book`, made once per book."""
    found = _TABULARS.get(book)
    if found is None:
        found = _TABULARS[book] = Tabular(book)
    return found
