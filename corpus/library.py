"""The code library: look up codes, titles, instructional notes and validity in the built corpus."""

import datetime as dt
import sqlite3
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from corpus.codes import Citation, Code, CodeSystem, NoteKind, Release, TabularNote, dotted
from corpus.errors import CorpusError
from corpus.sources.tabular import TabularNode
from corpus.sources.validity import CodeValidity

LIBRARY_FORMAT = 1
"""Raised when the tables change."""
_SCHEMA = """
create table node(code text primary key, position integer, title text, kind text, parent text, stem text, billable integer);
create index node_parent on node(parent);
create index node_stem on node(stem);
create table note(node text, position integer, kind text, text text);
create index note_node on note(node);
create table seventh(stem text, position integer, character text, meaning text);
create index seventh_stem on seventh(stem);
"""


def write_library(path: Path, nodes: Iterable[TabularNode]) -> int:
    """Write the tabular list as a SQLite file at `path` (must not exist); returns the number of billable codes."""
    connection = sqlite3.connect(path)
    billable = 0
    try:
        connection.executescript("pragma journal_mode=off; pragma synchronous=off;" + _SCHEMA)
        for position, node in enumerate(nodes):
            billable += node.billable
            connection.execute(
                "insert into node values (?,?,?,?,?,?,?)",
                (node.code, position, node.title, node.kind, node.parent, node.stem, int(node.billable)),
            )
            connection.executemany(
                "insert into note values (?,?,?,?)",
                [(note.node, index, note.kind.value, note.text) for index, note in enumerate(node.notes)],
            )
            connection.executemany(
                "insert into seventh values (?,?,?,?)",
                [(node.code, index, char, meaning) for index, (char, meaning) in enumerate(node.seventh)],
            )
        connection.commit()
    finally:
        connection.close()
    return billable


def open_codebook(folder: Path, release: Release) -> "CodeBook":
    """The code library alone, without a search index; written on first use (a few seconds)."""
    from filelock import FileLock

    from corpus.sources.tabular import read_tabular

    path = folder / f"{release.source.replace(' ', '-')}-{LIBRARY_FORMAT}.db"
    if not path.is_file():
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(folder / "library.lock"):
                if not path.is_file():
                    partial = path.with_suffix(".partial")
                    partial.unlink(missing_ok=True)
                    write_library(partial, read_tabular())
                    partial.replace(path)
        except OSError as error:
            raise CorpusError(
                f"the folder {folder} cannot be written ({error.strerror}); set SUPERBILL_HOME"
            ) from error
    return CodeBook(path, release)


