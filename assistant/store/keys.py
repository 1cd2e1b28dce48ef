"""The store's key: a random one encrypts the values, and the site's key (`SUPERBILL_KEY`) wraps it in the store.

Changing the site's key makes a new random key too and encrypts everything anew, in one transaction.
"""

import base64
import binascii
import datetime as dt
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import StoreError
from assistant.settings import Settings
from assistant.store.cipher import Cipher

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

SITE_KEY_BYTES = 32
NONCE_BYTES = 12
AT_ONCE = 500


@cache
def tables() -> Any:
    """`store_key`: one row in an encrypted store."""
    from sqlalchemy import CheckConstraint, Column, Integer, String, Table, Text

    from assistant.store.schema import metadata

    return Table(
        "store_key",
        metadata(),
        Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        Column("salt", String(64), nullable=False),
        Column("wrapped", Text, nullable=False),
        Column("since", String(40), nullable=False),
    )


def new_site_key() -> str:
    """A fresh key as text for `SUPERBILL_KEY` or a key file."""
    return base64.b64encode(os.urandom(SITE_KEY_BYTES)).decode()


def site_key(settings: Settings) -> bytes | None:
    """The site's key, or None when none is set. Raises StoreError when it cannot be read or is none."""
    said, place, file = settings.trust.key, "SUPERBILL_KEY", settings.trust.key_file
    if not said and file:
        said, place = _file(file), f"The key file {file}"
    return parsed(said, place) if said else None


def parsed(text: str, place: str) -> bytes:
    """The bytes of a key in text. Raises StoreError naming `place`, never the key."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SITE_KEY_BYTES:
        raise StoreError(f"{place} is not a key; `superbill store key` makes one (32 bytes in base64).")
    return key


def _file(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a key"
        raise StoreError(f"The key file {path} cannot be read ({why}); check SUPERBILL_KEY_FILE.") from None


def unlock(engine: "Engine", settings: Settings, convert: bool = False) -> None:
    """Give the engine its cipher. An empty store is encrypted from the start when a key is set.

    Raises StoreError for a missing or wrong key, and, but with `convert`, for a key beside a store that is not encrypted.
    """
    from assistant.store.engine import exclusive, reading, transaction

    key, query = site_key(settings), "SELECT salt, wrapped FROM store_key WHERE id = 1"
    with reading(engine) as connection:
        row: Any = connection.exec_driver_sql(query).mappings().first()
    if row is None and key is not None:
        with transaction(engine) as connection:
            exclusive(connection, "key")
            row = connection.exec_driver_sql(query).mappings().first()
            if row is None and _empty(connection):
                row = wrapped(Cipher.new(), key)
                connection.execute(tables().insert(), row)
        if row is None and not convert:
            raise StoreError(
                "A key is set, but this store is not encrypted; encrypt it with `superbill store encrypt`, or unset the key."
            )
    if row is None:
        use(engine, None, "")
        return
    if key is None:
        raise StoreError("The store is encrypted; set SUPERBILL_KEY or SUPERBILL_KEY_FILE to its key.")
    use(engine, unwrapped(row, key), row["salt"])


def use(engine: "Engine", cipher: Cipher | None, mark: str) -> None:
    """From now on values go through `cipher`; `mark` is the salt of its row, by which a later change is noticed."""
    engine.dialect.superbill_cipher = cipher  # type: ignore[attr-defined]
    engine.dialect.superbill_mark = mark  # type: ignore[attr-defined]


def still_ours(connection: "Connection") -> None:
    """Raise StoreError when the store's key was changed after it was opened: values would be written with the old one."""
    mark = getattr(connection.dialect, "superbill_mark", None)
    if mark is not None:
        found = connection.exec_driver_sql("SELECT salt FROM store_key WHERE id = 1").scalar() or ""
        if found != mark:
            raise StoreError("The store's key was changed while this program ran; nothing was written. Start it again.")


