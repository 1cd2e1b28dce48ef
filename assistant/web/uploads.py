"""Uploaded files: read once and deleted at once, so that nothing a user dropped stays on disk."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from assistant.errors import InputError
from assistant.settings import Settings, ensure_home
from assistant.web.words import say


def take(path: str | Path) -> tuple[str, bytes]:
    """The upload's own name and content; the file and the folder made for it are gone afterwards.

    Raises InputError when it cannot be read.
    """
    file = Path(path)
    try:
        return file.name, file.read_bytes()
    except OSError:
        raise InputError(say("page.upload_failed", name=file.name)) from None
    finally:
        discard(file)


def discard(path: str | Path) -> None:
    """Delete an upload, its folder, and the empty placeholders the page's library leaves beside it."""
    file = Path(path)
    file.unlink(missing_ok=True)
    try:
        file.parent.rmdir()
        for placeholder in file.parent.parent.glob("tmp*"):
            if placeholder.is_file() and placeholder.stat().st_size == 0:
                placeholder.unlink(missing_ok=True)
    except OSError:
        # Another upload lies there, or it is gone already; the cache's own clean-up takes the folder.
        return


def plain_name(name: str) -> str:
    """A stranger's file name as one that can stand in a folder of ours: its last part, short, without what is unseen."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = PurePosixPath("".join(mark for mark in last if mark.isprintable()))
    made = shown.stem[:50] + shown.suffix[:10]
    return made if made.strip(". ") else "file"


@contextmanager
def as_files(sent: Iterable[tuple[str, bytes]], settings: Settings) -> Iterator[list[Path]]:
    """Content that came from the browser as files, for readers that need paths; gone when the block ends."""
    with tempfile.TemporaryDirectory(dir=ensure_home(settings), prefix="uploads-") as folder:
        paths = []
        for place, (name, content) in enumerate(sent):
            own = Path(folder) / str(place)
            own.mkdir(mode=0o700)
            path = own / plain_name(name)
            path.write_bytes(content)
            paths.append(path)
        yield paths
