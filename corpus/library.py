"""The code library: look up codes, titles, instructional notes and validity in the built corpus."""

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus.codes import (
    CITED_AS,
    Citation,
    Code,
    IndexTerm,
    Node,
    NoteKind,
    Release,
    TabularNote,
    Window,
    written,
)
from corpus.errors import CorpusError
from corpus.sources.validity import Validity
from corpus.validity import validity_of

LIBRARY_FORMAT = 2
"""Raised when the tables change."""
_SCHEMA = """
create table node(code text primary key, position integer, title text, kind text, parent text, stem text,
  billable integer, short text, valid_from text, valid_to text, detail text, aliases text, terms text);
create index node_parent on node(parent);
create index node_stem on node(stem);
create table note(node text, position integer, kind text, text text);
create index note_node on note(node);
create table seventh(stem text, position integer, character text, meaning text);
create index seventh_stem on seventh(stem);
create table line(number integer primary key, parent integer, source text, term text, modifiers text, see text,
  see_also text, codes text);
create index line_parent on line(parent);
create table line_code(code text, number integer);
create index line_code_code on line_code(code);
"""
_CODES = "kind not in ('chapter', 'block')"
_JOIN = "\x1f"


def write_library(path: Path, nodes: Iterable[Node], lines: Iterable[IndexTerm] = ()) -> int:
    """Write a release as a SQLite file at `path` (must not exist); returns the number of billable codes.

    Raises CorpusError when two nodes have one code.
    """
    connection = sqlite3.connect(path)
    billable = 0
    try:
        connection.executescript("pragma journal_mode=off; pragma synchronous=off;" + _SCHEMA)
        for position, node in enumerate(nodes):
            billable += node.billable
            try:
                connection.execute(f"insert into node values ({','.join('?' * 13)})", _node_row(position, node))
            except sqlite3.IntegrityError as error:
                raise CorpusError(f"the code {node.code} is there twice") from error
            connection.executemany(
                "insert into note values (?,?,?,?)",
                [(note.node, index, note.kind.value, note.text) for index, note in enumerate(node.notes)],
            )
            connection.executemany(
                "insert into seventh values (?,?,?,?)",
                [(node.code, index, char, meaning) for index, (char, meaning) in enumerate(node.seventh)],
            )
        for line in lines:
            codes = _JOIN.join(f"{column}={code}" for column, code in line.codes)
            row = (line.number, line.parent, line.source, line.term, line.modifiers, line.see, line.see_also, codes)
            connection.execute("insert into line values (?,?,?,?,?,?,?,?)", row)
            connection.executemany(
                "insert into line_code values (?,?)", [(c.rstrip("-."), row[0]) for _, c in line.codes]
            )
        connection.commit()
    finally:
        connection.close()
    return billable


def _node_row(position: int, node: Node) -> tuple[object, ...]:
    return (
        node.code,
        position,
        node.title,
        node.kind,
        node.parent,
        node.stem,
        int(node.billable),
        node.short,
        node.valid_from,
        node.valid_to,
        node.detail,
        _JOIN.join(node.aliases),
        _JOIN.join(node.terms),
    )


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(_JOIN)) if joined else ()


def read_nodes(path: Path) -> list[Node]:
    """Every node of the SQLite file at `path`, as it was written."""
    notes: dict[str, list[TabularNote]] = {}
    sevenths: dict[str, list[tuple[str, str]]] = {}
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        for node, kind, text in connection.execute("select node, kind, text from note order by node, position"):
            notes.setdefault(node, []).append(TabularNote(node, NoteKind(kind), text))
        for stem, character, meaning in connection.execute(
            "select stem, character, meaning from seventh order by stem, position"
        ):
            sevenths.setdefault(stem, []).append((character, meaning))
        return [
            Node(
                code,
                title,
                kind,
                parent,
                stem,
                bool(billable),
                tuple(sevenths.get(code, ())),
                tuple(notes.get(code, ())),
                _split(aliases),
                _split(terms),
                short,
                valid_from,
                valid_to,
                detail,
            )
            for code, title, kind, parent, stem, billable, short, valid_from, valid_to, detail, aliases, terms in (
                connection.execute(
                    "select code, title, kind, parent, stem, billable, short, valid_from, valid_to, detail, aliases, "
                    "terms from node order by position"
                )
            )
        ]
    finally:
        connection.close()


_NODE = "select code, title, billable, stem, parent, kind, short, detail, valid_from, valid_to from node"
_LINE = "select number, parent, source, term, modifiers, see, see_also, codes from line"


