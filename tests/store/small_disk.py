"""A store on a disk of its own that fills up, is freed, becomes read-only and writable again.

`python -m tests.store.small_disk FOLDER`, run inside a mount namespace (`unshare -m`), so that nobody else sees the disk.
Prints what was promised and said.
"""

import json
import subprocess
import sys
from pathlib import Path

from assistant.errors import StoreError
from assistant.review.ledger import Ledger
from assistant.settings import load_settings
from assistant.store.copies import backup
from assistant.store.engine import open_store
from tests.review.test_ledger import DECISIONS


def main(folder: str) -> None:
    """Mount, try, print."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=True)
    disk, promised, said = Path(folder), list[str](), dict[str, str]()
    settings = load_settings({"SUPERBILL_HOME": str(disk / "home")})
    engine = open_store(settings)
    ledger = Ledger(engine)

    def record(what: str, most: int = 1) -> None:
        said[what] = ""
        try:
            for number in range(most):
                promised.append(ledger.record(f"visit-{what}-{number}", DECISIONS, note="x" * 2000))
        except StoreError as error:
            said[what] = str(error)

    filler = disk / "filler"
    filler.write_bytes(b"x" * 1_500_000)
    record("full", 2000)
    assert ledger.verify().faults == (), "reading goes on"
    try:
        backup(settings, disk / "copy.db")
    except StoreError as error:
        said["backup"] = str(error)
    filler.unlink()
    record("freed")
    engine.dispose()  # a disk with files open for writing cannot be made read-only; the program stays the same
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    record("read-only")
    try:
        open_store(settings)
    except StoreError as error:
        said["opening"] = str(error)
    subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
    record("writable")
    again = Ledger(open_store(settings))
    kept = [entry.digest for entry in again.entries()]
    left = sorted(path.name for path in disk.iterdir())
    print(json.dumps({"said": said, "promised": promised, "kept": kept, "faults": again.verify().faults, "left": left}))


if __name__ == "__main__":
    main(sys.argv[1])
