"""Reading the code references in the tabular list's instructional lines into patterns.

Understood forms, all found in the FY2026 tabular list: `(E11.-)`, `(N18.1-N18.6)`, `(E00-E03.-)`, `(O10-O11, O13-O16)`,
`(T36-T50 with fifth or sixth character 5)`, `(E08-E13 with .31, .32)`, `(I69. with final characters -20)`,
`(S02.- with 7th character B)`, `with open fracture 7th character`, and references without parentheses
(`conditions classified to A74.-`). Codes in parentheses win over codes in the running words beside them.
"""

import re
from functools import lru_cache

from assistant.guidelines.pattern import CharacterTest, CodePattern, order_key, undotted

_CODE = r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?|U\d\d(?:\.\d+)?"
_REFERENCE = re.compile(
    rf"(?<![0-9A-Za-z])(?P<low>{_CODE})(?:\.?-*\s*(?:-|–|\bto\b)\s*(?P<high>{_CODE}))?(?![0-9A-Za-z])\.?-*"
)
_VITAMIN = re.compile(r"\bvitamin\s+B\d+\b", re.IGNORECASE)
_SCOPE = re.compile(r"\bfor codes\b.*?, to\b", re.IGNORECASE)
_PARENTHESES = re.compile(r"[(\[]([^()\[\]{}]*)[)\]}]?")
_WITH = re.compile(
    r",?\s*\bwith\b\s*(?=\.|[a-z0-9]+(?:(?: or | to )[a-z0-9]+)?[- ]characters?|open fracture)", re.IGNORECASE
)
_POSITIONS = {"fourth": "4", "fifth": "5", "sixth": "6", "six": "6", "seventh": "7", "final": "$"} | {
    f"{n}th": str(n) for n in range(4, 8)
}
_CHARACTER = re.compile(
    r"(?P<first>\w+)(?: (?P<join>or|to) (?P<second>\w+))?[- ]characters?\s*(?P<values>.*)", re.IGNORECASE | re.DOTALL
)
_OPEN_FRACTURE = CharacterTest("7", tuple((value, value) for value in "BCEFHJMNQR"))
_VALUE = re.compile(r"\.?(?P<low>[0-9A-Z]{1,5})-*(?:(?<=-)\.?(?P<high>[0-9A-Z]{1,5}))?")


@lru_cache(maxsize=20_000)
def parse_reference(text: str) -> tuple[CodePattern, ...]:
    """Every code pattern that a line of the tabular list refers to, in reading order, without repeats.

    Never raises: words that hold no code give an empty tuple.
    """
    line = _SCOPE.sub("", _VITAMIN.sub("", text))
    groups = [group for group in _PARENTHESES.findall(line) if _REFERENCE.search(group)]
    found: dict[CodePattern, None] = {}
    for group in groups or [line]:
        for pattern in _group(group):
            found[pattern] = None
    return tuple(found)


def _group(text: str) -> list[CodePattern]:
    clause = _WITH.search(text)
    listed, condition = (text[: clause.start()], text[clause.end() :]) if clause else (text, "")
    # A code after the clause's values starts a new list: `(A37.- with fifth character 1, B05)` would.
    rest = _REFERENCE.search(condition)
    tests = _tests(condition[: rest.start()] if rest else condition)
    patterns = [pattern for match in _REFERENCE.finditer(listed) for pattern in _spans(match, tests)]
    return patterns + (_group(condition[rest.start() :]) if rest else [])


def _spans(match: re.Match[str], tests: tuple[CharacterTest, ...]) -> list[CodePattern]:
    low, high = undotted(match["low"]), undotted(match["high"] or match["low"])
    if order_key(high) < order_key(low):
        return [CodePattern(low, low, tests), CodePattern(high, high, tests)]
    return [CodePattern(low, high, tests)]


def _tests(condition: str) -> tuple[CharacterTest, ...]:
    text = condition.strip()
    if not text:
        return ()
    if text.lower().startswith("open fracture"):
        return (_OPEN_FRACTURE,)
    if text.startswith("."):
        return _test(".", text)
    named = _CHARACTER.match(text)
    if not named or named["first"].lower() not in _POSITIONS:
        return ()
    first = _POSITIONS[named["first"].lower()]
    second = _POSITIONS.get((named["second"] or "").lower(), first)
    if named["join"] and named["join"].lower() == "to":
        value = _VALUE.match(named["values"].strip())
        pair = value["low"] if value else ""
        return tuple(CharacterTest(where, ((char, char),)) for where, char in zip((first, second), pair, strict=False))
    if first != second:
        return _test("i", named["values"])
    if first != "$" and named["values"].strip().startswith("."):
        return _test(first, named["values"])
    return _test("." if named["values"].strip().startswith(".") else first, named["values"])


def _test(where: str, text: str) -> tuple[CharacterTest, ...]:
    values = [
        (match["low"], match["high"] or match["low"])
        for match in (_VALUE.fullmatch(part.strip(" -")) for part in re.split(r"\s+or\s+|[,;]\s*|\.\s+(?=\.)", text))
        if match
    ]
    return (CharacterTest(where, tuple(values)),) if values else ()
