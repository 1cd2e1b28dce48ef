"""A PDF with a text layer -> its text, one form feed between two pages. Run by `apart.py`, never in the main process.

Lines are made from the places where the PDF writes its words, in the order in which it writes them, so that columns stay
apart and the cells of a table's row come together. A line that stands at the same place of several pages (a running head,
a page number) is kept once, outside the text: a sentence that goes over the page's end is not interrupted.
"""

import io
import logging
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.chart.apart import Unreadable, serve
from assistant.chart.running import without_running_lines

MOST_PAGES = 1000
_CELL_GAP = 1.5
"""Widths of the letter m that part two cells of a row."""
_PARAGRAPH_GAP = 1.45
"""Times the usual distance of two lines that part two paragraphs."""
_NARROW = frozenset("iljtfrI.,:;'|!()[]/ -")
_WIDE = frozenset("mwMW@%")
_STRANGE_SHARE = 0.2


@dataclass(slots=True)
class Line:
    """A line of a page; `y` is its height in points from the page's foot, `end` where its last word probably ends."""

    y: float
    size: float
    end: float
    text: str = ""
    gap: float = field(default=0.0)
    """Distance to the line before it, downwards; negative when the text goes up again."""


def read_pdf(data: bytes, most: int) -> tuple[str, list[str]]:
    """Text of at most `most` characters, and remarks on pages that were not read. Unreadable when there is none."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise Unreadable(f"has {count:,} pages, more than the {MOST_PAGES:,} allowed; split it into single notes.")
        pages, blind, torn = [], [], []
        letters = 0
        losses = _Losses()
        for number, page in enumerate(reader.pages, 1):
            lines = list(_lines(_words(page)))
            pages.append(lines)
            written = sum(len(line.text) for line in lines)
            letters += written
            if letters > most:
                raise Unreadable(f"holds more than {most:,} characters of text; split it into single notes.")
            if losses.taken():
                torn.append(number)
            elif not written and _has_pictures(page):
                blind.append(number)
    except LimitReachedError:
        raise Unreadable("unpacks to far more than a note; print it to a new PDF, or give its text.") from None
    except (DependencyError, FileNotDecryptedError):
        raise Unreadable("is a PDF protected by a password; save it without protection.") from None
    except (
        PyPdfError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        ArithmeticError,
        OSError,
        RecursionError,
        NotImplementedError,
    ):
        raise Unreadable("is a damaged PDF; print it to a new PDF, or give its text.") from None
    text = "\f".join(_page_texts(pages))
    _require_words(text, bool(blind))
    told = ((blind, "are pictures without text and were not read"), (torn, "are damaged and were read in part"))
    return text, [_remark(numbers, count, what) for numbers, what in told if numbers]


def _remark(numbers: Sequence[int], count: int, what: str) -> str:
    which = ", ".join(map(str, numbers[:10])) + (" and more" if len(numbers) > 10 else "")
    return f"{len(numbers)} of {count} pages {what} (page {which})."


class _Losses(logging.Handler):
    """Hears when the library leaves out a part of a page, which it tells in its log alone."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._heard = False
        logging.getLogger("pypdf").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._heard = self._heard or "Impossible to decode" in str(record.msg)

    def taken(self) -> bool:
        """Whether a loss was heard since the last call."""
        heard, self._heard = self._heard, False
        return heard


def _require_words(text: str, pictures: bool) -> None:
    if not any(mark.isalpha() for mark in text):
        scan = "is a scanned PDF without a text layer; run text recognition (OCR) over it, or give its text."
        raise Unreadable(scan if pictures else "is a PDF without any text; give a note with text.")
    marks = [mark for mark in text if not mark.isspace()]
    strange = sum(mark == "\ufffd" or "\ue000" <= mark <= "\uf8ff" or mark < " " for mark in marks)
    if strange > len(marks) * _STRANGE_SHARE:
        raise Unreadable("is a PDF whose letters have no known meaning; run text recognition (OCR) over it.")


def _has_pictures(page: Any) -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources else None
    return bool(objects and len(objects.get_object()))


def _words(page: Any) -> list[tuple[str, float, float, float]]:
    """(text, x, y, size) in points of every run of text, in the order the page writes them."""
    found: list[tuple[str, float, float, float]] = []

    def visit(text: str, outer: Sequence[float], inner: Sequence[float], _: Any, size: float) -> None:
        if text.strip():
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            scale = (
                abs((inner[0] * inner[3] - inner[1] * inner[2]) * (outer[0] * outer[3] - outer[1] * outer[2])) ** 0.5
            )
            found.append((text, x, y, max(abs(float(size or 0)) * scale, 1.0)))

    page.extract_text(visitor_text=visit)
    return found


def _lines(words: Sequence[tuple[str, float, float, float]]) -> Iterator[Line]:
    line: Line | None = None
    for text, x, y, size in words:
        for part in text.split("\n"):
            if not part.strip():
                continue
            if line and abs(line.y - y) <= 0.3 * max(line.size, size) and x >= line.end - 2 * size:
                line.text += _between(line, x, size, part) + part
            else:
                if line:
                    yield line
                line = Line(y, size, x, part.lstrip(), (line.y - y) if line else 0.0)
            line.end = x + sum(map(_width, part)) * size
            y -= size  # a run of several lines: the next stands lower, where exactly is not known
    if line:
        yield line


def _between(line: Line, x: float, size: float, part: str) -> str:
    if line.text.endswith((" ", "\t")) and part[0] not in " \t" and x - line.end < _CELL_GAP * size:
        return ""
    slack = 0.08 * len(line.text.rpartition("|")[2]) * size * 0.5
    if x - line.end > _CELL_GAP * size + slack and not line.text.rstrip().endswith((":", ".)", "•")):
        line.text = line.text.rstrip()
        return " | " if part[0] not in " \t" else " |"
    return " " if part[0] not in " \t" and x - line.end > 0.15 * size else ""


def _width(mark: str) -> float:
    """Rough width of a letter in a text font, in units of its size."""
    if mark in _NARROW:
        return 0.3
    if mark in _WIDE:
        return 0.85
    return 0.67 if mark.isupper() else 0.53


def _page_texts(pages: list[list[Line]]) -> Iterator[str]:
    head, bodies, foot = without_running_lines([[(line.y, line.text.strip()) for line in lines] for lines in pages])
    gaps = [line.gap for lines in pages for line in lines if 0.5 * line.size < line.gap < 4 * line.size]
    usual = statistics.median(gaps) if gaps else 12.0
    for number, (lines, kept) in enumerate(zip(pages, bodies, strict=True)):
        out: list[str] = list(head) + [""] * bool(head) if number == 0 else []
        before: Line | None = None
        for at in kept:
            line = lines[at]
            if before and (before.y - line.y > _PARAGRAPH_GAP * usual or before.y < line.y - line.size):
                out.append("")
            out.append(line.text.strip())
            before = line
        if number == len(pages) - 1 and foot:
            out += ["", *foot]
        yield "\n".join(out)


if __name__ == "__main__":
    serve(read_pdf)
