"""Every word the page says, from `strings.toml`: English, and Spanish beside it."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("strings.toml")
LANGUAGES = ("en", "es")
_spoken: ContextVar[str] = ContextVar("language", default="en")


def say(key: str, /, **values: object) -> str:
    """The text of `section.name` in the language being spoken, with `values` filled in; KeyError when there is none."""
    section, _, name = key.partition(".")
    text = texts(_spoken.get())[section][name]
    return text.format(**values) if values else text


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """While the block runs, `say` speaks this language; one that is not there means English."""
    token = _spoken.set(language if language in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The language being spoken: `en` or `es`."""
    return _spoken.get()


@cache
def texts(language: str = "en") -> dict[str, dict[str, str]]:
    """Section -> name -> text. A text that has no translation yet is given in English."""
    found = {}
    for section, entries in _tables().items():
        own = {name: text for name, text in entries.items() if isinstance(text, str)}
        other = entries.get(language, {})
        found[section] = own | (other if isinstance(other, dict) else {})
    return found


@cache
def _tables() -> dict[str, dict[str, str | dict[str, str]]]:
    """`[section]` holds the English texts, `[section.es]` those in Spanish."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
