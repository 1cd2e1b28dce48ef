"""The catalog: every code system and every release that is here, which one a date of service calls for, and how to open it."""

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.codes import CodeSystem
from corpus.editions import Edition, choose, install, installed, remove
from corpus.errors import CorpusError
from corpus.folders import flush
from corpus.library import LIBRARY_FORMAT, CodeBook, write_library
from corpus.systems import system

if TYPE_CHECKING:
    from corpus.index.encoder import Encoder
    from corpus.index.manifest import Manifest
    from corpus.index.search import Searcher


class Catalog:
    """Code systems and releases of one data folder. Thread-safe. Looking things up opens no index.

    What another process imports is seen at the next call. `encoder` replaces the real one in tests.
    """

    def __init__(self, home: Path, encoder: "Encoder | None" = None) -> None:
        self._encoder = encoder
        self.shelf = home / "corpus"
        """Imported editions."""
        self.index_root = home / "index"
        self._libraries = home / "library"
        self._lock = threading.RLock()
        self._editions: dict[CodeSystem, tuple[tuple[str, ...], tuple[Edition, ...]]] = {}
        self._books: dict[str, CodeBook] = {}
        self._searchers: dict[str, Searcher] = {}

    def editions(self, which: CodeSystem) -> tuple[Edition, ...]:
        """Releases of a system, oldest first; an imported one of the packaged release's name stands in for it."""
        with self._lock:
            mark = self._shelved(which)
            known = self._editions.get(which)
            if known and known[0] == mark:
                return known[1]
            imported = installed(self.shelf, which)
            packaged = system(which).packaged()
            names = {edition.release.name for edition in imported}
            listed = [packaged] if packaged and packaged.release.name not in names else []
            ordered = tuple(sorted((*listed, *imported), key=lambda one: (one.release.starts, one.release.name)))
            self._editions[which] = (mark, ordered)
            return ordered

    def edition(self, which: CodeSystem, date: dt.date) -> Edition:
        """The release in force on `date`, or the nearest; `note_on` says how it stands. Raises CorpusError for none."""
        found = choose(self.editions(which), date)
        if found is None:
            raise CorpusError(system(which).absent)
        return found

    def codebook(self, which: CodeSystem, date: dt.date) -> CodeBook:
        """The codes of the release for `date`, without an index; a packaged one is written out on first use (seconds)."""
        return self.book_of(self.edition(which, date))

    def book_of(self, edition: Edition) -> CodeBook:
        """The codes of one edition."""
        with self._lock:
            path = edition.library or self._written(edition)
            book = self._books.get(str(path))
            if book is None:
                book = self._books[str(path)] = CodeBook(path, edition.release)
                book.of_date = lambda date: self.codebook(edition.release.system, date)
            return book

    def searcher(self, which: CodeSystem, date: dt.date, quiet: bool = False) -> "Searcher":
        """The search over the release for `date`; a missing or outdated index is built first, with progress on stderr."""
        return self.searcher_of(self.edition(which, date), quiet)

    def searcher_of(self, edition: Edition, quiet: bool = False) -> "Searcher":
        """The search over one edition, opened once."""
        from corpus.index import manifest as manifests
        from corpus.index.search import Searcher

        with self._lock:
            mark = manifests.fingerprint(edition)
            found = self._searchers.get(mark)
            if found is None:
                self.build(edition, quiet=quiet)
                found = Searcher(self.index_root, self._encoder, edition)
                release = (edition.release.system, edition.release.name)
                for old, one in list(self._searchers.items()):
                    if (one.release.system, one.release.name) == release:
                        del self._searchers[old]  # its index goes when whoever still uses it is done
                self._searchers[mark] = found
            return found

    def build(self, edition: Edition, force: bool = False, quiet: bool = False) -> "Manifest":
        """Build the index of one edition unless it is current."""
        from corpus.index.build import build_index

        return build_index(self.index_root, force, edition=edition, encoder=self._encoder, quiet=quiet)

    def install(self, edition: Edition, notes: Mapping[str, str] | None = None, quiet: bool = False) -> Edition:
        """Put an imported edition on the shelf. Its index is built before anybody sees it; a failure changes nothing."""
        return install(self.shelf, edition, lambda staged: self.build(staged, quiet=quiet), notes)

    def remove(self, edition: Edition) -> None:
        """Take an imported edition away, and its index where no process reads it; a packaged one of its name stands again."""
        try:
            remove(self.shelf, edition.release.system, edition.release.name)
        except OSError as error:
            raise CorpusError(f"the folder {self.shelf} cannot be written ({error.strerror})") from error
        self.remove_unneeded()

    def remove_unneeded(self) -> None:
        """Remove indexes of releases that are gone and that no process reads."""
        from corpus.index.build import remove_unneeded

        remove_unneeded(self.index_root, [edition for which in CodeSystem for edition in self.editions(which)])

    def _shelved(self, which: CodeSystem) -> tuple[str, ...]:
        return tuple(sorted(str(path) for path in (self.shelf / which.value).glob("*/*/manifest.json")))

    def _written(self, edition: Edition) -> Path:
        """The SQLite file of a packaged edition, made when it is not there."""
        from filelock import FileLock

        made_of = json.dumps([LIBRARY_FORMAT, edition.release.title, dict(edition.sources)], sort_keys=True)
        name = f"{edition.release.system.value}-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}.db"
        path = self._libraries / name
        if not path.is_file():
            try:
                self._libraries.mkdir(parents=True, exist_ok=True, mode=0o700)
                with FileLock(self._libraries / "library.lock"):
                    if not path.is_file():
                        partial = path.with_suffix(".partial")
                        partial.unlink(missing_ok=True)
                        write_library(partial, edition.nodes(), edition.index())
                        flush(partial)
                        partial.replace(path)
            except OSError as error:
                raise CorpusError(
                    f"the folder {self._libraries} cannot be written ({error.strerror}); set SUPERBILL_HOME"
                ) from error
        return path
