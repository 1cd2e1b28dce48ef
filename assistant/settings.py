"""Where Superbill keeps its data and how the site has set it up. Environment variables only; no secrets on disk."""

import os
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import InputError


@dataclass(frozen=True, slots=True)
class Settings:
    """Site settings, read once per process."""

    home: Path
    """Data folder (mode 0700): index, store. `SUPERBILL_HOME`, else the platform's user data folder."""
    database_url: str
    """SQLAlchemy URL of the store. `SUPERBILL_DATABASE`, else SQLite inside `home`."""
    host: str
    """Address the web app binds to. `SUPERBILL_HOST`, else 127.0.0.1."""
    port: int
    """Port of the web app. `SUPERBILL_PORT`, else 7860."""
    max_note_bytes: int
    """Largest note read. `SUPERBILL_MAX_NOTE_BYTES`, else 2,000,000."""

    @property
    def index_dir(self) -> Path:
        """Folder that holds the code index."""
        return self.home / "index"


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings from the environment (`environ` replaces it in tests)."""
    env = os.environ if environ is None else environ
    if root := env.get("SUPERBILL_HOME"):
        home = Path(root).expanduser()
    else:
        from platformdirs import user_data_path

        home = user_data_path("superbill", appauthor=False)
    return Settings(
        home=home,
        database_url=env.get("SUPERBILL_DATABASE") or f"sqlite:///{home / 'superbill.db'}",
        host=env.get("SUPERBILL_HOST", "127.0.0.1"),
        port=int(env.get("SUPERBILL_PORT", "7860")),
        max_note_bytes=int(env.get("SUPERBILL_MAX_NOTE_BYTES", "2000000")),
    )


def ensure_home(settings: Settings) -> Path:
    """Create the data folder, readable by its owner alone, and return it. Raises InputError when it cannot be made."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the data folder {settings.home} cannot be made ({error.strerror}); set SUPERBILL_HOME to one that can"
        ) from error
    return settings.home
