"""What this site decided before, passage by passage: kept in the store, with vectors in a collection of their own.

The store's table is the truth: encounter, patient, date, code, what was decided and the sentence it was decided on. The
vectors in the data folder (`precedents/`) are made from it when suggestions are next asked for, with the encoder of the
code index; another encoder or format makes them anew. Neither ever leaves the machine, and both go with the patient's
content (`forget`), with age (`expire`) and when an encounter is decided on again. Vectors of what was removed do not
linger: the collection is written to a new folder and the old one deleted.
"""

import datetime as dt
import json
import shutil
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.review.decision import Decision, DecisionAction
from assistant.settings import Settings
from assistant.store.engine import open_store, reading, transaction, wipe_log
from assistant.suggest.precedents import ALIKE, PASSAGES
from assistant.suggest.suggestion import Precedent
from corpus.codes import CodeSystem
from corpus.index.encoder import Encoder

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from corpus.index.vectors import VectorShelf

FORMAT = 1
"""Raised when what is embedded, or how, changes."""
FOLDER = "precedents"
NEAREST = 24
"""Nearest kept passages that are looked at for one passage of the note."""
LONGEST = 400
"""Code points of a kept passage."""
CONFIRMED, REJECTED = "confirmed", "rejected"


@cache
def tables() -> Any:
    """The store's table of precedents: `precedents`."""
    from types import SimpleNamespace

    from sqlalchemy import Column, Integer, String, Table

    from assistant.store.schema import metadata
    from assistant.store.sealed import Sealed

    return SimpleNamespace(
        precedents=Table(
            "precedents",
            metadata(),
            Column("id", Integer, primary_key=True, autoincrement=True),
            Column("encounter", Sealed("precedents.encounter", True), nullable=False, index=True),
            Column("patient", Sealed("precedents.patient", True), nullable=False, index=True),
            Column("date_of_service", String(10), nullable=False),
            Column("decided_on", String(10), nullable=False, index=True),
            Column("code", String(20), nullable=False),
            Column("action", String(10), nullable=False),
            Column("passage", Sealed("precedents.passage"), nullable=False),
            sqlite_autoincrement=True,  # a number used again would find the vector of what is gone
        ),
    )


def kept(settings: Settings) -> bool:
    """Whether the site may have precedents; asked before the store is opened for them."""
    if not settings.precedents:
        return False
    return not settings.database_url.startswith("sqlite") or (settings.home / FOLDER).is_dir()


@dataclass(frozen=True, slots=True)
class _Kept:
    """One row, as a precedent needs it."""

    encounter: str
    date_of_service: str
    code: str
    action: str
    passage: str


