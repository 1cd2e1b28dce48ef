"""Filled forms as PDF, the same bytes each time: text for preprinted forms, and a test page to align them."""

import io
from collections.abc import Sequence
from typing import Any

from assistant.claim.forms.readable import draw_readable
from assistant.claim.forms.sheet import COLUMN, LINE, Layout, Mark, Page, Place

WIDTH, HEIGHT = 612.0, 792.0
"""US letter, points."""
FONT, SIZE = "Courier", 12.0
"""Courier of 12 points is ten characters per inch."""
Offset = tuple[float, float]
"""Points to the right and downwards."""


def readable_pdf(form: Layout, pages: Sequence[Page]) -> bytes:
    """Every box with its number, what it means in our words, and its text."""
    canvas, out = _canvas(form)
    for page in pages:
        draw_readable(canvas, form, page)
    canvas.save()
    return out.getvalue()


def overlay_pdf(form: Layout, pages: Sequence[Page], offset: Offset = (0.0, 0.0), test_page: bool = False) -> bytes:
    """Text alone, where the preprinted form has its boxes, moved by `offset`. With `test_page` a first page shows
    ruler, boxes and numbers: printed on a copy of the form it tells the offset this printer needs."""
    canvas, out = _canvas(form)
    if test_page:
        _draw_test_page(canvas, form, offset)
        canvas.showPage()
    for page in pages:
        for mark in page.marks:
            x, y, size = position(form, mark, offset)
            canvas.setFont(FONT, size)
            canvas.drawString(x, y, mark.text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def position(form: Layout, mark: Mark, offset: Offset = (0.0, 0.0)) -> tuple[float, float, float]:
    """Where a mark begins, in points from the left and the bottom edge, and its font size."""
    place = form.places[mark.place]
    step = form.tables[mark.table].step if mark.table else 0.0
    x, down = form.point(place, mark.row * step)
    size = SIZE
    if len(mark.text) > place.characters:
        size = SIZE * place.characters / place.condensed
    elif place.align == "right":
        x += (place.characters - len(mark.text)) * COLUMN
    return x + offset[0], HEIGHT - down - offset[1], size


def _canvas(form: Layout) -> tuple[Any, io.BytesIO]:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(form.title)
    canvas.setCreator("Superbill")
    canvas.setProducer("Superbill")
    return canvas, out


def _draw_test_page(canvas: Any, form: Layout, offset: Offset) -> None:
    right, down = offset
    canvas.setLineWidth(0.2)
    canvas.setFont(FONT, 5)
    columns = int((WIDTH - form.left) // COLUMN)
    for column in range(1, columns + 1):
        x = form.left + (column - 1) * COLUMN + right
        tenth = column % 10 == 0
        canvas.setStrokeGray(0.6 if tenth else 0.9)
        canvas.line(x, 0, x, HEIGHT)
        if tenth:
            canvas.drawString(x + 1, HEIGHT - form.top - down - 2, str(column))
    for line in range(1, 66):
        y = HEIGHT - form.top - line * LINE - down
        canvas.setStrokeGray(0.6 if line % 10 == 0 else 0.9)
        canvas.line(0, y, WIDTH, y)
        canvas.drawString(form.left + right - 8, y + 1, str(line))
    canvas.setStrokeGray(0)
    for name, place in form.places.items():
        if name in form.alternatives:
            continue
        table = _table_of(form, name)
        for row in range(form.tables[table].lines if table else 1):
            _outline(
                canvas, form, name if row == 0 else "", place, row * (form.tables[table].step if table else 0), offset
            )


def _outline(canvas: Any, form: Layout, name: str, place: Place, row: float, offset: Offset) -> None:
    x, down = form.point(place, row)
    x, y = x + offset[0], HEIGHT - down - offset[1]
    canvas.rect(x, y - 2, place.characters * COLUMN, LINE - 3, stroke=1, fill=0)
    room = place.characters * COLUMN
    size = min(5.0, room / max(len(name), 1) / 0.6)
    canvas.setFont(FONT, size)
    canvas.drawString(x + 0.5, y, name)


def _table_of(form: Layout, name: str) -> str:
    """The table a place belongs to; its rows repeat downwards."""
    return form.repeating.get(name, "")
