"""What of a note is read for codes, what the coder is told of the rest, and the answer in the original's offsets."""

from dataclasses import dataclass, replace

from assistant.chart.genre import is_clinical
from assistant.chart.instructions import instructions
from assistant.chart.language import other_language
from assistant.chart.note import Note, Span
from assistant.chart.plain import PlainNote, plain_note
from assistant.suggest.suggestion import Evidence, NotCoded, Suggestion, SuggestionSet

_FOREIGN = (
    "The note seems to be in another language than English ({language}), which Superbill does not read: it may take a denied "
    "condition for a present one. Nothing is selected; judge every suggestion by the note."
)
_NO_NOTE = (
    "This text does not read like a clinical note. Nothing is selected; "
    "use a suggestion only if the text tells of a patient."
)
_INSTRUCTED = (
    "The note holds words addressed to the program instead of telling of the patient (from character {start}); they were "
    "not read."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A note as it is read. `notice` is what the coder should know first, empty as a rule."""

    plain: PlainNote
    notice: str = ""
    selects: bool = True
    """Whether the text can be trusted enough to select codes."""

    @property
    def note(self) -> Note:
        """What is read, in offsets of its own."""
        return self.plain.note

    def finished(self, answer: SuggestionSet) -> SuggestionSet:
        """`answer` with the original's offsets, words and pages, the notice, and no selection where none is safe."""
        if self.plain.note is self.plain.original and not self.notice and "\f" not in self.note.text:
            return answer
        return replace(
            answer,
            suggestions=tuple(self._suggestion(one) for one in answer.suggestions),
            not_coded=tuple(self._not_coded(one) for one in answer.not_coded),
            notice=self.notice,
        )

    def _suggestion(self, one: Suggestion) -> Suggestion:
        evidence = tuple(self._evidence(found) for found in one.evidence)
        if self.selects:
            return replace(one, evidence=evidence)
        return replace(one, evidence=evidence, selected=False, findings=())

    def _evidence(self, found: Evidence) -> Evidence:
        span = self.plain.at(Span(found.start, found.end))
        original = self.plain.original
        return replace(found, start=span.start, end=span.end, text=original.at(span), page=original.page_at(span.start))

    def _not_coded(self, found: NotCoded) -> NotCoded:
        span = self.plain.at(Span(found.start, found.end))
        return replace(found, start=span.start, end=span.end, text=self.plain.original.at(span))


def read(note: Note) -> Reading:
    """The reading of `note`: marks that nobody sees taken out, instructions to programs blanked, doubts noticed."""
    plain = plain_note(note)
    notices = list(note.remarks)
    selects = True
    if language := other_language(plain.note.text):
        notices.append(_FOREIGN.format(language=language))
        selects = False
    elif not is_clinical(plain.note.text):
        notices.append(_NO_NOTE)
        selects = False
    if spans := instructions(plain.note.text):
        notices.append(_INSTRUCTED.format(start=plain.at(spans[0]).start))
        plain = plain.without(spans)
    return Reading(plain, " ".join(notices), selects)
