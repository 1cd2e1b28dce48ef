"""Editions: the releases of code systems that are here, packaged or imported, side by side.

An imported edition lies in `<shelf>/<system>/<release>/<content>/`: `codes.db` (all its nodes and index lines) and
`manifest.json`. It is written in a folder of its own and renamed when whole, so it is there entirely or not at all; of one
release the edition installed last counts. A packaged edition is read from its Python package.
"""

import datetime as dt
import hashlib
import json
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from corpus.codes import CodeSystem, IndexTerm, Node, Release
from corpus.errors import CorpusError
from corpus.folders import Hold, flush, retire, sweep
from corpus.library import LIBRARY_FORMAT, count_library, read_index_terms, read_nodes, write_library

LIBRARY = "codes.db"
MANIFEST = "manifest.json"
_STAGING = ".staging-"
BY_ADDENDA = " by addenda to "
"""In the name of a release whose codes come from addenda; the release's own files come before it."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One release of one code system: what it is, what it was made from and how to read it."""

    release: Release
    sources: Mapping[str, str]
    """File or package -> sha256 or version. With the release this says whether an index is of this edition."""
    nodes: Callable[[], Iterable[Node]]
    """Reads every node, parents before children."""
    index: Callable[[], Iterable[IndexTerm]] = tuple
    """Reads the lines of the alphabetic index, when the edition has one."""
    folder: Path | None = None
    """Where an imported edition lies; None for a packaged one."""

    @property
    def library(self) -> Path | None:
        """The finished SQLite file of an imported edition."""
        return self.folder / LIBRARY if self.folder else None


@dataclass(frozen=True, slots=True)
class EditionManifest:
    """Contents of manifest.json of an imported edition."""

    format: int
    system: str
    name: str
    title: str
    source: str
    starts: str
    ends: str
    sources: dict[str, str]
    """File name -> sha256."""
    counts: dict[str, int]
    content_sha256: str
    """Over every row of codes.db."""
    installed_at: str
    notes: dict[str, str] = field(default_factory=dict)
    """Anything else the reader of the files wants to tell, e.g. how columns were mapped."""


def choose(editions: Sequence[Edition], date: dt.date) -> Edition | None:
    """The edition with the newest start on or before `date`, else the one that starts next; an undated one when no
    other is there."""
    dated = sorted(
        (one for one in editions if one.release.starts),
        key=lambda one: (one.release.starts, BY_ADDENDA not in one.release.name),
    )
    begun = [one for one in dated if one.release.starts <= date.isoformat()]
    if begun:
        return begun[-1]
    return dated[0] if dated else (editions[-1] if editions else None)


def slug(name: str) -> str:
    """A release name as a folder name: `FY2026 (April)` -> `FY2026-April`."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.") or "unnamed"


def read_manifest(folder: Path) -> EditionManifest | None:
    """The manifest of the edition in `folder`; None when it is missing, damaged or of another version's format."""
    try:
        found = EditionManifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.format == LIBRARY_FORMAT and (folder / LIBRARY).is_file() else None


def open_edition(folder: Path) -> Edition | None:
    """The imported edition in `folder`, or None when there is no whole one."""
    found = read_manifest(folder)
    if found is None:
        return None
    release = Release(CodeSystem(found.system), found.name, found.title, found.source, found.starts, found.ends)
    path = folder / LIBRARY
    sources = {**found.sources, "content sha256": found.content_sha256}
    return Edition(release, sources, lambda: read_nodes(path), lambda: read_index_terms(path), folder)


def installed(shelf: Path, system: CodeSystem) -> tuple[Edition, ...]:
    """Imported editions of `system` under `shelf`, one a release, oldest first."""
    newest: dict[str, tuple[str, Edition]] = {}
    for path in (shelf / system.value).glob(f"*/*/{MANIFEST}"):
        edition = None if path.parent.parent.name.startswith(".") else open_edition(path.parent)
        found = read_manifest(path.parent)
        if edition and found:
            mark = (found.installed_at, edition)
            held = newest.get(found.name)
            if held is None or mark[0] >= held[0]:
                newest[found.name] = mark
    return tuple(sorted((one for _, one in newest.values()), key=lambda one: (one.release.starts, one.release.name)))


def install(
    shelf: Path,
    edition: Edition,
    prepare: Callable[[Edition], object] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Edition:
    """Put `edition` on the shelf: written beside, prepared (its index built), then made visible by one rename.

    Until that rename everything that reads the shelf sees what it saw before; whatever fails or is killed earlier leaves
    no trace but a staging folder, which the next install removes. Raises CorpusError when the folder cannot be written.
    """
    from filelock import FileLock

    system = edition.release.system
    home = shelf / system.value
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(home)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=home))
    except OSError as error:
        raise CorpusError(_unwritable(shelf, error)) from error
    hold = Hold(staging)
    try:
        content = _fill(staging, edition, notes or {})
        staged = open_edition(staging)
        if staged is None:
            raise CorpusError(f"the edition written to {staging} cannot be read back; check the disk")
        if prepare:
            prepare(staged)
        target = home / slug(edition.release.name) / content[:16]
        with FileLock(home / "install.lock", timeout=600):
            target.parent.mkdir(exist_ok=True, mode=0o700)
            if target.exists() and not retire(target):
                target = target.with_name(f"{target.name}-{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}")
            hold.close()
            staging.rename(target)
            flush(target.parent)
            for other in target.parent.iterdir():
                if other != target and other.is_dir():
                    retire(other)
    except (OSError, sqlite3.Error) as error:
        raise CorpusError(_unwritable(shelf, error)) from error
    finally:
        hold.close()
        retire(staging)
    found = open_edition(target)
    assert found is not None
    return found


def remove(shelf: Path, system: CodeSystem, name: str) -> bool:
    """Take the imported edition of release `name` from the shelf; false when there is none."""
    held = (shelf / system.value).glob(f"*/*/{MANIFEST}")  # an earlier import of it may be there as long as it is read
    found = [path.parent for path in held if (made := read_manifest(path.parent)) and made.name == name]
    for folder in found:
        (folder / MANIFEST).unlink()  # invisible from here on, even where a reader still holds the folder
        retire(folder)
    return bool(found)


def renamed(edition: Edition, release: Release) -> Edition:
    """The same content under another release."""
    return replace(edition, release=release)


def _fill(folder: Path, edition: Edition, notes: Mapping[str, str]) -> str:
    path = folder / LIBRARY
    write_library(path, edition.nodes(), edition.index())
    release = edition.release
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    counts = count_library(path)
    if not counts["codes"]:
        raise CorpusError(f"nothing to install: {release.title} has no codes")
    made = EditionManifest(
        LIBRARY_FORMAT,
        release.system.value,
        release.name,
        release.title,
        release.source,
        release.starts,
        release.ends,
        dict(edition.sources),
        counts,
        digest,
        dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
        dict(notes),
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
    for written in (path, folder / MANIFEST, folder):
        flush(written)  # on the disk before the rename that makes it seen
    return digest


def _sweep(home: Path) -> None:
    for folder in home.glob(f"{_STAGING}*"):
        retire(folder)  # one that another import is writing is held
    for parent in (home, *home.iterdir()):
        if parent.is_dir():
            sweep(parent)


def _unwritable(shelf: Path, error: OSError | sqlite3.Error) -> str:
    why = error.strerror if isinstance(error, OSError) else error
    return f"the folder {shelf} cannot be written ({why}); nothing was changed"