def read_index_terms(path: Path) -> list[IndexTerm]:
    """Every line of the alphabetic index in the SQLite file at `path`, in order; empty when it has none."""
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        return [_index_term(row) for row in connection.execute(f"{_LINE} order by number")]
    finally:
        connection.close()


def _index_term(row: tuple[Any, ...]) -> IndexTerm:
    pairs = (part.partition("=") for part in _split(row[7]))
    number, parent, source, term, modifiers, see, see_also = row[:7]
    codes = tuple((column, code) for column, _, code in pairs)
    return IndexTerm(number, parent, source, term, modifiers, see, see_also, codes)


def count_library(path: Path) -> dict[str, int]:
    """How many codes, billable codes, notes and index lines the SQLite file at `path` has."""
    wanted = {
        "codes": f"select count(*) from node where {_CODES}",
        "billable": "select count(*) from node where billable",
        "notes": "select count(*) from note",
        "index_terms": "select count(*) from line",
    }
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        return {name: int(connection.execute(query).fetchone()[0]) for name, query in wanted.items()}
    finally:
        connection.close()


class CodeBook:
    """One release of a code system as a reader sees it. Thread-safe: one read-only connection a thread; cached."""

    def __init__(self, path: Path, release: Release, validity: Validity | None = None) -> None:
        if not path.is_file():
            raise CorpusError(f"no code library at {path}; run `superbill corpus build`")
        self.release = release
        self.system = release.system
        self.validity: Validity = validity or validity_of(self)
        self.of_date: Callable[[dt.date], CodeBook] = lambda date: self
        """Set by the catalog, which has the other releases."""
        self._uri = f"file:{path}?mode=ro&immutable=1"
        self._local = threading.local()
        self._node = lru_cache(maxsize=100_000)(self._read_node)
        self._own_notes = lru_cache(maxsize=20_000)(self._read_notes)
        self._children = lru_cache(maxsize=20_000)(self._read_children)
        self._seventh = lru_cache(maxsize=20_000)(self._read_seventh)
        self._leaves = lru_cache(maxsize=100_000)(self._read_leaves)
        self._any_valid = lru_cache(maxsize=50_000)(self._find_valid)

    def on(self, date: dt.date) -> "CodeBook":
        """The code book of the release in force on `date`: this one when no other is known."""
        return self.of_date(date)

    def form(self, code: str) -> str:
        """`code` as people write it in this system."""
        return written(self.system, code)

    def get(self, code: str) -> Code | None:
        """The code (category level or below), dotted or not, in any case; None when the release has none such."""
        return self._node(self.form(code))

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
        row = self._row(self.form(code))
        while row and row[1] and row[1] not in chain:
            chain.append(row[1])
            row = self._row(row[1])
        return tuple(chain)

    def children(self, code: str) -> tuple[Code, ...]:
        """Codes directly below, in tabular order."""
        return self._children(self.form(code))

    def siblings(self, code: str) -> tuple[Code, ...]:
        """Codes with the same parent, `code` left out."""
        found = self.get(code)
        if not found or not found.parent:
            return ()
        return tuple(child for child in self.children(found.parent) if child.code != found.code)

    def billable_under(self, code: str) -> tuple[Code, ...]:
        """The billable codes at or below `code`, in tabular order."""
        found = self.get(code)
        return self._leaves(found.code) if found else ()

    def notes(self, code: str, inherited: bool = True) -> tuple[TabularNote, ...]:
        """Instructional lines of the code, then (when `inherited`) of its ancestors, nearest first."""
        found = self.get(code)
        if found is None:
            return ()
        chain = (found.code, *self.ancestors(found.code)) if inherited else (found.code,)
        return tuple(note for node in chain for note in self._own_notes(node))

    def seventh_characters(self, stem: str) -> tuple[tuple[str, str], ...]:
        """(character, meaning) pairs the stem must be completed with; empty when it needs none."""
        return self._seventh(self.form(stem))

    def complete(self, stem: str, character: str) -> Code | None:
        """The billable code of `stem` with this 7th character, placeholders filled in; None when there is none."""
        bare = self.form(stem).replace(".", "")
        return self.get(bare.ljust(6, "X") + character.upper())

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        """Whether a billable code may be reported on `date`; for a header, whether any code below may be.

        None means that nothing is known about the date: treat as not valid. A code newer than this release, which has
        no description of it, is valid when the validity data says so.
        """
        found = self.get(code)
        if found is None:
            return self.validity.valid_on(self.form(code), date)
        if found.billable:
            return self.validity.valid_on(found.code, date)
        return self._any_valid(found.code, date) if self.validity.covers(date) else None

    def windows(self, code: str) -> tuple[Window, ...]:
        """The days on which `code` may be reported, oldest first, also for a code this release does not have."""
        return self.validity.windows(self.form(code))

    def chapters(self) -> tuple[tuple[str, str], ...]:
        """(node code, title) of what stands above all else, in order."""
        rows = self._connection().execute("select code, title from node where parent is null order by position")
        return tuple(rows.fetchall())

    def heading(self, node: str) -> tuple[str, str, str] | None:
        """(node code, title, kind) of any node, chapters and blocks included."""
        found: tuple[str, str, str] | None = (
            self._connection().execute("select code, title, kind from node where code = ?", (node,)).fetchone()
        )
        return found

    def under(self, node: str) -> tuple[tuple[str, str, str], ...]:
        """(node code, title, kind) of what stands directly below any node, in order."""
        rows = self._connection().execute(
            "select code, title, kind from node where parent = ? order by position", (node,)
        )
        return tuple(rows.fetchall())

    def index_terms(self, code: str) -> tuple[IndexTerm, ...]:
        """Lines of the alphabetic index that name exactly `code`; empty when no index is loaded."""
        rows = self._connection().execute(
            f"{_LINE} where number in (select number from line_code where code = ?) order by number",
            (self.form(code),),
        )
        return tuple(map(_index_term, rows.fetchall()))

    def index_under(self, number: int | None, source: str = "diseases") -> tuple[IndexTerm, ...]:
        """Lines directly below line `number`, or the main terms of `source` for None."""
        if number is None:
            rows = self._connection().execute(f"{_LINE} where parent is null and source = ? order by number", (source,))
        else:
            rows = self._connection().execute(f"{_LINE} where parent = ? order by number", (number,))
        return tuple(map(_index_term, rows.fetchall()))

    def index_path(self, number: int) -> tuple[IndexTerm, ...]:
        """Line `number` with what it stands under, main term first."""
        chain: list[IndexTerm] = []
        wanted: int | None = number
        while wanted is not None and len(chain) < 20:
            row = self._connection().execute(f"{_LINE} where number = ?", (wanted,)).fetchone()
            if row is None:
                break
            chain.append(_index_term(row))
            wanted = chain[-1].parent
        return tuple(reversed(chain))

    def cite(self, code: str) -> Citation:
        """The line of the code book that allows `code`."""
        return Citation(CITED_AS[self.system], self.release.name, self.form(code), self.title(code))

    def starting_with(self, prefix: str, limit: int = 50) -> tuple[Code, ...]:
        """Codes whose dotted form starts with `prefix`, in tabular order."""
        rows = self._connection().execute(
            f"select code from node where {_CODES} and code >= ? and code < ? order by position limit ?",
            (self.form(prefix), self.form(prefix) + "\uffff", limit),
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
        row = self._connection().execute(f"{_NODE} where code = ? and {_CODES}", (code,)).fetchone()
        return self._code(row) if row else None

    def _code(self, row: tuple[Any, ...]) -> Code:
        return Code(self.system, row[0], row[1], bool(row[2]), row[3], row[4], self.release.name, *row[5:])

    def _read_children(self, code: str) -> tuple[Code, ...]:
        rows = self._connection().execute(f"{_NODE} where parent = ? and {_CODES} order by position", (code,))
        return tuple(self._code(row) for row in rows.fetchall())

    def _read_notes(self, node: str) -> tuple[TabularNote, ...]:
        rows = self._connection().execute("select kind, text from note where node = ? order by position", (node,))
        return tuple(TabularNote(node, NoteKind(kind), text) for kind, text in rows.fetchall())

    def _read_leaves(self, code: str) -> tuple[Code, ...]:
        found = self._node(code)
        if found is None or found.billable:
            return (found,) if found else ()
        return tuple(leaf for child in self._children(code) for leaf in self._leaves(child.code))

    def _find_valid(self, header: str, date: dt.date) -> bool:
        return any(self.validity.valid_on(leaf.code, date) for leaf in self._leaves(header))

    def _read_seventh(self, stem: str) -> tuple[tuple[str, str], ...]:
        rows = self._connection().execute(
            "select character, meaning from seventh where stem = ? order by position", (stem,)
        )
        return tuple((character, meaning) for character, meaning in rows.fetchall())
