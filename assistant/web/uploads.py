"""Uploaded files: read once and deleted at once, so that nothing a user dropped stays on disk."""

from pathlib import Path

from assistant.errors import InputError
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
