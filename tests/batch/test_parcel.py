"""An index that travels arrives whole, once, or not at all; patients' data never travels with it."""

from pathlib import Path

import pytest

from assistant.batch import parcel
from assistant.batch.parcel import Depot, arrive, pack
from assistant.errors import InputError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    home = tmp_path / "source"
    for name, content in {
        "index/icd10cm/abc/manifest.json": b"{}",
        "index/icd10cm/abc/vectors.npy": b"0123456789" * 10,
        "index/icd10cm/abc/in-use": b"",
        "index/icd10cm/def.partial/vectors.npy": b"half",
        "index/build.lock": b"",
        "library/icd10cm.db": b"codes",
        "superbill.db": b"patients",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    return home


def _elsewhere(found: parcel.Parcel) -> parcel.Parcel:
    return parcel.Parcel("/nowhere", found.mark, found.files)


def test_only_what_a_worker_needs_travels(source: Path) -> None:
    assert [name for name, _ in pack(source).files] == [
        "index/icd10cm/abc/manifest.json",
        "index/icd10cm/abc/vectors.npy",
        "library/icd10cm.db",
    ]


def test_the_same_folder_is_used_in_place(source: Path, tmp_path: Path) -> None:
    depot = Depot(pack(source))
    assert arrive(pack(source), tmp_path / "cache", depot.read, depot.digest) == source
    assert not (tmp_path / "cache").exists()


def test_elsewhere_it_is_copied_once(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "PIECE", 7)
    packed = pack(source)
    depot = Depot(packed)
    asked: list[str] = []

    def read(name: str, start: int) -> bytes:
        asked.append(name)
        return depot.read(name, start)

    home = arrive(_elsewhere(packed), tmp_path / "cache", read, depot.digest)
    assert (home / "index/icd10cm/abc/vectors.npy").read_bytes() == b"0123456789" * 10
    assert not (home / "superbill.db").exists()
    count = len(asked)
    assert arrive(_elsewhere(packed), tmp_path / "cache", read, depot.digest) == home
    assert len(asked) == count > 10


def test_a_half_made_copy_is_made_again(source: Path, tmp_path: Path) -> None:
    packed = pack(source)
    depot = Depot(packed)
    (tmp_path / "cache" / packed.mark / "index").mkdir(parents=True)
    home = arrive(_elsewhere(packed), tmp_path / "cache", depot.read, depot.digest)
    assert (home / "library/icd10cm.db").read_bytes() == b"codes"


@pytest.mark.parametrize("piece", [b"", b"0123456780" * 10])
def test_a_damaged_file_is_refused(source: Path, tmp_path: Path, piece: bytes) -> None:
    packed = pack(source)
    depot = Depot(packed)

    def read(name: str, start: int) -> bytes:
        return piece if name.endswith(".npy") else depot.read(name, start)

    with pytest.raises(InputError, match="did not arrive whole"):
        arrive(_elsewhere(packed), tmp_path / "cache", read, depot.digest)


def test_the_depot_hands_out_nothing_else(source: Path) -> None:
    depot = Depot(pack(source))
    for name in ("superbill.db", "../source/superbill.db", "/etc/passwd"):
        with pytest.raises(InputError, match="not part of the index"):
            depot.read(name, 0)
