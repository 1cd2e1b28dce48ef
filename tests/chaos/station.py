"""What a kind of work that is killed consists of, and what all kinds share."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.settings import Settings, load_settings

Promise = Any
"""Anything JSON can hold."""


@dataclass(frozen=True, slots=True)
class Station:
    """One kind of work. Everything takes the folder of the trial."""

    name: str
    prepare: Callable[[Path], None]
    step: Callable[[Path, int], Promise]
    verify: Callable[[Path, Sequence[Promise]], list[str]]
    modules: tuple[str, ...] = ()
    """Imported before the trials, so that the kills fall on the work and not on the importing."""


def settings_of(folder: Path) -> Settings:
    """Settings of the trial's data folder."""
    return load_settings({"SUPERBILL_HOME": str(folder / "home")})


def unprepared(folder: Path) -> None:
    """Nothing has to be there beforehand."""


@contextlib.contextmanager
def store_of(folder: Path) -> Any:
    """The trial's store."""
    from assistant.store.engine import open_store

    engine = open_store(settings_of(folder))
    try:
        yield engine
    finally:
        engine.dispose()


def chains(engine: Any) -> list[str]:
    """Faults of the ledger's and the trail's chain."""
    from assistant.accounts.trail import Trail
    from assistant.review.ledger import Ledger

    return [*Ledger(engine).verify().faults, *Trail(engine).faults()]
