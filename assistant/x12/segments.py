"""An X12 file as a stream of numbered segments, read in pieces so that the size of the file does not matter."""

import codecs
import io
import re
from collections.abc import Iterator
from itertools import chain
from operator import methodcaller
from pathlib import Path
from typing import BinaryIO, NamedTuple

from assistant.errors import InputError
from assistant.x12.delimiters import BLANK, NEWLINE, Delimiters, interchange_start, sniff
from assistant.x12.problems import Problem

PIECE = 1 << 16
_HEAD = 4096
_STRIP = methodcaller("strip", BLANK)
_GAP = 80
"""Blanks tolerated between a terminator and the line end after it."""
_LONGEST = 1 << 22
"""Characters without a terminator after which a file is given up."""
_LOST_END = "CLP|SVC|CAS|NM1|DTM|REF|AMT|QTY|MOA|MIA|PLB|SE|GE|IEA|LX|N1|TRN|BPR|ST|GS"
"""Segments whose name at the start of a line shows that the line before lost its terminator."""


def _as_latin1(error: UnicodeError) -> tuple[str, int]:
    """A byte that is not UTF-8 is read as Latin-1: names with accents come both ways, even in one file."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("x12-latin1", _as_latin1)


class Segment(NamedTuple):
    """One segment. A named tuple, not a dataclass: a large file makes millions of them."""

    number: int
    """Place in the physical file, the first segment being 1."""
    elements: tuple[str, ...]
    """Element 0 is the segment's name."""

    @property
    def id(self) -> str:
        """The segment's name, such as `CLP`."""
        return self.elements[0]

    def get(self, position: int) -> str:
        """Element `position` (CLP04 is 4) without blanks around it; empty when absent."""
        return self.elements[position].strip() if position < len(self.elements) else ""


class SegmentStream:
    """Iterate once over the segments of one file.

    While iterating, `delimiters` are those of the current interchange and `problems` holds what was repaired on the
    way. Raises InputError when the file is empty, not text, or not X12.
    """

    def __init__(self, source: Path | BinaryIO | bytes) -> None:
        self._source = source
        self.delimiters = Delimiters()
        self.problems: list[Problem] = []
        self._number = 0
        self._lost_end: re.Pattern[str] | None = None

    def __iter__(self) -> Iterator[Segment]:
        return chain.from_iterable(self._batches())

    def _batches(self) -> Iterator[list[Segment]]:
        if isinstance(self._source, Path):
            with self._source.open("rb") as file:
                yield from self._segments(file)
        elif isinstance(self._source, bytes):
            yield from self._segments(io.BytesIO(self._source))
        else:
            yield from self._segments(self._source)

    def _segments(self, file: BinaryIO) -> Iterator[list[Segment]]:
        buffer, opened, own = "", False, 0
        pieces = _text_pieces(file)
        ended = False
        while not ended:
            piece = next(pieces, None)
            ended = piece is None
            buffer += piece or ""
            while True:
                if not opened:
                    if not ended and len(buffer) < _HEAD:
                        break
                    buffer = buffer.lstrip(BLANK + "\ufeff")
                    buffer = buffer[self._open(buffer) :]
                    opened, own = True, 3
                following = interchange_start(buffer, own)
                if following < 0:
                    break
                # The ISA of a further interchange brings its own delimiters.
                yield self._split(buffer[:following])
                buffer, opened = buffer[following:], False
            if opened:
                if ended:
                    yield self._split(buffer, last=True)
                else:
                    cut = self._last_end(buffer)
                    if not cut and len(buffer) > _LONGEST:
                        raise InputError("no end of a segment was found over megabytes; it is damaged or no X12")
                    yield self._split(buffer[:cut])
                    buffer, own = buffer[cut:], own if cut == 0 else 0

    def _open(self, head: str) -> int:
        """Take the delimiters of the interchange that `head` begins with; returns where in it the interchange starts."""
        if not head:
            raise InputError("it is empty")
        if "\0" in head[:_HEAD].rstrip(BLANK):
            raise InputError("it is not a text file; save the remittance as plain X12")
        start = 0
        try:
            self.delimiters = sniff(self._own(head, 0))
        except InputError:
            start = interchange_start(head[: 8 * _HEAD])
            if start < 0:
                raise
            self.delimiters = sniff(self._own(head, start))
            self.problems.append(Problem("warning", "text before the first ISA was skipped", 1))
        element = re.escape(self.delimiters.element)
        if self.delimiters.terminator != NEWLINE:
            self._lost_end = re.compile(rf"(?<![\r\n])[\r\n]+[ \t]*(?=(?:{_LOST_END}){element})")
        if self.delimiters.lowercase:
            self.problems.append(
                Problem("warning", "the file is in lower case, which X12 does not allow; it was read as upper case", 1)
            )
        return start

    @staticmethod
    def _own(head: str, start: int) -> str:
        """What is looked at for the delimiters of the interchange at `start`: nothing of the next one."""
        following = interchange_start(head, start + 3)
        end = start + 8 * _HEAD
        return head[start : min(end, following) if following > start else end]

    def _last_end(self, buffer: str) -> int:
        terminator = self.delimiters.terminator
        if terminator == NEWLINE:
            return max(buffer.rfind("\n"), buffer.rfind("\r")) + 1
        return buffer.rfind(terminator) + 1

    def _split(self, text: str, last: bool = False) -> list[Segment]:
        element, terminator = self.delimiters.element, self.delimiters.terminator
        text = text.strip(BLANK)
        if terminator == NEWLINE:
            text = text.replace("\r", NEWLINE)
        elif "\n" in text or "\r" in text:
            text = self._joined(text)
        if self.delimiters.lowercase:
            text = text.upper()
        new, number = tuple.__new__, self._number
        pieces = [piece for piece in map(_STRIP, text.split(terminator)) if piece]
        found: list[Segment] = [
            new(Segment, (at, tuple(piece.split(element)))) for at, piece in enumerate(pieces, number + 1)
        ]
        number += len(found)
        self._number = number
        ended = not found or terminator == NEWLINE or text.endswith(terminator)
        if last and not ended and found[-1].elements[0] not in ("IEA", "GE", "SE"):
            self.problems.append(Problem("error", "the file ends inside this segment", number))
        return found

    def _joined(self, text: str) -> str:
        """`text` without its line ends; one that stands where a terminator was lost becomes that terminator."""
        terminator = self.delimiters.terminator
        regular = text.count(terminator + "\n") + text.count(terminator + "\r\n")
        if self._lost_end is not None and regular != text.count("\n"):
            lost: list[int] = []

            def repaired(match: re.Match[str]) -> str:
                if match.string[max(0, match.start() - _GAP) : match.start()].rstrip(BLANK)[-1:] in ("", terminator):
                    return match.group()
                lost.append(match.start())
                return terminator

            whole = self._lost_end.sub(repaired, text)
            if lost:
                before = text.count(terminator, 0, lost[0])
                message = f"{len(lost)} segment(s) from this one on lost the terminator; the line end was taken instead"
                self.problems.append(Problem("warning", message, self._number + before + 1))
            text = whole
        return text.replace("\r", "").replace("\n", "")


def read_segments(source: Path | BinaryIO | bytes) -> SegmentStream:
    """The segments of `source`, lazily. See `SegmentStream`."""
    return SegmentStream(source)


def _text_pieces(file: BinaryIO) -> Iterator[str]:
    first = file.read(PIECE)
    encoding = "utf-16" if first[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)("x12-latin1" if encoding == "utf-8" else "replace")
    while first:
        yield decoder.decode(first)
        first = file.read(PIECE)
    yield decoder.decode(b"", True)
