"""How texts are cut into words for lexical search: accents folded, lower case, plural s dropped."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
STOP_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "by", "due", "for", "from", "in", "into", "is", "it", "its"),
        *("not", "of", "on", "or", "other", "otherwise", "the", "to", "with", "without"),
        *("unspecified", "nos", "nec", "specified", "elsewhere", "classified"),
    )
)
"""Words too common in the tabular list to find anything by; kept when a query has nothing else."""


def fold(text: str) -> str:
    """Lower case without accents: `Ménière` -> `meniere`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Plural endings removed (the S-stemmer of D. Harman, 1991)."""
    word = word.removesuffix("'s").replace("'", "")
    if len(word) > 4 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("es") and not word.endswith(("aes", "ees", "oes", "ses")):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("us", "ss", "is")):
        return word[:-1]
    return word


def words(text: str) -> list[str]:
    """Every word of `text`, folded, unstemmed."""
    return _WORD.findall(fold(text))


def terms(text: str) -> list[str]:
    """Index terms of `text`: stemmed words without stop words, or with them when nothing else is there."""
    found = [stem(word) for word in words(text)]
    kept = [word for word in found if word not in STOP_WORDS]
    return kept or found


@lru_cache(maxsize=100_000)
def title_terms(title: str) -> frozenset[str]:
    """`terms` as a set, remembered: for titles and terms of the code book, never for words of a note."""
    return frozenset(terms(title))


_FILLERS = frozenset(("a", "an", "and", "as", "by", "for", "in", "into", "of", "on", "the", "to", "unspecified", "nos"))


def key(text: str) -> str:
    """Equal for texts that say the same in another order: sorted distinct words without fillers.

    "other", "with" and "without" are kept: other specified diabetes is not diabetes.
    """
    found = {stem(word) for word in words(text)}
    return " ".join(sorted(found - _FILLERS or found))
