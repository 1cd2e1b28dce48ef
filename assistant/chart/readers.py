"""A note file -> Note. Plain text here; structured documents in `documents.py`. Nothing is translated or trimmed."""

from pathlib import Path

from assistant.chart.documents import document_text
from assistant.chart.note import Note
from assistant.errors import InputError
from assistant.settings import Settings

_NOT_TEXT = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an Office or zip file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"{\\rtf": "an RTF file",
}
_CONTROL_SHARE = 0.02


def read_note(path: Path | str, settings: Settings) -> Note:
    """The note in a file; its id is the file name without suffix. Line ends and marks of plain text stay as they are.

    Text, C-CDA (XML) and FHIR (JSON: Composition, DocumentReference, Bundle) are told apart by their content.
    UTF-8 (with or without byte order mark) and UTF-16 with a mark are read, else Windows-1252. InputError, in one
    sentence, when the file is missing, unreadable, larger than `settings.max_note_bytes`, binary, or without a word.
    """
    file = Path(path)
    text = decode(_bytes(file, settings.max_note_bytes), file.name)
    return Note(file.stem, document_text(text, file.name) or text)


def _bytes(file: Path, limit: int) -> bytes:
    try:
        if file.is_dir():
            raise InputError(f"{file.name} is a folder; name one note file.")
        if (size := file.stat().st_size) > limit:
            raise InputError(
                f"{file.name} has {size:,} bytes, more than the {limit:,} allowed; split it into single notes."
            )
        return file.read_bytes()
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
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
