"""The composition root: the one place that wires index, encoder, engines, model and ledger together.

Everything is opened when first asked for, so that a command pays only for what it uses.
"""

import datetime as dt
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.settings import Settings, ensure_home, load_settings
from corpus.codes import CodeSystem

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from assistant.chat.agent import Step
    from assistant.chat.outbound import Gate
    from assistant.chat.turn import Answer, Context
    from assistant.review.ledger import Ledger
    from assistant.review.precedents import Precedents
    from assistant.suggest.engine import Suggester
    from assistant.suggest.lines import Request
    from assistant.suggest.precedents import Memory
    from assistant.suggest.suggestion import SuggestionSet
    from corpus.catalog import Catalog
    from corpus.codes import Hit, Release
    from corpus.index.search import Searcher
    from corpus.library import CodeBook

NO_CONVERSATION = (
    "`ask` is not part of this installation; use `search` for codes, `suggest` for a note, "
    "`remit explain` for a remittance"
)


class Services:
    """What the command line, the page and the evaluations work with. Thread-safe once opened."""

    def __init__(self, settings: Settings, quiet: bool = False) -> None:
        self.settings = settings
        self._quiet = quiet
        self._suggester: Suggester | None = None
        self._engine: Engine | None = None
        self._lock = threading.RLock()

    @classmethod
    def open(cls, settings: Settings | None = None, quiet: bool = False) -> "Services":
        """Services over the site's data folder; `quiet` keeps progress off stderr."""
        return cls(settings or load_settings(), quiet)

    @cached_property
    def catalog(self) -> "Catalog":
        """Every code system and release that is here."""
        from corpus.catalog import Catalog

        with self._lock:
            ensure_home(self.settings)
            return Catalog(self.settings.home)

    @property
    def searcher(self) -> "Searcher":
        """The search over today's ICD-10-CM; an index that is missing or outdated is built, with progress on stderr."""
        return self.searcher_on(dt.date.today())

    def searcher_on(self, date: dt.date, system: CodeSystem = CodeSystem.ICD10CM) -> "Searcher":
        """The search over the release that is in force on the date of service."""
        return self.catalog.searcher(system, date, self._quiet)

    def search(
        self, text: str, k: int = 10, date: dt.date | None = None, system: CodeSystem = CodeSystem.ICD10CM
    ) -> "list[Hit]":
        """The best `k` codes of a system for `text`, from the release in force on `date` (today unless given)."""
        day = date or dt.date.today()
        return self.searcher_on(day, system).search(text, k, day)

    @property
    def codebook(self) -> "CodeBook":
        """Today's ICD-10-CM; opening it builds no search index."""
        return self.codebook_on(dt.date.today())

    def codebook_on(self, date: dt.date, system: CodeSystem = CodeSystem.ICD10CM) -> "CodeBook":
        """The codes of the release that is in force on the date of service."""
        return self.catalog.codebook(system, date)

    @property
    def suggester(self) -> "Suggester":
        """The engine that turns a note into suggestions, over today's ICD-10-CM."""
        return self.suggester_on(dt.date.today())

    def suggester_on(self, date: dt.date) -> "Suggester":
        """The engine over the release that is in force on the date of service."""
        from assistant.suggest.engine import Suggester

        with self._lock:
            searcher = self.searcher_on(date)
            if self._suggester is None or self._suggester.searcher is not searcher:
                self._suggester = Suggester(searcher)
            return self._suggester

    @property
    def engine(self) -> "Engine":
        """The site's store, opened once; `close` lets it go. Raises StoreError when it cannot be opened."""
        from assistant.store.engine import open_store

        with self._lock:
            if self._engine is None:
                self._engine = open_store(self.settings)
            return self._engine

    def close(self) -> None:
        """Let the connections to the store go; it is opened again when something asks for it."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()

    @cached_property
    def ledger(self) -> "Ledger":
        """The append-only record of decisions."""
        from assistant.review.ledger import Ledger

        return Ledger(self.engine)

    @cached_property
    def _precedents(self) -> "Precedents":
        from assistant.review.precedents import FOLDER, Precedents

        return Precedents(self.engine, self.settings.home / FOLDER)

    @property
    def precedents(self) -> "Precedents | None":
        """Where decisions are remembered; None when the site has turned that off."""
        return self._precedents if self.settings.precedents else None

    def memory(self, searcher: "Searcher") -> "Memory | None":
        """What is remembered, over the encoder of `searcher`; None when there is nothing, and then nothing is opened."""
        from assistant.review.precedents import kept

        if not kept(self.settings) or not self.precedents:
            return None
        return self.precedents.memory(searcher.encoder, searcher.manifest.encoder_sha256)

    def suggest_line(self, line: Mapping[str, Any], top: int = 20, model: str | None = None) -> "SuggestionSet":
        """Suggestions for one line of the `suggest --notes` contract, chosen by the named model if one is given.

        Raises InputError for an unusable line, ModelError for a model that the site does not allow; a model that fails
        leaves the suggestions without it, with a notice.
        """
        from assistant.accounts.principal import Role, require
        from assistant.suggest.lines import read_line

        require(Role.CODER, Role.EVALUATOR)
        request = read_line(line, self.settings)
        engine = self.suggester_on(request.date_of_service)
        if model:
            answer = self._chosen_by(model, request, engine, top)
        else:
            answer = engine.suggest(request, top, self.memory(engine.searcher))
        answer = self.with_procedures(answer, request)
        return _with_notes(answer, engine.searcher.release, request.date_of_service)

    def with_procedures(self, answer: "SuggestionSet", request: "Request") -> "SuggestionSet":
        """`answer` with the drugs, supplies and procedures that the note says were given or done."""
        from assistant.suggest.procedures.proposals import with_procedures

        return with_procedures(answer, request, lambda system: self.codebook_on(request.date_of_service, system))

    def _chosen_by(self, model: str, request: "Request", engine: "Suggester", top: int) -> "SuggestionSet":
        """Suggestions in which a language model has chosen among the candidates."""
        from assistant.chat.choosing import suggest

        return suggest(request, engine, self.model(model, "suggest"), top, self.memory(engine.searcher))

    def model(self, name: str | None = None, purpose: str = "ask") -> "Gate":
        """The language model of that name, else the site's. Raises ModelError when it is not allowed here."""
        try:
            from assistant.chat.outbound import open_model
        except ModuleNotFoundError as error:
            raise InputError("a model needs the conversation, which is not installed here; go on without it") from error
        return open_model(self.settings, name, purpose=purpose)

    def conversation(self) -> "Callable[[str, Context], Answer]":
        """What answers a question over the papers of a `Context`, without a model. Raises InputError in an installation
        that lacks the conversation.
        """
        try:
            from assistant.chat.conversation import answer
        except ModuleNotFoundError as error:
            if not (error.name or "").startswith("assistant.chat"):
                raise
            raise InputError(NO_CONVERSATION) from error
        return answer

    def converse(
        self, question: str, context: "Context", model: str | None = None, cancel: "threading.Event | None" = None
    ) -> "Iterator[Step]":
        """One turn as it goes: tools called, sentences as they stand, at last the answer. Setting `cancel` ends the model's part.

        By the named model, else the site's, else by rules. Raises InputError in an installation that lacks the
        conversation, ModelError for a named model that the site does not allow.
        """
        plain = self.conversation()
        from assistant.chat.agent import converse

        return converse(question, context, plain, model, cancel)

    def suggest_lines(
        self, lines: Iterable[Mapping[str, Any]], top: int = 20, model: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """One JSON-ready answer per line, in order; a line that cannot be processed gives `{"id", "error"}`."""
        from assistant.errors import USER_ERRORS
        from assistant.record import to_record

        for line in lines:
            try:
                record: dict[str, Any] = to_record(self.suggest_line(line, top, model))
                yield record
            except USER_ERRORS as error:
                yield {"id": line.get("id") if isinstance(line, Mapping) else None, "error": str(error)}


def _with_notes(answer: "SuggestionSet", release: "Release", date: dt.date) -> "SuggestionSet":
    """`answer` with a word beside each citation when its text is not of the release in force on the date of service."""
    from corpus.standing import note_on

    note = note_on(release, date)
    if not note:
        return answer
    noted = tuple(
        replace(one, citations=tuple(replace(cited, note=note) for cited in one.citations))
        for one in answer.suggestions
    )
    return replace(answer, suggestions=noted)


def parse_date(text: str | None) -> dt.date | None:
    """An ISO date from the command line or JSON; None when not given. Raises InputError for anything else."""
    if text is None or text == "":
        return None
    try:
        return dt.date.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise InputError(f"{text!r} is not a date; write it as YYYY-MM-DD") from error