class Precedents:
    """The precedents of one store. Thread-safe; other processes may write to the same store."""

    def __init__(self, engine: "Engine", folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._lock = threading.RLock()
        self._seen: tuple[Any, ...] | None = None
        self._rows: dict[str, _Kept] = {}
        self._shelf: VectorShelf | None = None

    @classmethod
    def open(cls, settings: Settings) -> "Precedents":
        """Those of the site's store."""
        return cls(open_store(settings), settings.home / FOLDER)

    def learn(
        self,
        encounter: str,
        date_of_service: dt.date,
        decisions: Sequence[Decision],
        passages: Mapping[str, Sequence[str]],
        *,
        patient: str = "",
        decided_on: dt.date | None = None,
    ) -> int:
        """Keep what was decided about one encounter, in place of what was kept of it; how many rows.

        `passages` are the sentences behind each code. A code decided without one (added from nowhere in the note) is
        not kept: nothing could be like it.
        """
        from sqlalchemy import delete, insert

        table = tables().precedents
        day = (decided_on or dt.date.today()).isoformat()
        rows = [
            {
                "encounter": encounter,
                "patient": patient,
                "date_of_service": date_of_service.isoformat(),
                "decided_on": day,
                "code": decision.code,
                "action": REJECTED if decision.action is DecisionAction.REJECT else CONFIRMED,
                "passage": passage[:LONGEST],
            }
            for decision in decisions
            if decision.system is CodeSystem.ICD10CM
            for passage in dict.fromkeys(filter(None, passages.get(decision.code, ())[:PASSAGES]))
        ]
        with transaction(self._engine) as connection:
            gone = self._numbers(connection, table.c.encounter == encounter)
            connection.execute(delete(table).where(table.c.encounter == encounter))
            if rows:
                connection.execute(insert(table), rows)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._shed(gone)
        return len(rows)

    def undo(self, encounter: str) -> int:
        """Remove what was kept of one encounter; how many rows."""
        return self._remove(tables().precedents.c.encounter == encounter)

    def forget(self, patient: str) -> int:
        """Remove everything kept of a patient, vectors too; how many rows."""
        return self._remove(tables().precedents.c.patient == patient) if patient else 0

    def expire(self, before: dt.date) -> int:
        """Remove what was decided before a day, vectors too; how many rows."""
        return self._remove(tables().precedents.c.decided_on < before.isoformat())

    def count(self) -> int:
        """How many passages are kept."""
        return int(self._state()[0])

    def memory(self, encoder: Encoder, encoder_name: str) -> "Remembered | None":
        """What suggestions ask, over vectors of `encoder`; None when nothing is kept. `encoder_name` tells encoders apart."""
        return Remembered(self, encoder, encoder_name) if self.count() else None

    def nearest(
        self, passages: Mapping[str, Sequence[str]], encoder: Encoder, encoder_name: str
    ) -> dict[str, tuple[Precedent, ...]]:
        """For each code the decisions about it on passages like those given, most alike first."""
        with self._lock:
            shelf = self._current(encoder, encoder_name)
            known = {row.code for row in self._rows.values()}
            asked = {code: tuple(said) for code, said in passages.items() if code in known and said}
            if not asked:
                return {}
            texts = list(dict.fromkeys(text for said in asked.values() for text in said))
            answers = shelf.nearest(encoder.encode(texts), min(NEAREST, len(self._rows)), list(asked))
            near = dict(zip(texts, answers, strict=True))
            return {
                code: found for code, said in asked.items() if (found := self._about(code, [near[t] for t in said]))
            }

    def _about(self, code: str, answers: Sequence[Sequence[tuple[str, float]]]) -> tuple[Precedent, ...]:
        """One precedent for each encounter: its passage that is most like one of the note's."""
        best: dict[str, Precedent] = {}
        for name, cosine in (hit for answer in answers for hit in answer):
            row = self._rows.get(name)
            if row is None or row.code != code or cosine < ALIKE:
                continue
            held = best.get(row.encounter)
            if held is None or cosine > held.similarity:
                best[row.encounter] = Precedent(
                    row.encounter, row.date_of_service, row.action, row.passage, round(min(1.0, cosine), 4)
                )
        return tuple(sorted(best.values(), key=lambda one: (-one.similarity, one.encounter)))

    def _current(self, encoder: Encoder, encoder_name: str) -> "VectorShelf":
        """The shelf with a vector for every row and for no other."""
        state = (*self._state(), encoder_name)
        if self._shelf is not None and state == self._seen:
            return self._shelf
        from sqlalchemy import select

        table = tables().precedents
        with reading(self._engine) as connection:
            found = connection.execute(select(table).order_by(table.c.id)).mappings().all()
        self._rows = {
            str(row["id"]): _Kept(row["encounter"], row["date_of_service"], row["code"], row["action"], row["passage"])
            for row in found
        }
        with self._held():
            shelf = self._opened(encoder_name) or self._fresh(encoder_name)
            there = shelf.ids()
            if surplus := there - self._rows.keys():
                shelf = self._without(shelf, surplus, encoder_name)
            missing = [name for name in self._rows if name not in there]
            if missing:
                rows = [self._rows[name] for name in missing]
                shelf.add(missing, encoder.encode([row.passage for row in rows]), [row.code for row in rows])
        self._shelf, self._seen = shelf, state
        return shelf

    def _shed(self, gone: Collection[str]) -> None:
        """Take the vectors of removed rows off the disk; needs no encoder."""
        if not gone:
            return
        with self._lock, self._held():
            if (name := self._manifest().get("encoder")) and (shelf := self._opened(str(name))):
                if shelf.ids() & set(gone):
                    shelf = self._without(shelf, gone, str(name))
                shelf.close()
            self._shelf = self._seen = None

    def _remove(self, which: Any) -> int:
        from sqlalchemy import delete

        table = tables().precedents
        with transaction(self._engine) as connection:
            gone = self._numbers(connection, which)
            connection.execute(delete(table).where(which))
        if gone:
            wipe_log(self._engine)
            self._shed(gone)
        return len(gone)

    def _numbers(self, connection: Any, which: Any) -> list[str]:
        from sqlalchemy import select

        return [str(number) for number in connection.execute(select(tables().precedents.c.id).where(which)).scalars()]

    def _state(self) -> tuple[int, int, int]:
        """Changes whenever rows come or go, by whatever process."""
        from sqlalchemy import func, select

        table = tables().precedents
        query = select(func.count(), func.coalesce(func.max(table.c.id), 0), func.coalesce(func.sum(table.c.id), 0))
        with reading(self._engine) as connection:
            rows, last, total = connection.execute(query.select_from(table)).one()
        return int(rows), int(last), int(total)

    def _held(self) -> Any:
        from filelock import FileLock

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileLock(self._folder / "lock")

    def _manifest(self) -> dict[str, Any]:
        try:
            read: dict[str, Any] = json.loads((self._folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if read.get("format") == FORMAT else {}

    def _opened(self, encoder_name: str) -> "VectorShelf | None":
        """The shelf on disk, or None when it was made by another encoder, in another format, or never."""
        from corpus.index.vectors import VectorShelf

        said = self._manifest()
        folder = self._folder / str(said.get("folder", ""))
        if said.get("encoder") != encoder_name or not folder.is_dir():
            return None
        if self._shelf is not None:
            self._shelf.close()
            self._shelf = None
        return VectorShelf(folder, FOLDER)

    def _fresh(self, encoder_name: str) -> "VectorShelf":
        from corpus.index.vectors import VectorShelf

        shelf = VectorShelf(self._next_folder(), FOLDER)
        self._install(shelf, encoder_name)
        return shelf

    def _without(self, shelf: "VectorShelf", gone: Collection[str], encoder_name: str) -> "VectorShelf":
        made = shelf.copy_without(gone, self._next_folder())
        shelf.close()
        self._install(made, encoder_name)
        return made

    def _install(self, shelf: "VectorShelf", encoder_name: str) -> None:
        """Name `shelf` as the one in force, then delete every other."""
        manifest = self._folder / "manifest.json"
        part = manifest.with_suffix(".part")
        part.write_text(
            json.dumps({"format": FORMAT, "encoder": encoder_name, "folder": shelf.folder.name}), encoding="utf-8"
        )
        part.replace(manifest)
        for other in self._folder.glob("vectors-*"):
            if other != shelf.folder:
                shutil.rmtree(other, ignore_errors=True)

    def _next_folder(self) -> Path:
        numbers = (int(tail) for one in self._folder.glob("vectors-*") if (tail := one.name[8:]).isdigit())
        folder = self._folder / f"vectors-{max(numbers, default=0) + 1}"
        folder.mkdir(mode=0o700)
        return folder


@dataclass(frozen=True, slots=True)
class Remembered:
    """Precedents with the encoder that reads a note: the `Memory` of the suggest station."""

    precedents: Precedents
    encoder: Encoder
    encoder_name: str

    def like(self, passages: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[Precedent, ...]]:
        """See `assistant.suggest.precedents.Memory`."""
        return self.precedents.nearest(passages, self.encoder, self.encoder_name)
