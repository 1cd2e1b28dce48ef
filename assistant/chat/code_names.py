"""The word people in billing say for a code of a remittance: `PR-3 (copay)`. Read from `code_names.toml`."""

import tomllib
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".toml")


@lru_cache(maxsize=1)
def _names() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def named(kind: str, code: str, language: str) -> str:
    """The code with its name behind it; alone where it has none. `kind`: reason (with or without its group), remark, status."""
    names = _names().get(language, {}).get(kind, {})
    name = names.get(code) or names.get(code.rpartition("-")[2], "")
    return f"{code} ({name})" if name else code