def wrapped(cipher: Cipher, key: bytes) -> dict[str, Any]:
    """The row that holds the cipher's key, readable only with the site's key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(32), os.urandom(NONCE_BYTES)
    sealed = AESGCM(_derived(key, salt)).encrypt(nonce, cipher.key, b"superbill store key")
    return {
        "id": 1,
        "salt": salt.hex(),
        "wrapped": base64.b64encode(nonce + sealed).decode(),
        "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }


def unwrapped(row: Any, key: bytes) -> Cipher:
    """The cipher of a row. Raises StoreError for another key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = base64.b64decode(row["wrapped"])
    try:
        opened = AESGCM(_derived(key, bytes.fromhex(row["salt"]))).decrypt(
            data[:NONCE_BYTES], data[NONCE_BYTES:], b"superbill store key"
        )
    except InvalidTag:
        raise StoreError("The key is not the one this store was encrypted with; nothing was changed.") from None
    return Cipher(opened)


def change_key(engine: "Engine", key: bytes | None) -> int:
    """Encrypt every value anew for the site key `key`, or with None decrypt the store; how many values.

    One transaction: a kill leaves the store as it was. Other programs on the store must stop writing (they are told).
    """
    from sqlalchemy import delete, insert

    from assistant.store.engine import exclusive, transaction
    from assistant.store.schema import all_tables

    old: Cipher | None = getattr(engine.dialect, "superbill_cipher", None)
    new = Cipher.new() if key is not None else None
    table, changed = tables(), 0
    with transaction(engine) as connection:
        exclusive(connection, "key")
        for each in all_tables():
            changed += _anew(connection, each, old, new)
        connection.execute(delete(table))
        mark = ""
        if new is not None and key is not None:
            row = wrapped(new, key)
            mark = row["salt"]
            connection.execute(insert(table), row)
    use(engine, new, mark)
    _leave_nothing(engine)
    return changed


def _anew(connection: "Connection", table: "Table", old: Cipher | None, new: Cipher | None) -> int:
    """Every sealed value of a table, opened with one cipher and sealed with the other."""
    import sqlalchemy as sa

    from assistant.store.sealed import Sealed

    kinds = {column.name: column.type for column in table.columns if isinstance(column.type, Sealed)}
    if not kinds:
        return 0
    ids = [column.name for column in table.primary_key.columns]
    # Without types: the values as they lie in the store.
    raw = sa.table(table.name, *(sa.column(name) for name in (*ids, *kinds)))
    keys = connection.execute(sa.select(*(raw.c[name] for name in ids))).all()
    count = 0
    for start in range(0, len(keys), AT_ONCE):
        chosen = sa.tuple_(*(raw.c[name] for name in ids)).in_([tuple(key) for key in keys[start : start + AT_ONCE]])
        rows = connection.execute(sa.select(raw).where(chosen)).mappings().all()
        changes = []
        for row in rows:
            change: dict[str, Any] = {f"at_{name}": row[name] for name in ids}
            for name, kind in kinds.items():
                text = row[name] if old is None or row[name] is None else old.open(row[name], kind.label)
                change[f"new_{name}"] = text if new is None or text is None else new.seal(text, kind.label, kind.same)
                count += bool(text)
            changes.append(change)
        where = sa.and_(*(raw.c[name] == sa.bindparam(f"at_{name}") for name in ids))
        values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in kinds}
        connection.execute(sa.update(raw).where(where).values(values), changes)
    return count


def _empty(connection: "Connection") -> bool:
    """Whether no table with patient data has a row."""
    import sqlalchemy as sa

    from assistant.store.schema import all_tables
    from assistant.store.sealed import Sealed

    return all(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None
        for table in all_tables()
        if any(isinstance(column.type, Sealed) for column in table.columns)
    )


def _sealed_tables() -> list[str]:
    from assistant.store.schema import all_tables
    from assistant.store.sealed import Sealed

    return [table.name for table in all_tables() if any(isinstance(column.type, Sealed) for column in table.columns)]


def _leave_nothing(engine: "Engine") -> None:
    """Write SQLite's file anew and empty its log, so that no value lingers as it was; PostgreSQL's pages likewise."""
    raw = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            raw.cursor().execute("VACUUM")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            raw.driver_connection.autocommit = True  # type: ignore[union-attr]
            for name in _sealed_tables():
                raw.cursor().execute(f'VACUUM FULL "{name}"')
            raw.driver_connection.autocommit = False  # type: ignore[union-attr]
    finally:
        raw.close()


def _derived(key: bytes, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, b"superbill store").derive(key)
