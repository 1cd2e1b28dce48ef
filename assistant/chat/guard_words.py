"""The guard's data (`guard.toml`) and the sorts of amount that words tell."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def guard_data() -> dict[str, Any]:
    """The tables of `guard.toml`."""
    return tomllib.loads(Path(__file__).with_name("guard.toml").read_text(encoding="utf-8"))


@cache
def among(key: str) -> re.Pattern[str]:
    """Any of the words that `[arithmetic]` lists under `key`."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, guard_data()['arithmetic'][key]))})\b")


@cache
def role_patterns() -> tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]:
    """(sort of amount, the words that tell it, the fields that hold it)."""
    return tuple(
        (row["name"], re.compile(rf"\b(?:{'|'.join(map(re.escape, row['cues']))})\b"), tuple(row["keys"]))
        for row in guard_data()["role"]
    )


def roles_in(sentence: str) -> set[str]:
    """The sorts of amount that a folded sentence speaks of."""
    return {name for name, cues, _ in role_patterns() if cues.search(sentence)}
