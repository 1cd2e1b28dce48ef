"""Sentences of the stations in the language being spoken.

The stations speak English; `[told]` of `strings.toml` holds each sentence they say to a user of the page as they word it,
and `[told.es]` the same in Spanish. A sentence that is not there is shown as it is.
"""

import re
from functools import cache

from assistant.web.words import LANGUAGES, spoken, texts

_SLOT = re.compile(r"\{(\w+)\}")


def told(sentence: str) -> str:
    """`sentence` in the language being spoken; what it names (files, codes, amounts) stays as it is."""
    language = spoken()
    if language == LANGUAGES[0]:
        return sentence
    for name, pattern in _patterns():
        if found := pattern.fullmatch(sentence):
            return texts(language)["told"][name].format(**found.groupdict())
    return sentence


def spoken_error(error: BaseException) -> str:
    """What an error says, in the language being spoken."""
    return told(str(error))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(name, what matches its English sentence), those with the most fixed words first."""
    found = []
    for name, text in texts()["told"].items():
        parts = _SLOT.split(text)
        pattern = "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
        found.append((len("".join(parts[::2])), name, re.compile(pattern, re.DOTALL)))
    return tuple((name, pattern) for _, name, pattern in sorted(found, key=lambda one: -one[0]))
