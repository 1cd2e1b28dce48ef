"""The composition root: the one place that wires index, encoder, engines, model and ledger together.

Everything is opened when first asked for, so that a command pays only for what it uses.
"""

import datetime as dt
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.settings import Settings, ensure_home, load_settings

if TYPE_CHECKING:
    from assistant.review.ledger import Ledger
    from assistant.suggest.engine import Suggester
    from assistant.suggest.suggestion import SuggestionSet
    from corpus.index.search import Searcher
    from corpus.library import CodeBook


class Services:
    """What the command line, the page and the evaluations work with. Thread-safe once opened."""

    def __init__(self, settings: Settings, quiet: bool = False) -> None:
        self.settings = settings
        self._quiet = quiet
        self._lock = threading.RLock()

    @classmethod
    def open(cls, settings: Settings | None = None, quiet: bool = False) -> "Services":
        """Services over the site's data folder; `quiet` keeps progress off stderr."""
        return cls(settings or load_settings(), quiet)

    @cached_property
    def searcher(self) -> "Searcher":
        """The code search. A missing, half-built or outdated index is built first, with progress on stderr."""
        from corpus.index.build import build_index, is_current
        from corpus.index.search import Searcher

        with self._lock:
            root = self.settings.index_dir
            if not is_current(root):
                ensure_home(self.settings)
                build_index(root, quiet=self._quiet)
            return Searcher(root)

    @cached_property
    def codebook(self) -> "CodeBook":
        """The code library; opening it builds no search index."""
        from corpus.library import open_codebook
        from corpus.sources.tabular import release

        with self._lock:
            ensure_home(self.settings)
            return open_codebook(self.settings.home / "library", release())

    @cached_property
    def suggester(self) -> "Suggester":
        """The engine that turns a note into suggestions."""
        from assistant.suggest.engine import Suggester

        with self._lock:
            return Suggester(self.searcher)

    @cached_property
    def ledger(self) -> "Ledger":
        """The append-only record of decisions."""
        from assistant.review.ledger import Ledger

        with self._lock:
            ensure_home(self.settings)
            return Ledger.open(self.settings)

    def suggest_line(self, line: Mapping[str, Any], top: int = 20) -> "SuggestionSet":
        """Suggestions for one line of the `suggest --notes` contract. Raises InputError for an unusable line."""
        from assistant.suggest.lines import read_line

        request = read_line(line, self.settings)
        return self.suggester.suggest(request, top=top)

    def suggest_lines(self, lines: Iterable[Mapping[str, Any]], top: int = 20) -> Iterator[dict[str, Any]]:
        """One JSON-ready answer per line, in order; a line that cannot be processed gives `{"id", "error"}`."""
        from assistant.errors import USER_ERRORS
        from assistant.record import to_record

        for line in lines:
            try:
                record: dict[str, Any] = to_record(self.suggest_line(line, top))
                yield record
            except USER_ERRORS as error:
                yield {"id": line.get("id") if isinstance(line, Mapping) else None, "error": str(error)}


def parse_date(text: str | None) -> dt.date | None:
    """An ISO date from the command line or JSON; None when not given. Raises InputError for anything else."""
    if text is None or text == "":
        return None
    try:
        return dt.date.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise InputError(f"{text!r} is not a date; write it as YYYY-MM-DD") from error
