"""The decision ledger: append-only, chained by digests, and purgeable.

Each entry's digest covers its number, time, kind, the digest of its content and the digest before it. The content
itself (who, which encounter, which codes) lies in a second table with a random salt. Purging a patient deletes content
and salt and appends an entry that lists the numbers purged: the chain stays whole, and what is gone cannot be guessed
from its digest. A head row, written in the same transaction, shows a cut-off tail.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.errors import StoreError
from assistant.record import to_record
from assistant.review.decision import Decision
from assistant.review.store import open_store, transaction, wipe_log
from assistant.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, RowMapping

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger entry. `content` is None when it was purged."""

    number: int
    at: str
    """UTC, ISO, to the microsecond."""
    kind: str
    """`decisions` or `purge`."""
    digest: str
    content: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found. `faults` is empty when the ledger is whole."""

    entries: int
    purged: int
    head: str
    faults: tuple[str, ...]


@cache
def _tables() -> Any:
    from types import SimpleNamespace

    from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table, Text

    metadata = MetaData()
    return SimpleNamespace(
        metadata=metadata,
        decisions=Table(
            "decisions",
            metadata,
            Column("number", Integer, primary_key=True, autoincrement=False),
            Column("at", String(40), nullable=False),
            Column("kind", String(20), nullable=False),
            Column("content_digest", String(64), nullable=False),
            Column("previous", String(64), nullable=False, unique=True),
            Column("digest", String(64), nullable=False, unique=True),
        ),
        contents=Table(
            "decision_contents",
            metadata,
            Column("number", Integer, primary_key=True, autoincrement=False),
            Column("encounter", String(200), nullable=False, index=True),
            Column("patient", String(200), nullable=False, index=True),
            Column("salt", String(64), nullable=False),
            Column("content", Text, nullable=False),
        ),
        head=Table(
            "decision_head",
            metadata,
            Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
            Column("number", Integer, nullable=False),
            Column("digest", String(64), nullable=False),
        ),
    )


APPEND_ONLY = (
    "CREATE TRIGGER IF NOT EXISTS decisions_no_update BEFORE UPDATE ON decisions "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS decisions_no_delete BEFORE DELETE ON decisions "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
)


class Ledger:
    """The decisions on this machine. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        tables = _tables()
        with self._begin() as connection:
            tables.metadata.create_all(connection)
            if engine.dialect.name == "sqlite":
                for statement in APPEND_ONLY:
                    connection.exec_driver_sql(statement)

    @classmethod
    def open(cls, settings: Settings) -> "Ledger":
        """The ledger of the site's store, created when absent."""
        return cls(open_store(settings))

    def record(
        self,
        encounter: str,
        decisions: Sequence[Decision],
        *,
        patient: str = "",
        note: str = "",
        actor: str = "",
        at: dt.datetime | None = None,
    ) -> str:
        """Append the decisions about one encounter, all or none; the entry's digest.

        `encounter` and `patient` are the site's ids (`purge` finds content by `patient`), `actor` who decided.
        """
        content = {"encounter": encounter, "patient": patient, "note": note, "actor": actor}
        with self._begin() as connection:
            return self._append(connection, "decisions", {**content, "decisions": to_record(list(decisions))}, at)

    def entries(self, encounter: str | None = None) -> tuple[Entry, ...]:
        """The entries in order; of one encounter, those whose content is still there."""
        from sqlalchemy import select

        tables = _tables()
        decisions, contents = tables.decisions, tables.contents
        query = select(decisions, contents.c.content).outerjoin(contents, contents.c.number == decisions.c.number)
        if encounter is not None:
            query = query.where(contents.c.encounter == encounter)
        with self._begin() as connection:
            rows = connection.execute(query.order_by(decisions.c.number)).mappings().all()
        return tuple(_entry(row) for row in rows)

    def entry(self, digest: str) -> Entry | None:
        """The entry with this digest, or None."""
        from sqlalchemy import select

        tables = _tables()
        decisions, contents = tables.decisions, tables.contents
        query = select(decisions, contents.c.content).outerjoin(contents, contents.c.number == decisions.c.number)
        with self._begin() as connection:
            row = connection.execute(query.where(decisions.c.digest == digest)).mappings().first()
        return _entry(row) if row else None

    def purge(self, patient: str, at: dt.datetime | None = None) -> int:
        """Delete the content of every entry of a patient; how many. The chain stays whole and records the purge."""
        from sqlalchemy import delete, select

        if not patient:
            raise StoreError("A purge needs the patient's id.")
        contents = _tables().contents
        with self._begin() as connection:
            found = select(contents.c.number).where(contents.c.patient == patient).order_by(contents.c.number)
            numbers = list(connection.execute(found).scalars())
            if numbers:
                connection.execute(delete(contents).where(contents.c.patient == patient))
                self._append(connection, "purge", {"encounter": "", "patient": "", "purged": numbers}, at)
        wipe_log(self._engine)
        return len(numbers)

    def verify(self) -> Verdict:
        """Walk the whole chain. Changed, missing, reordered or cut-off entries and content are each a fault."""
        from sqlalchemy import select

        tables = _tables()
        faults: list[str] = []
        purged: set[int] = set()
        bare: list[int] = []
        count, previous = 0, GENESIS
        with self._begin() as connection:
            contents = {row["number"]: row for row in connection.execute(select(tables.contents)).mappings()}
            head = connection.execute(select(tables.head)).mappings().first()
            for row in connection.execute(select(tables.decisions).order_by(tables.decisions.c.number)).mappings():
                count += 1
                number = row["number"]
                if number != count:
                    faults.append(f"entry {count} is missing")
                    count = number
                if row["previous"] != previous or row["digest"] != _chain(row):
                    faults.append(f"entry {number} does not follow the one before it")
                previous = row["digest"]
                if (held := contents.pop(number, None)) is None:
                    bare.append(number)
                elif _salted(held["salt"], held["content"]) != row["content_digest"]:
                    faults.append(f"the content of entry {number} was changed")
                elif row["kind"] == "purge":
                    purged.update(json.loads(held["content"])["purged"])
        faults += [f"the content of entry {number} is gone without a purge" for number in bare if number not in purged]
        faults += [f"content {number} belongs to no entry" for number in contents]
        if (head["number"], head["digest"]) != (count, previous) if head else count:
            faults.append("the last entries were cut off or added from outside")
        return Verdict(count, len(purged), previous, tuple(faults))

    def _append(self, connection: "Connection", kind: str, content: dict[str, Any], at: dt.datetime | None) -> str:
        from sqlalchemy import insert, select, update

        tables = _tables()
        head = connection.execute(select(tables.head).with_for_update()).mappings().first()
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        salt = secrets.token_hex(32)
        row: dict[str, Any] = {
            "number": head["number"] + 1 if head else 1,
            "at": (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "kind": kind,
            "content_digest": _salted(salt, text),
            "previous": head["digest"] if head else GENESIS,
        }
        row["digest"] = _chain(row)
        connection.execute(insert(tables.decisions), row)
        held = {"number": row["number"], "encounter": content["encounter"], "patient": content["patient"]}
        connection.execute(insert(tables.contents), {**held, "salt": salt, "content": text})
        now = {"number": row["number"], "digest": row["digest"]}
        connection.execute(update(tables.head).values(now) if head else insert(tables.head).values(id=1, **now))
        return str(row["digest"])

    def _begin(self) -> AbstractContextManager["Connection"]:
        return transaction(self._engine)


def _entry(row: "RowMapping") -> Entry:
    content = json.loads(row["content"]) if row["content"] is not None else None
    return Entry(row["number"], row["at"], row["kind"], row["digest"], content)


def _chain(row: Any) -> str:
    fields = (str(row["number"]), row["at"], row["kind"], row["content_digest"], row["previous"])
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()


def _salted(salt: str, content: str) -> str:
    return hashlib.sha256(f"{salt}\n{content}".encode()).hexdigest()
