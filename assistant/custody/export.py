"""Everything the store holds, readable without Superbill: a file of JSON lines for each table, and a manifest.

Encrypted columns are decrypted: the result is for the owner of the data, and must be kept as safe as the store.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.accounts.principal import Role, require
from assistant.accounts.trail import Event, Trail
from assistant.errors import InputError
from assistant.store.engine import reading
from assistant.store.schema import all_tables
from assistant.store.versions import HEAD

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

SECRETS = {"store_key": None, "sessions": None, "users": ("password",)}
"""What stays out: whole tables (None), or columns."""
FORMAT = 1


def export_store(engine: "Engine", target: Path, at: dt.datetime | None = None) -> dict[str, Any]:
    """Write everything to `target`: a new folder, or a zip archive when the name ends in .zip. Gives the manifest.

    One view of the store: what is written while it runs is in none of the files. `target` appears whole or not at all,
    readable by its owner alone. Administrators only. Raises InputError when it exists or cannot be written.
    """
    who = require(Role.ADMINISTRATOR)
    if target.exists():
        raise InputError(f"{target} exists already; name a new folder or .zip file.")
    try:
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent or Path()))
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror}).") from None
    try:
        manifest = _filled(engine, part, at or dt.datetime.now(dt.UTC), who.name)
        if target.suffix.lower() == ".zip":
            _zipped(part, target)
        else:
            part.replace(target)
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror}).") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    Trail(engine).note(Event.EXPORT, f"{sum(table['rows'] for table in manifest['tables'].values())} rows")
    return manifest


def _filled(engine: "Engine", folder: Path, at: dt.datetime, who: str) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    with reading(engine) as connection:
        for table in all_tables():
            left_out = SECRETS.get(table.name, ())
            if left_out is None:
                continue
            name = f"{table.name}.jsonl"
            tables[table.name] = {"file": name, **_written(folder / name, _rows(connection, table, left_out))}
            if left_out:
                tables[table.name]["left_out"] = list(left_out)
    manifest = {
        "format": FORMAT,
        "made": at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "by": who,
        "store": HEAD,
        "tables": tables,
        "left_out": sorted(name for name, columns in SECRETS.items() if columns is None),
    }
    _write(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return manifest


def _rows(connection: "Connection", table: "Table", left_out: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    from sqlalchemy import select

    columns = [column for column in table.columns if column.name not in left_out]
    query = select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=500)
    for row in connection.execute(query).mappings():
        yield dict(row)


def _written(path: Path, rows: Iterator[dict[str, Any]]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for row in rows:
            line = (json.dumps(row, ensure_ascii=False) + "\n").encode()
            file.write(line)
            digest.update(line)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return {"rows": count, "sha256": digest.hexdigest()}


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _zipped(folder: Path, target: Path) -> None:
    part = folder / "all.zip"
    files = sorted(path for path in folder.iterdir())
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.name)
    part.replace(target)
