"""The separators of an X12 file, found from its first segment or, without one, from how known segments begin."""

import re
from collections import Counter
from dataclasses import dataclass

from assistant.errors import InputError

BLANK = " \t\r\n\x1a\0"
"""Blanks, line ends, and the end marks and padding that mainframes leave behind. `str.strip()` would not do: it takes
the control characters 1C to 1F too, which X12 uses as separators."""

_KNOWN = "ISA|GS|ST|BPR|BHT|TRN|DTM|N1|N3|N4|REF|PER|LX|TS3|TS2|CLP|CAS|NM1|MIA|MOA|AMT|QTY|SVC|LQ|PLB|SE|GE|IEA|AK1|HL"
_INTERCHANGE = re.compile(r"ISA([^A-Za-z0-9 \t\r\n])0\d\1", re.IGNORECASE)
_FRAGMENT = re.compile(rf"(?:{_KNOWN})([^A-Za-z0-9 \t\r\n])", re.IGNORECASE)
_COMPONENT = re.compile(r"(?:SVC|SV1|SV2|HI).(?:HC|NU|AD|WK|HP|IV|N4|ER|ZZ|ABK|BK)([^A-Za-z0-9 \t\r\n])[A-Z0-9]", re.I)
NEWLINE = "\n"
_GAP = 80
"""Blanks and line ends looked past between the end of a segment and the next one's name."""
_EDGES = 400
"""How far the end of an ISA is looked for: the standard one has 106 characters, bad ones a few dozen more."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Separators of one interchange. A terminator of `\\n` stands for LF, CR and CRLF alike."""

    element: str = "*"
    component: str = ":"
    terminator: str = "~"
    repetition: str = ""
    """Empty where the version has none (before 00402)."""
    lowercase: bool = False
    """The file writes its segment names in lower case, which X12 does not allow."""


def interchange_start(text: str, position: int = 0) -> int:
    """Where the next ISA begins at or after `position`; -1 when there is none."""
    for name in ("ISA", "isa"):
        start = text.find(name, position)
        while start >= 0:
            if _INTERCHANGE.match(text, start):
                return start
            start = text.find(name, start + 1)
    return -1


def sniff(text: str) -> Delimiters:
    """The delimiters at the head of `text` (a few hundred characters are enough).

    Raises InputError when nothing in it looks like X12.
    """
    head = text.lstrip(BLANK + "\ufeff")
    found = _INTERCHANGE.match(head)
    return _from_isa(head, found.group(1)) if found else _from_fragment(head)


def _from_isa(head: str, element: str) -> Delimiters:
    """ISA has 16 elements; what follows the 16th separator is the component separator, then the terminator.

    Counting separators, not columns, reads an ISA of the wrong length too.
    """
    group = re.compile(rf"GS{re.escape(element)}", re.IGNORECASE)
    position = 0
    for _ in range(16):
        position = head.find(element, position) + 1
        if position == 0:
            break
    following = group.search(head, 3)
    end = following.start() if following else min(len(head), position + 2)
    lowercase = head.startswith("isa")
    if position == 0 or position > end:
        return Delimiters(element, _component(head, element), _terminator(head, element), "", lowercase)
    tail = head[position:end] if end - position < _EDGES else head[position : position + 2]
    marks = [character for character in tail if character not in BLANK]
    if len(marks) >= 2:
        component, terminator = marks[0], marks[1]
    elif marks and any(character in "\r\n" for character in tail):
        component, terminator = marks[0], NEWLINE
    elif marks:
        component, terminator = _component(head, element), marks[0]
    else:
        component, terminator = _component(head, element), NEWLINE
    fields = head[:position].split(element)
    repetition = fields[11].strip(BLANK)[:1] if len(fields) > 12 else ""
    if repetition.isalnum() or fields[12].strip(BLANK) < "00402":
        repetition = ""
    return Delimiters(element, component, terminator, repetition, lowercase)


def _from_fragment(head: str) -> Delimiters:
    """A file without ISA: its first segment names the element separator, the ends of the others the terminator."""
    found = _FRAGMENT.match(head)
    if not found:
        raise InputError("it does not look like X12: no ISA, GS or ST segment at its start")
    element = found.group(1)
    return Delimiters(element, _component(head, element), _terminator(head, element), "", head[:2].islower())


def _terminator(head: str, element: str) -> str:
    """The character met most often right before a known segment begins."""
    begins = re.compile(rf"(?:{_KNOWN}){re.escape(element)}", re.IGNORECASE)
    seen: Counter[str] = Counter()
    for match in begins.finditer(head, 2):
        before = head[max(0, match.start() - _GAP) : match.start()]
        bare = before.rstrip(" \t\r\n")
        if bare and not (bare[-1].isascii() and bare[-1].isalnum()) and bare[-1] != element:
            seen[bare[-1]] += 1
        elif before[len(bare) :].strip(" \t"):
            seen[NEWLINE] += 1
    return seen.most_common(1)[0][0] if seen else "~"


def _component(head: str, element: str) -> str:
    found = _COMPONENT.search(head)
    return found.group(1) if found and found.group(1) != element else ":"
