"""The sentences of an answer, from `words_en.toml` and `words_es.toml`. Facts come in by template only."""

import datetime as dt
import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from assistant.chat.tool import Said, Source
from assistant.remit.words import load_words

_FOLDER = Path(__file__).parent


class Wording:
    """Templates of one language. Keys are `table.name`."""

    def __init__(self, language: str) -> None:
        self.language = language
        tables = tomllib.loads((_FOLDER / f"words_{language}.toml").read_text("utf-8"))
        self._said = {f"{table}.{key}": text for table, keys in tables.items() for key, text in keys.items()}
        self._money = load_words(language)

    def text(self, key: str, **values: object) -> str:
        """The template with its values filled in."""
        template: str = self._said[key]
        return template.format(**values)

    def has(self, key: str) -> bool:
        """Whether there is such a template."""
        return key in self._said

    def say(self, key: str, *sources: Source, **values: object) -> Said:
        """The template as a sentence with its sources."""
        return Said(self.text(key, **values), tuple(dict.fromkeys(sources)))

    def money(self, amount: Decimal | None) -> str:
        """`$1,234.50`; what is said of an unreadable amount."""
        return self.text("word.unreadable") if amount is None else self._money.money(amount)

    def day(self, date: dt.date) -> str:
        """A date as it is written in code work, ISO."""
        return date.isoformat()

    def listed(self, items: list[str] | tuple[str, ...]) -> str:
        """`a, b and c`."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.text('word.and')} {items[-1]}"


@lru_cache(maxsize=2)
def wording(language: str) -> Wording:
    """The words of `en` or `es`."""
    return Wording(language if language in ("en", "es") else "en")
