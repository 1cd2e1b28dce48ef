"""A note file -> Note. Plain text here, structured documents in `documents.py`, PDF and Word through `apart.py`."""

from pathlib import Path

from assistant.chart.apart import LARGEST, Extract, is_document, read_apart
from assistant.chart.documents import document_text
from assistant.chart.note import Note
from assistant.errors import InputError
from assistant.settings import Settings

_NOT_TEXT = {
    b"\xd0\xcf\x11\xe0": "an old or password-protected Office file",
    b"{\\rtf": "an RTF file",
    b"\xff\xd8\xff": "a picture",
    b"\x89PNG": "a picture",
    b"II*\x00": "a picture",
    b"MM\x00*": "a picture",
    b"\x1f\x8b": "a packed file",
}
_CONTROL_SHARE = 0.02


def read_note(path: Path | str, settings: Settings) -> Note:
    """The note in a file; its id is the file name without suffix. Line ends and marks of plain text stay as they are.

    Text, C-CDA (XML), FHIR (JSON: Composition, DocumentReference, Bundle), PDF and Word (docx) are told apart by their
    content. Text may be UTF-8 (with or without byte order mark), UTF-16 or Windows-1252. InputError, in one sentence, when
    the file is missing, unreadable, binary, without a word, protected, or holds more text than `settings.max_note_bytes`.
    """
    file = Path(path)
    found = extract(_bytes(file, settings.max_note_bytes), file.name, settings.max_note_bytes)
    return Note(file.stem, found.text, found.remarks)


def extract(data: bytes, name: str, most: int) -> Extract:
    """The text in a file's content, of at most `most` bytes; `name` begins the sentence of an InputError."""
    if is_document(data):
        return read_apart(data, name, most)
    if len(data) > most:
        raise InputError(f"{name} has {len(data):,} bytes, more than the {most:,} allowed; split it into single notes.")
    text = decode(data, name)
    return Extract(document_text(text, name, most) or text)


def _bytes(file: Path, most: int) -> bytes:
    try:
        if file.is_dir():
            raise InputError(f"{file.name} is a folder; name one note file.")
        if (size := file.stat().st_size) > max(LARGEST, most):
            raise InputError(
                f"{file.name} has {size:,} bytes, more than the {most:,} allowed; split it into single notes."
            )
        with file.open("rb") as stream:  # a pipe or a device has no size to ask for
            data = stream.read(max(LARGEST, most) + 1)
        if len(data) > max(LARGEST, most):
            raise InputError(f"{file.name} has more than the {most:,} bytes allowed; split it into single notes.")
        return data
    except FileNotFoundError:
        raise InputError(f"{file.name} does not exist; check the path.") from None
    except OSError as error:
        raise InputError(f"{file.name} cannot be read ({error.strerror}); check its permissions.") from None


def decode(data: bytes, name: str) -> str:
    """`data` as text; `name` is used in the InputError for empty or binary content."""
    if not data.strip():
        raise InputError(f"{name} is empty; give a note with text.")
    for magic, kind in _NOT_TEXT.items():
        if data.startswith(magic):
            raise InputError(f"{name} is {kind}, which this installation cannot read; save it as plain text.")
    text = _text(data)
    odd = sum(text.count(chr(code)) for code in range(32) if code not in (9, 10, 11, 12, 13, 28, 29, 30, 31))
    if odd > max(8, len(text) * _CONTROL_SHARE):
        raise InputError(f"{name} is a binary file; give a note as text.")
    if not any(mark.isalpha() for mark in text):
        raise InputError(f"{name} holds no words; give a note with text.")
    return text


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if wide := _unmarked_utf16(data):
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark, told by a NUL in nearly every second byte and in hardly any of the others."""
    first, second = data[0:4000:2], data[1:4000:2]
    if len(second) < 4:
        return None
    for high, low, name in ((second, first, "utf-16-le"), (first, second, "utf-16-be")):
        if high.count(0) > 0.7 * len(high) and low.count(0) < 0.1 * len(low):
            return name
    return None
