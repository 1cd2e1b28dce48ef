"""The decision ledger: append-only, chained by digests, and purgeable.

Each entry's digest covers its number, time, kind, the digest of its content and the digest before it; times never go
back, even when the clock does. The content
itself (who, which encounter, which codes) lies in a second table with a random salt. Purging a patient deletes content
and salt and appends an entry that lists the numbers purged: the chain stays whole, and what is gone cannot be guessed
from its digest. A head row, written in the same transaction, shows a cut-off tail.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from assistant.accounts.principal import Role, current, require
from assistant.errors import StoreError
from assistant.record import to_record
from assistant.review.decision import Decision
from assistant.settings import Settings
from assistant.store.engine import exclusive, open_store, reading, transaction, wipe_log

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, RowMapping, Select

GENESIS = "0" * 64
_AT_ONCE = 400


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
def tables() -> Any:
    """The store's tables for decisions: `decisions`, `contents`, `head`."""
    from types import SimpleNamespace

    from sqlalchemy import CheckConstraint, Column, Integer, String, Table

    from assistant.store.schema import metadata as shared
    from assistant.store.sealed import Sealed

    metadata = shared()
    return SimpleNamespace(
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
            Column("encounter", Sealed("decision_contents.encounter", True), nullable=False, index=True),
            Column("patient", Sealed("decision_contents.patient", True), nullable=False, index=True),
            Column("salt", String(64), nullable=False),
            Column("content", Sealed("decision_contents.content"), nullable=False),
        ),
        head=Table(
            "decision_head",
            metadata,
            Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
            Column("number", Integer, nullable=False),
            Column("digest", String(64), nullable=False),
        ),
    )


