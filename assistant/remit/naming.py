"""Names out of a remittance, as an answer shows them.

Whoever writes a file chooses the names in it. One that reads like an order, a demand or an address is shown in quotation
marks, as every word of a document is; an ordinary name is shown as it is.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

LONGEST = 60
"""Characters of the longest name that is shown as it is (an X12 name may have 60)."""
_SIGNS = re.compile(r"[^\w\s.,&'’()/-]|[/.]\w+[/.]|\bwww\b|\d")


def shown(name: str) -> str:
    """`name`, in quotation marks when it does not read like one."""
    words = set(re.findall(r"[^\W\d_]+", _folded(name)))
    if len(name) <= LONGEST and not _SIGNS.search(name) and not words & _telling():
        return name
    return '"' + re.sub(r"[\"“”«»„‟]", "'", name) + '"'


def _folded(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in spread if not unicodedata.combining(sign))


@cache
def _telling() -> frozenset[str]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return frozenset(_folded(word) for words in data["telling"].values() for word in words)
