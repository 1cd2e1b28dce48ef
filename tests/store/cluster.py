"""A private PostgreSQL server in a folder of its own, reached through a socket there; it can be stopped and started."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLACES = ("/usr/local/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin")
HASTY = "-c fsync=off -c full_page_writes=off -c shared_buffers=16MB"
"""For tests; a measurement takes PostgreSQL's own defaults."""


def binaries() -> Path | None:
    """The folder with `initdb` and `pg_ctl`; None when PostgreSQL is not installed."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *map(Path, PLACES)]
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def _account() -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@dataclass
class Cluster:
    """One server. `url` makes a new, empty store each time."""

    folder: Path
    programs: Path
    options: str = HASTY
    stores: int = 0

    @classmethod
    def make(cls, programs: Path, options: str = HASTY) -> "Cluster":
        """A running server in a new folder under the system's temporary folder (which its account can reach)."""
        folder = Path(tempfile.mkdtemp(prefix="sb-pg-", dir="/tmp"))
        if account := _account():
            os.chown(folder, account["user"], account["group"])
        cluster = cls(folder, programs, options)
        cluster._run("initdb", "-U", "superbill", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        cluster.start()
        return cluster

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses='' {self.options} -k {self.folder}"
        self._run("pg_ctl", "-w", "-s", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once; connections are cut."""
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def remove(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        shutil.rmtree(self.folder)

    def url(self) -> str:
        """The address of a new, empty store: a schema of its own, which is far cheaper than a database."""
        self.stores += 1
        name = f"store{self.stores}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"postgresql://superbill@/postgres?host={self.folder}&options=-csearch_path%3D{name}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements from outside of Superbill."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user="superbill", dbname=database, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, "-D", self.folder / "data", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **_account(),
        )
