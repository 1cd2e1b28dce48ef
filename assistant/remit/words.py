"""The words of explanations in one language, from `words_en.toml` and `words_es.toml`. Figures come in by template only."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from assistant.remit.actions import Action
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

LANGUAGES = ("en", "es")
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Words:
    """Sentence templates by table and key."""

    language: str
    tables: dict[str, dict[str, str]]

    def say(self, table: str, key: str, **values: str) -> str:
        """The template `key` of `table` with its values filled in."""
        return self.tables[table][key].format(**values)

    def why(self, action: Action) -> str:
        """Why an action is to be taken."""
        code = action.codes[0].partition("-")[2] if action.codes and "-" in action.codes[0] else ""
        words = reasons.reason(code) if code else None
        meaning = self.reason(code) if words else ""
        check = words.to_check(self.language) if words else ""
        codes = ", ".join(action.codes) or self.tables["label"]["claim"]
        return self.say("why", action.rule, codes=codes, meaning=meaning, check=check).strip()

    def reason(self, code: str) -> str:
        """What a reason code means for the biller; empty for a code we do not know."""
        words = reasons.reason(code)
        return words.biller(self.language) if words else ""

    def remark(self, code: str) -> str:
        """What a remark code means for the biller; empty for a code we do not know."""
        words = reasons.remark(code)
        return words.biller(self.language) if words else ""

    def money(self, amount: Decimal) -> str:
        """An amount as patients read it: `$1,234.50`."""
        amount += ZERO
        return f"-${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"

    def day(self, date: dt.date) -> str:
        """A date as patients read it."""
        month = self.tables["label"]["months"].split()[date.month - 1]
        return f"{date.day} de {month} de {date.year}" if self.language == "es" else f"{month} {date.day}, {date.year}"


@lru_cache(maxsize=2)
def load_words(language: str) -> Words:
    """The words of `en` or `es`."""
    data = tomllib.loads((_FOLDER / f"words_{language}.toml").read_text("utf-8"))
    return Words(language, data)