class CodeBook:
    """ICD-10-CM as a reader sees it. Thread-safe: one read-only connection a thread; look-ups are cached."""

    def __init__(self, path: Path, release: Release, validity: CodeValidity | None = None) -> None:
        if not path.is_file():
            raise CorpusError(f"no code library at {path}; run `superbill corpus build`")
        self.release = release
        self.validity = validity or CodeValidity()
        self._uri = f"file:{path}?mode=ro&immutable=1"
        self._local = threading.local()
        self._node = lru_cache(maxsize=100_000)(self._read_node)
        self._own_notes = lru_cache(maxsize=20_000)(self._read_notes)
        self._children = lru_cache(maxsize=20_000)(self._read_children)
        self._seventh = lru_cache(maxsize=20_000)(self._read_seventh)

    def get(self, code: str) -> Code | None:
        """The code (category level or below), dotted or not, in any case; None when the release has none such."""
        return self._node(dotted(code))

    def title(self, code: str) -> str:
        """Official title, or "" for an unknown code."""
        found = self.get(code)
        return found.title if found else ""

    def billable(self, code: str) -> bool:
        """Whether the code can be reported as it stands."""
        found = self.get(code)
        return bool(found and found.billable)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Node codes above `code`, nearest first: subcategories, category, blocks, chapter."""
        chain: list[str] = []
        row = self._row(dotted(code))
        while row and row[1] and row[1] not in chain:
            chain.append(row[1])
            row = self._row(row[1])
        return tuple(chain)

    def children(self, code: str) -> tuple[Code, ...]:
        """Codes directly below, in tabular order."""
        return self._children(dotted(code))

    def siblings(self, code: str) -> tuple[Code, ...]:
        """Codes with the same parent, `code` left out."""
        found = self.get(code)
        if not found or not found.parent:
            return ()
        return tuple(child for child in self.children(found.parent) if child.code != found.code)

    def billable_under(self, code: str) -> tuple[Code, ...]:
        """The billable codes at or below `code`, in tabular order."""
        found = self.get(code)
        if found is None:
            return ()
        if found.billable:
            return (found,)
        return tuple(leaf for child in self.children(found.code) for leaf in self.billable_under(child.code))

    def notes(self, code: str, inherited: bool = True) -> tuple[TabularNote, ...]:
        """Instructional lines of the code, then (when `inherited`) of its ancestors, nearest first."""
        found = self.get(code)
        if found is None:
            return ()
        chain = (found.code, *self.ancestors(found.code)) if inherited else (found.code,)
        return tuple(note for node in chain for note in self._own_notes(node))

    def seventh_characters(self, stem: str) -> tuple[tuple[str, str], ...]:
        """(character, meaning) pairs the stem must be completed with; empty when it needs none."""
        return self._seventh(dotted(stem))

    def complete(self, stem: str, character: str) -> Code | None:
        """The billable code of `stem` with this 7th character, placeholders filled in; None when there is none."""
        bare = dotted(stem).replace(".", "")
        return self.get(bare.ljust(6, "X") + character.upper())

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        """Whether a billable code may be reported on `date`; for a header, whether any code below may be.

        None means that nothing is known about the date: treat as not valid.
        """
        found = self.get(code)
        if found is None:
            return False if self.validity.covers(date) else None
        if found.billable:
            return self.validity.valid_on(found.code, date)
        answers = (self.validity.valid_on(leaf.code, date) for leaf in self.billable_under(found.code))
        return next((True for answer in answers if answer), False) if self.validity.covers(date) else None

    def cite(self, code: str) -> Citation:
        """The line of the tabular list that allows `code`."""
        return Citation("ICD-10-CM Tabular List", self.release.name, dotted(code), self.title(code))

    def starting_with(self, prefix: str, limit: int = 50) -> tuple[Code, ...]:
        """Codes whose dotted form starts with `prefix`, in tabular order."""
        rows = self._connection().execute(
            "select code from node where kind = 'code' and code >= ? and code < ? order by position limit ?",
            (dotted(prefix), dotted(prefix) + "\uffff", limit),
        )
        return tuple(found for (code,) in rows.fetchall() if (found := self._node(code)))

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            self._local.connection = connection
        return connection

    def _row(self, code: str) -> tuple[str, str | None] | None:
        row: tuple[str, str | None] | None = (
            self._connection().execute("select code, parent from node where code = ?", (code,)).fetchone()
        )
        return row

    def _read_node(self, code: str) -> Code | None:
        row = (
            self._connection()
            .execute("select code, title, billable, stem, parent from node where code = ? and kind = 'code'", (code,))
            .fetchone()
        )
        if row is None:
            return None
        return Code(CodeSystem.ICD10CM, row[0], row[1], bool(row[2]), row[3], row[4], self.release.name)

    def _read_children(self, code: str) -> tuple[Code, ...]:
        rows = self._connection().execute("select code from node where parent = ? order by position", (code,))
        return tuple(found for (child,) in rows.fetchall() if (found := self._node(child)))

    def _read_notes(self, node: str) -> tuple[TabularNote, ...]:
        rows = self._connection().execute("select kind, text from note where node = ? order by position", (node,))
        return tuple(TabularNote(node, NoteKind(kind), text) for kind, text in rows.fetchall())

    def _read_seventh(self, stem: str) -> tuple[tuple[str, str], ...]:
        rows = self._connection().execute(
            "select character, meaning from seventh where stem = ? order by position", (stem,)
        )
        return tuple((character, meaning) for character, meaning in rows.fetchall())
