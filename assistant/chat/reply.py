"""The answer to one question while it is being made: what was understood, the tools called, the sentences so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.chat.papers import OpenClaim, Papers
from assistant.chat.slots import Slots
from assistant.chat.tool import Said, Source, ToolError, ToolResult
from assistant.chat.tools import tool
from assistant.chat.turn import Answer, Context, ToolStep, answer_of
from assistant.chat.wording import Wording, wording
from assistant.record import to_record


@dataclass(frozen=True)
class Question:
    """A question as it is understood."""

    text: str
    slots: Slots
    papers: Papers
    kind: str
    about: tuple[OpenClaim, ...] = ()
    """The claims it is about, as far as that can be told."""
    query: str = ""
    """For a follow-up on a code: the words to search, the earlier ones with the change worked in."""
    again: bool = False
    """Whether it repeats the kind of an earlier question."""
    anchor: str = ""
    """The code that a follow-up starts from."""


@dataclass
class Reply:
    """Collects what is said in one turn."""

    context: Context
    question: Question
    said: list[Said] = field(default_factory=list)
    steps: list[ToolStep] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    asked: str | None = None
    remembered: dict[str, Any] = field(default_factory=dict)

    @property
    def slots(self) -> Slots:
        """What the question names."""
        return self.question.slots

    @property
    def words(self) -> Wording:
        """The wording in the language of the answer."""
        return wording(self.context.language)

    def call(self, name: str, **arguments: Any) -> ToolResult | None:
        """The tool's result; None, with its sentence said, when it refuses. Arguments that are None or empty are left out."""
        given = {key: value for key, value in arguments.items() if value not in (None, "", (), [])}
        try:
            found = tool(name).call(self.context, given)
        except ToolError as error:
            self.steps.append(ToolStep(name, given, str(error)))
            self.said.append(Said(str(error)))
            return None
        self.steps.append(ToolStep(name, given, ", ".join(found.codes[:5])))
        return found

    def use(self, name: str, **arguments: Any) -> ToolResult | None:
        """Call a tool and say what it says."""
        found = self.call(name, **arguments)
        if found is not None:
            self.take(found)
        return found

    def take(self, found: ToolResult) -> None:
        """Say what a result says."""
        self.said += [one for one in found.sentences if one not in self.said]
        self.codes += [code for code in found.codes if code not in self.codes]

    def say(self, key: str, *sources: Source, **values: object) -> None:
        """Say one sentence."""
        self.said.append(self.words.say(key, *sources, **values))

    def first(self, key: str, *sources: Source, **values: object) -> None:
        """Say one sentence before all others."""
        self.said.insert(0, self.words.say(key, *sources, **values))

    def in_language(self, language: str) -> None:
        """Answer in this language from here on."""
        self.context = replace(self.context, language=language)

    def finish(self) -> Answer:
        """The answer, each sentence once."""
        sentences = tuple(dict.fromkeys(one for one in self.said if one.text.strip()))
        if self.asked and all(self.asked != one.text for one in sentences):
            sentences = (*sentences, Said(self.asked))
        return answer_of(
            sentences,
            codes=tuple(self.codes),
            asked=self.asked,
            steps=tuple(self.steps),
            kind=self.question.kind,
            slots=self._slots(),
            language=self.context.language,
        )

    def _slots(self) -> Mapping[str, Any]:
        kept = {name: value for name, value in to_record(self.question.slots).items() if value and name != "rest"}
        claims = [one.number for one in self.question.about]
        return kept | {"about": list(dict.fromkeys(claims)), "question": self.question.text} | self.remembered
