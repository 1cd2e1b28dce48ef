"""Files are opened within limits: archives of all kinds, damaged and hostile ones."""

import io
import zipfile
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.sources import files
from corpus.sources.files import open_files
from tests.corpus.sources import miniature
from tests.corpus.sources.miniature import write, zipped


def test_an_archive_is_looked_into_and_documents_are_passed_over(tmp_path: Path) -> None:
    inner = zipped({"deep/order.txt": miniature.order()})
    path = write(
        tmp_path, "release.zip", zipped({"tabular.xml": miniature.tabular(), "guide.pdf": b"%PDF", "in.zip": inner})
    )
    found, skipped = open_files([path])
    assert [file.name for file in found] == ["release.zip/tabular.xml", "release.zip/in.zip/order.txt"]
    assert skipped == ["release.zip/guide.pdf"]
    assert found[0].data == miniature.tabular().encode()


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "bomb.zip", zipped({"tabular.xml": b"\0" * 60_000_000}))
    assert path.stat().st_size < 100_000
    with pytest.raises(CorpusError, match=r"bomb\.zip unpacks to far more"):
        open_files([path])


def test_a_member_that_claims_to_be_small_is_read_by_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_FILE", 1_000)
    data = bytearray(zipped({"a.txt": b"x" * 5_000}))
    size = (5_000).to_bytes(4, "little")
    for place in range(len(data)):
        if data[place : place + 4] == size:
            data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(CorpusError):
        open_files([write(tmp_path, "liar.zip", bytes(data))])


def test_archives_within_archives_end_somewhere(tmp_path: Path) -> None:
    content = zipped({"a.txt": b"x"})
    for level in range(4):
        content = zipped({f"{level}.zip": content})
    with pytest.raises(CorpusError, match="archives within archives"):
        open_files([write(tmp_path, "nested.zip", content)])


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    content = zipped({f"{number}.txt": b"x" for number in range(files.MAX_MEMBERS + 1)})
    with pytest.raises(CorpusError, match="holds more than"):
        open_files([write(tmp_path, "many.zip", content)])


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"secret"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    with pytest.raises(CorpusError, match="encrypted"):
        open_files([write(tmp_path, "locked.zip", bytes(data))])


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_cut_archive_is_named(tmp_path: Path, cut: float) -> None:
    data = zipped({"tabular.xml": miniature.tabular(), "order.txt": miniature.order()})
    with pytest.raises(CorpusError, match=r"cut\.zip .*download it again"):
        open_files([write(tmp_path, "cut.zip", data[: int(len(data) * cut)])])


def test_a_flipped_byte_in_an_archive_is_found(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("order.txt", miniature.order())
    data = bytearray(buffer.getvalue())
    data[data.find(b"Wilting")] ^= 1
    with pytest.raises(CorpusError, match="damaged"):
        open_files([write(tmp_path, "flipped.zip", bytes(data))])


def test_missing_empty_and_folder_are_told_apart(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "none.xml", "cannot read"),
        (write(tmp_path, "empty.xml", b""), "is empty"),
        (tmp_path, "is a folder"),
    ):
        with pytest.raises(CorpusError, match=words):
            open_files([path])


def test_old_files_in_windows_letters_are_read() -> None:
    assert miniature.source("a.txt", "Ménière".encode("cp1252")).text == "Ménière"
    assert miniature.source("a.txt", "\ufeffMénière").text == "Ménière"
