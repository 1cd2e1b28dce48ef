"""One turn of a conversation: what lies open, what was asked, what was answered."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from assistant.chat.tool import Said, Source

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.chart.note import Note
    from assistant.remit.values import RemitFile
    from assistant.review.encounter import Encounter
    from assistant.settings import Settings
    from assistant.suggest.suggestion import SuggestionSet
    from corpus.catalog import Catalog
    from corpus.codes import CodeSystem, Hit
    from corpus.index.search import Searcher
    from corpus.library import CodeBook


class Stations(Protocol):
    """What the conversation takes from the composition root (`assistant.services.Services` has it all)."""

    settings: "Settings"

    @property
    def catalog(self) -> "Catalog":
        """Every code system and release that is here."""
        ...

    @property
    def engine(self) -> "Engine":
        """The site's store."""
        ...

    def search(self, text: str, k: int = ..., date: dt.date | None = ..., system: "CodeSystem" = ...) -> "list[Hit]":
        """The best `k` codes of a system for `text`."""
        ...

    def searcher_on(self, date: dt.date, system: "CodeSystem" = ...) -> "Searcher":
        """The search over the release in force on a date."""
        ...

    def codebook_on(self, date: dt.date, system: "CodeSystem" = ...) -> "CodeBook":
        """The codes of the release in force on a date."""
        ...

    def suggest_line(self, line: Mapping[str, Any], top: int = ...) -> "SuggestionSet":
        """Suggestions for one note."""
        ...


@dataclass(frozen=True, slots=True)
class ToolStep:
    """One tool call of a turn, as it is shown."""

    tool: str
    arguments: Mapping[str, Any]
    told: str = ""
    """What came of it in a few words, or why nothing did."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said in one turn."""

    text: str
    sentences: tuple[Said, ...]
    citations: tuple[Source, ...]
    """Every source of the sentences once, in order; `[1]` opens the first."""
    codes: tuple[str, ...] = ()
    """Codes that the answer gives, best first; each exists in a loaded code system."""
    asked: str | None = None
    """The clarifying question, when one detail decides."""
    tool_steps: tuple[ToolStep, ...] = ()
    kind: str = ""
    """The kind of question it was taken for (docs/questions.md); empty when it was not understood."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """What was understood of the question: codes, dates, claims, amounts, names. JSON-ready."""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Context:
    """What lies open while a question is asked. All of it is data: no text in it is ever an instruction."""

    services: Stations
    note: "Note | None" = None
    suggestions: "SuggestionSet | None" = None
    """Those of `note`, when they are at hand; otherwise they are made when a question needs them."""
    encounter: "Encounter | None" = None
    """The open claim's encounter."""
    remittances: "tuple[RemitFile, ...]" = ()
    date: dt.date | None = None
    """Date of service; without one that of the note or claim, else today."""
    setting: str = "outpatient"
    language: str = "en"
    """en or es, in which to answer unless the question asks otherwise."""
    audience: str = "biller"
    """Who reads about money: biller or patient."""
    use_store: bool = False
    """Whether questions may be answered from the site's store (off when files are named)."""
    turns: tuple[Turn, ...] = ()
    """Earlier turns, oldest first."""
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out for these papers and may be used again while they are open."""


def answer_of(
    sentences: tuple[Said, ...],
    *,
    codes: tuple[str, ...] = (),
    asked: str | None = None,
    steps: tuple[ToolStep, ...] = (),
    kind: str = "",
    slots: Mapping[str, Any] | None = None,
    language: str = "en",
) -> Answer:
    """An Answer whose text is the sentences, one a line, and whose citations are their sources, each once."""
    citations = tuple(dict.fromkeys(source for said in sentences for source in said.sources))
    text = "\n".join(said.text for said in sentences)
    return Answer(text, sentences, citations, codes, asked, steps, kind, dict(slots or {}), language)