class Ledger:
    """The decisions on this machine. Open one over the engine of `open_store`."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

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
        require(Role.CODER)
        actor = actor or current().name
        content = {"encounter": encounter, "patient": patient, "note": note, "actor": actor}
        with transaction(self._engine) as connection:
            return self._append(connection, "decisions", {**content, "decisions": to_record(list(decisions))}, at)

    def entries(self, encounter: str | None = None) -> tuple[Entry, ...]:
        """The entries in order; of one encounter, those whose content is still there."""
        from sqlalchemy import select

        require(Role.CODER, Role.ADMINISTRATOR)
        store = tables()
        decisions, contents = store.decisions, store.contents
        query = select(decisions, contents.c.content).outerjoin(contents, contents.c.number == decisions.c.number)
        if encounter is not None:
            query = query.where(contents.c.encounter == encounter)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(decisions.c.number)).mappings().all()
        return tuple(_entry(row) for row in rows)

    def entry(self, digest: str) -> Entry | None:
        """The entry with this digest, or None."""
        from sqlalchemy import select

        require(Role.CODER, Role.BILLER)
        store = tables()
        decisions, contents = store.decisions, store.contents
        query = select(decisions, contents.c.content).outerjoin(contents, contents.c.number == decisions.c.number)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(decisions.c.digest == digest)).mappings().first()
        return _entry(row) if row else None

    def purge(self, patient: str, at: dt.datetime | None = None) -> int:
        """Delete the content of every entry of a patient; how many. The chain stays whole and records the purge."""
        from sqlalchemy import select

        if not patient:
            raise StoreError("A purge needs the patient's id.")
        require(Role.ADMINISTRATOR)
        contents = tables().contents
        return self._purge(select(contents.c.number).where(contents.c.patient == patient), at)

    def encounters_of(self, patient: str) -> frozenset[str]:
        """The encounters of a patient whose content is still there."""
        from sqlalchemy import select

        contents = tables().contents
        with reading(self._engine) as connection:
            found = connection.execute(select(contents.c.encounter).where(contents.c.patient == patient)).scalars()
            return frozenset(found)

    def expire(self, before: dt.datetime, at: dt.datetime | None = None) -> int:
        """Delete the content of every decision made before a moment; how many. The chain stays whole."""
        from sqlalchemy import select

        require(Role.ADMINISTRATOR)
        store = tables()
        old = (store.decisions.c.kind == "decisions") & (store.decisions.c.at < _moment(before))
        chosen = store.contents.c.number == store.decisions.c.number
        return self._purge(select(store.contents.c.number).join(store.decisions, chosen).where(old), at)

    def _purge(self, chosen: "Select[Any]", at: dt.datetime | None) -> int:
        from sqlalchemy import delete

        contents = tables().contents
        with transaction(self._engine) as connection:
            exclusive(connection, "decisions")
            numbers = sorted(connection.execute(chosen).scalars())
            if numbers:
                for start in range(0, len(numbers), _AT_ONCE):
                    some = numbers[start : start + _AT_ONCE]
                    connection.execute(delete(contents).where(contents.c.number.in_(some)))
                self._append(connection, "purge", {"encounter": "", "patient": "", "purged": numbers}, at)
        wipe_log(self._engine)
        return len(numbers)

    def verify(self) -> Verdict:
        """Walk the whole chain. Changed, missing, reordered or cut-off entries and content are each a fault."""
        from sqlalchemy import select

        store = tables()
        decisions, contents = store.decisions, store.contents
        faults: list[str] = []
        purged: set[int] = set()
        bare: list[int] = []
        count, previous, latest = 0, GENESIS, ""
        joined = contents.c.number == decisions.c.number
        held = (contents.c.encounter, contents.c.patient, contents.c.salt, contents.c.content)
        query = select(decisions, *held).outerjoin(contents, joined).order_by(decisions.c.number)
        with reading(self._engine) as connection:
            head = connection.execute(select(store.head)).mappings().first()
            strays = connection.execute(
                select(contents.c.number).outerjoin(decisions, joined).where(decisions.c.number.is_(None))
            )
            faults += [f"content {number} belongs to no entry" for number in strays.scalars()]
            with connection.execute(query.execution_options(yield_per=1000)) as found:
                for row in found.mappings():
                    count += 1
                    number = row["number"]
                    if number != count:
                        faults.append(f"entry {count} is missing")
                        count = number
                    if row["previous"] != previous or row["digest"] != _chain(row):
                        faults.append(f"entry {number} does not follow the one before it")
                    if row["at"] < latest:
                        faults.append(f"entry {number} is dated before the one before it")
                    previous, latest = row["digest"], row["at"]
                    if row["content"] is None:
                        bare.append(number)
                    elif _salted(row["salt"], row["content"]) != row["content_digest"] or not _as_filed(row):
                        faults.append(f"the content of entry {number} was changed")
                    elif row["kind"] == "purge":
                        purged.update(json.loads(row["content"])["purged"])
        faults += [f"the content of entry {number} is gone without a purge" for number in bare if number not in purged]
        if (head["number"], head["digest"]) != (count, previous) if head else count:
            faults.append("the last entries were cut off or added from outside")
        return Verdict(count, len(purged), previous, tuple(faults))

    def _append(self, connection: "Connection", kind: str, content: dict[str, Any], at: dt.datetime | None) -> str:
        from sqlalchemy import insert, select, update

        store = tables()
        exclusive(connection, "decisions")
        head = connection.execute(select(store.head)).mappings().first()
        last = select(store.decisions.c.at).where(store.decisions.c.number == head["number"]) if head else None
        latest = str(connection.execute(last).scalar() or "") if last is not None else ""
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        salt = secrets.token_hex(32)
        row: dict[str, Any] = {
            "number": head["number"] + 1 if head else 1,
            # A clock that was set back must not make a later decision look like an earlier one.
            "at": max(_moment(at or dt.datetime.now(dt.UTC)), latest),
            "kind": kind,
            "content_digest": _salted(salt, text),
            "previous": head["digest"] if head else GENESIS,
        }
        row["digest"] = _chain(row)
        connection.execute(insert(store.decisions), row)
        held = {"number": row["number"], "encounter": content["encounter"], "patient": content["patient"]}
        connection.execute(insert(store.contents), {**held, "salt": salt, "content": text})
        now = {"number": row["number"], "digest": row["digest"]}
        connection.execute(update(store.head).values(now) if head else insert(store.head).values(id=1, **now))
        return str(row["digest"])


def _entry(row: "RowMapping") -> Entry:
    content = json.loads(row["content"]) if row["content"] is not None else None
    return Entry(row["number"], row["at"], row["kind"], row["digest"], content)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _as_filed(row: Any) -> bool:
    """Whether the columns a purge looks for say what the content says."""
    content = json.loads(row["content"])
    return (row["encounter"], row["patient"]) == (content["encounter"], content["patient"])


def _chain(row: Any) -> str:
    fields = (str(row["number"]), row["at"], row["kind"], row["content_digest"], row["previous"])
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()


def _salted(salt: str, content: str) -> str:
    return hashlib.sha256(f"{salt}\n{content}".encode()).hexdigest()
