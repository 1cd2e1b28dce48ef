"""pyx12 as an independent judge of an 837: its return value and its log, both."""

import contextlib
import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "x12"


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    log, keeper = logging.getLogger("pyx12"), _Keeper()
    before = log.propagate
    log.addHandler(keeper)
    log.propagate = False
    try:
        yield keeper.said
    finally:
        log.removeHandler(keeper)
        log.propagate = before


def pyx12_errors(text: str) -> list[str]:
    """What pyx12 finds wrong; empty when it accepts the file. Its remark code list is too old and left out."""
    from pyx12.errors import EngineError
    from pyx12.params import params
    from pyx12.x12n_document import x12n_document

    parameters = params()
    parameters.set("exclude_external_codes", "remark_code")
    with _listening() as said:
        try:
            accepted = x12n_document(parameters, io.StringIO(text), None, None, None)
        except EngineError as error:
            return [str(error)]
    return said or ([] if accepted else ["refused without a word"])


def normal_version(text: str) -> str:
    """The same file with the two versions pyx12 knows in GS08 and ST03."""
    text = re.sub(r"005010X222(A2)?(?!A)", "005010X222A1", text)
    return re.sub(r"005010X223(A1|A3)?(?!A)", "005010X223A2", text)


def segments(text: str) -> list[list[str]]:
    """A plain second tokenizer: segments as lists of elements, components joined by `:`."""
    text = text.lstrip("\ufeff \r\n")
    element, component = text[3], text[104]
    rest = text[105:]
    terminator = rest[0]
    pieces = (piece.strip("\r\n ") for piece in text.replace("\n", "").replace("\r", "").split(terminator))
    made = []
    for piece in pieces:
        if piece:
            elements = piece.split(element)
            if elements[0] != "ISA":
                elements = [value.replace(component, ":") for value in elements]
            made.append(elements)
    return made
