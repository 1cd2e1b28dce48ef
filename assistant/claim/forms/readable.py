"""The readable page: our own layout of a form's boxes, each with number, label and text."""

from typing import Any

from assistant.claim.forms.sheet import Layout, Page

LEFT, RIGHT, TOP, BOTTOM = 36.0, 576.0, 756.0, 40.0
"""Edges of the written area, points from the lower left corner."""
LABEL_FONT, TEXT_FONT = "Helvetica", "Courier"
LABEL, TEXT, LEADING, PAD = 6.0, 8.5, 10.0, 3.0
"""Sizes in points."""
EMPTY_HEIGHT = LABEL + 2 * PAD + LEADING


def draw_readable(canvas: Any, form: Layout, page: Page) -> None:
    """The page on one sheet, or on more when a text needs the room."""
    pen = _Pen(canvas, form, page)
    for row in form.rows:
        if isinstance(row, str):
            pen.table(row)
        else:
            pen.row([(box, share, page.boxes.get(box, "")) for box, share in row])
    pen.close()


class _Pen:
    """Draws rows downwards and turns to a new sheet when one is full."""

    def __init__(self, canvas: Any, form: Layout, page: Page) -> None:
        self._canvas, self._form, self._page = canvas, form, page
        self._y = 0.0
        self._begin()

    def row(self, cells: list[tuple[str, float, str]]) -> None:
        """One row of labelled boxes."""
        whole = sum(share for _, share, _ in cells)
        widths = [(RIGHT - LEFT) * share / whole for _, share, _ in cells]
        wrapped = [_wrapped(text, width) for (_, _, text), width in zip(cells, widths, strict=True)]
        height = LABEL + 2 * PAD + LEADING * max(1, *(len(lines) for lines in wrapped))
        self._room(height)
        x = LEFT
        for (box, _, _), width, lines in zip(cells, widths, wrapped, strict=True):
            self._canvas.rect(x, self._y - height, width, height)
            self._label(box, x, self._y, width)
            self._lines(lines, x, self._y - LABEL - PAD)
            x += width
        self._y -= height

    def table(self, name: str) -> None:
        """A heading with the labels, then a row for each entry."""
        columns = self._form.tables[name].columns
        whole = sum(share for _, share in columns)
        widths = [(RIGHT - LEFT) * share / whole for _, share in columns]
        self._heading(columns, widths)
        for entry in self._page.tables.get(name, []):
            wrapped = [_wrapped(entry.get(box, ""), width) for (box, _), width in zip(columns, widths, strict=True)]
            height = PAD + LEADING * max(1, *(len(lines) for lines in wrapped))
            if self._room(height):
                self._heading(columns, widths)
            x = LEFT
            for lines, width in zip(wrapped, widths, strict=True):
                self._canvas.rect(x, self._y - height, width, height)
                self._lines(lines, x, self._y)
                x += width
            self._y -= height

    def close(self) -> None:
        """Finish the sheet."""
        self._canvas.setFont(LABEL_FONT, LABEL)
        self._canvas.drawString(
            LEFT, BOTTOM - 12, "For reading. Not a form to send: payers want the printed form or an 837."
        )
        self._canvas.showPage()

    def _begin(self) -> None:
        page = self._page
        self._canvas.setLineWidth(0.4)
        self._canvas.setFont("Helvetica-Bold", 11)
        self._canvas.drawString(LEFT, TOP, self._form.title)
        self._canvas.setFont(LABEL_FONT, 8)
        self._canvas.drawRightString(RIGHT, TOP, f"page {page.number} of {page.of}")
        self._y = TOP - 8

    def _room(self, height: float) -> bool:
        """Turn to a new sheet unless there is room; whether it did."""
        if self._y - height >= BOTTOM:
            return False
        self.close()
        self._begin()
        return True

    def _heading(self, columns: tuple[tuple[str, float], ...], widths: list[float]) -> None:
        height = LABEL + 2 * PAD
        self._room(height + LEADING)
        x = LEFT
        for (box, _), width in zip(columns, widths, strict=True):
            self._canvas.setFillGray(0.92)
            self._canvas.rect(x, self._y - height, width, height, stroke=1, fill=1)
            self._canvas.setFillGray(0)
            self._label(box, x, self._y, width)
            x += width
        self._y -= height

    def _label(self, box: str, x: float, y: float, width: float) -> None:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        number = box if box[0].isdigit() and box != "0" else ""
        text = f"{number}  {self._form.labels[box]}".strip()
        size = LABEL
        while stringWidth(text, LABEL_FONT, size) > width - 2 * PAD and size > 4:
            size -= 0.25
        self._canvas.setFillGray(0.35)
        self._canvas.setFont(LABEL_FONT, size)
        self._canvas.drawString(x + PAD, y - LABEL - 1, text)
        self._canvas.setFillGray(0)

    def _lines(self, lines: list[str], x: float, top: float) -> None:
        self._canvas.setFont(TEXT_FONT, TEXT)
        for at, line in enumerate(lines, start=1):
            self._canvas.drawString(x + PAD, top - at * LEADING + 1.5, line)


def _wrapped(text: str, width: float) -> list[str]:
    """`text` in lines that fit, at blanks where there are any, else anywhere."""
    room = max(1, int((width - 2 * PAD) / (TEXT * 0.6)))
    lines: list[str] = []
    for part in text.split("\n") if text else ():
        while len(part) > room:
            cut = part.rfind(" ", 1, room + 1)
            at = cut if cut > 0 else room
            lines.append(part[:at].rstrip())
            part = part[at:].lstrip()
        lines.append(part)
    return lines
