"""A note as it is read: the same words without marks that no reader sees, and the way back to the original offsets.

Copied text carries zero-width characters, marks of writing direction, soft hyphens, ligatures and control characters inside its
words. They are taken out for reading only; the note keeps them, and every span that leaves the reading is the original's.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.chart.note import Note, Span

_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
_CONTROL = "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
_BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_LETTERS = "\ufb00-\ufb06\uff01-\uff5e"
_ODD = re.compile(rf"[{_UNSEEN}{_CONTROL}{_BLANKS}{_LETTERS}\u0300-\u036f]")
_ACCENTS = re.compile(r"[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class PlainNote:
    """A note to read and what it was made from; equal in length and place wherever nothing was taken out."""

    note: Note
    original: Note
    starts: "array[int] | None" = None
    """Per code point read, where it begins in the original; None when every offset is the same."""
    ends: "array[int] | None" = None

    def at(self, span: Span) -> Span:
        """The original's span for a span of what was read."""
        if self.starts is None or self.ends is None:
            return span
        if span.start == span.end:
            place = self.starts[span.start] if span.start < len(self.starts) else len(self.original.text)
            return Span(place, place)
        return Span(self.starts[span.start], self.ends[span.end - 1])

    def without(self, spans: Iterable[Span]) -> "PlainNote":
        """The same with blanks in place of `spans` of what was read; line ends stay."""
        text = self.note.text
        for span in spans:
            blank = re.sub(r"[^\r\n\v\f]", " ", text[span.start : span.end])
            text = text[: span.start] + blank + text[span.end :]
        return replace(self, note=replace(self.note, text=text))


def plain_note(note: Note) -> PlainNote:
    """`note` as it is read: unseen marks gone, control characters and odd blanks as blanks, letters composed."""
    text = note.text
    if not _ODD.search(text):
        return PlainNote(note, note)
    parts: list[str] = []
    starts, ends = array("l"), array("l")
    done = 0
    for match in _ODD.finditer(text):
        begin, end = match.span()
        if begin < done:
            continue
        if accents := _ACCENTS.match(text, begin):
            end = accents.end()
            begin -= begin > done and text[begin - 1].isalpha()
        parts.append(text[done:begin])
        starts.extend(range(done, begin))
        ends.extend(range(done + 1, begin + 1))
        made = _read(text[begin:end])
        parts.append(made)
        starts.extend([begin] * len(made))
        ends.extend([end] * len(made))
        done = end
    parts.append(text[done:])
    starts.extend(range(done, len(text)))
    ends.extend(range(done + 1, len(text) + 1))
    return PlainNote(replace(note, text="".join(parts)), note, starts, ends)


def _read(odd: str) -> str:
    if re.match(f"[{_UNSEEN}]", odd):
        return ""
    if re.match(f"[{_CONTROL}]", odd) or odd.isspace():
        return " "
    return unicodedata.normalize("NFKC" if "\ufb00" <= odd[0] <= "\uff5e" else "NFC", odd)
