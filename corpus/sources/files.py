"""Files a site hands over: opened whole, within limits, zip archives looked into, and nothing written to disk.

An archive is refused when it would unpack to more than `MAX_TOTAL` bytes, holds more than `MAX_MEMBERS` files, has a
member packed tighter than `MAX_RATIO` (official files pack 10 to 40 times; a bomb 1,000 times) or is encrypted. Sizes
are those read, not those an archive claims. Names of members are shown to people only, never used as paths.
"""

import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from corpus.errors import CorpusError

MAX_FILE = 150_000_000
MAX_TOTAL = 400_000_000
MAX_MEMBERS = 200
MAX_RATIO = 250
_SMALL = 1_000_000
"""Below this size a member may be packed as tightly as it likes (an empty sheet packs very well)."""
_MAX_DEPTH = 2
_IGNORED = (".pdf", ".xsd", ".xsl", ".doc", ".docx", ".html", ".htm", ".png", ".jpg", ".gif")


@dataclass(frozen=True)
class SourceFile:
    """One file's bytes. `name` is for people: the file's name, or `archive.zip/member`."""

    name: str
    data: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """Of the file as it lies on disk or in its archive, unpacked."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def stem(self) -> str:
        """The last part of the name, lower case, for hints such as a year."""
        return PurePosixPath(self.name).name.lower()

    @cached_property
    def text(self) -> str:
        """The bytes as text: UTF-8, else Windows-1252 (older official files). Raises CorpusError for binary data."""
        if b"\x00" in self.data[:4096]:
            raise CorpusError(f"{self.name} is not a text file")
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.data.decode("cp1252", errors="replace")

    @property
    def is_zip(self) -> bool:
        """Whether the content is a zip archive (a spreadsheet is one too)."""
        return self.data[:4] == b"PK\x03\x04"

    @property
    def is_spreadsheet(self) -> bool:
        """Whether the content is an .xlsx workbook."""
        if not self.is_zip:
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                return "xl/workbook.xml" in archive.namelist()
        except zipfile.BadZipFile:
            return False


def open_files(paths: Iterable[Path]) -> tuple[list[SourceFile], list[str]]:
    """The files at `paths`, archives unpacked in memory, and the names of members passed over (PDF, schema, ...).

    Raises CorpusError naming the file that cannot be read, is empty or breaks a limit.
    """
    found: list[SourceFile] = []
    skipped: list[str] = []
    left = MAX_TOTAL
    for path in paths:
        for file in _unpacked(_read(path), 0):
            left -= len(file.data)
            if left < 0:
                raise CorpusError(
                    f"{path.name}: more than {MAX_TOTAL // 1_000_000} MB in all; import fewer files at a time"
                )
            if not file.data or file.stem.endswith(_IGNORED) or "__macosx" in file.name.lower():
                skipped.append(file.name)
            else:
                found.append(file)
    return found, skipped


def _read(path: Path) -> SourceFile:
    try:
        if path.is_dir():
            raise CorpusError(f"{path} is a folder; name the files in it")
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise CorpusError(f"cannot read {path}: {error.strerror}") from error
    if len(data) > MAX_FILE:
        raise CorpusError(f"{path.name} is larger than {MAX_FILE // 1_000_000} MB; this is no official code file")
    if not data:
        raise CorpusError(f"{path.name} is empty; download it again")
    return SourceFile(path.name, data)


def _unpacked(file: SourceFile, depth: int) -> Iterator[SourceFile]:
    if not file.is_zip:
        yield file
        return
    if file.is_spreadsheet:
        for _ in _members(file):  # only to hold it to the limits
            pass
        yield file
        return
    if depth >= _MAX_DEPTH:
        raise CorpusError(f"{file.name}: archives within archives within archives are refused; unpack it first")
    for member in _members(file):
        yield from _unpacked(member, depth + 1)


def _members(file: SourceFile) -> Iterator[SourceFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            listed = [info for info in archive.infolist() if not info.is_dir()]
            if len(listed) > MAX_MEMBERS:
                raise CorpusError(
                    f"{file.name} holds more than {MAX_MEMBERS} files; unpack it and import the ones you need"
                )
            total = 0
            for info in listed:
                if info.flag_bits & 1:
                    raise CorpusError(f"{file.name} is encrypted; unpack it first")
                with archive.open(info) as stream:
                    data = stream.read(MAX_FILE + 1)
                total += len(data)
                tight = len(data) > _SMALL and len(data) > MAX_RATIO * max(info.compress_size, 1)
                if len(data) > MAX_FILE or total > MAX_TOTAL or tight:
                    raise CorpusError(f"{file.name} unpacks to far more than an official file has; it is refused")
                yield SourceFile(f"{file.name}/{PurePosixPath(info.filename).name}", data)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise CorpusError(
            f"{file.name} is a damaged or unusual zip archive; download it again or unpack it first"
        ) from error
