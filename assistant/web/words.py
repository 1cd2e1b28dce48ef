"""Every word the page says, from `strings.toml`."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("strings.toml")


def say(key: str, /, **values: object) -> str:
    """The text of `section.name`, with `values` filled in. Raises KeyError for a text that is not there."""
    section, _, name = key.partition(".")
    text = texts()[section][name]
    return text.format(**values) if values else text


@cache
def texts() -> dict[str, dict[str, str]]:
    """Section -> name -> text."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
