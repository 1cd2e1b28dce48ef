"""What stands around a mention: the layout of its line, and words that say past, planned, treated. Rules are data."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.chart.note import Mention, Note

_RULES = Path(__file__).parent / "rules" / "surroundings.json"
REACH = 180
"""Code points on each side of a mention within which its sentence is read."""
SHORT, PLACE = 400, 0.7
"""In a note of fewer code points where a mention stands says nothing; it counts as standing there."""
_SENTENCE = re.compile(r"[.;:](?=\s)|[\r\n]")
_AFTER = re.compile(r"[.;](?=\s)|[\r\n]")
_OPENING = re.compile(
    r"[ \t>|]*(?:[•●▪■◦○∙‣⁃·*+–—-]+|#+|\(?\d{1,2}[.):]?|problem \d{1,2}:?|(?:dx|imp|a|pre-?op|post-?op)[ \t]*[:-])[ \t]*",
    re.I,
)
_NUMBER = re.compile(r"[ \t>|]*(?:#+|\(?\d{1,2}[.):]?(?=[ \t]+[A-Za-z])|problem \d{1,2}:?)", re.I)


@dataclass(frozen=True, slots=True)
class _Cue:
    where: str
    words: re.Pattern[str]


@lru_cache(maxsize=1)
def _cues() -> dict[str, _Cue]:
    listed = json.loads(_RULES.read_text(encoding="utf-8"))["cues"]
    return {name: _Cue(cue["where"], re.compile(cue["words"], re.I | re.S)) for name, cue in listed.items()}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one mention. `place` is where it stands in the note, 0 to 1; `said` maps each cue to whether its words are there."""

    opens: bool
    """Its line begins with it, behind a bullet, a number or a label."""
    numbered: bool
    """Its line has a number."""
    place: float
    said: Mapping[str, bool]


def surroundings(note: Note, mention: Mention) -> Surroundings:
    """The surroundings of `mention` in `note`."""
    text = note.text
    start, end = mention.span.start, mention.span.end
    line = max(text.rfind(mark, 0, start) for mark in "\r\n") + 1
    low = max(line, start - REACH)
    ends = [found.end() for found in _SENTENCE.finditer(text, low, start)]
    before = text[(ends[-1] if ends else low) : start]
    high = min(len(text), end + REACH)
    stop = _AFTER.search(text, end, high)
    after = text[end : stop.start() if stop else high]
    finish = re.compile(r"[\r\n]").search(text, end, high)
    rest = text[end : finish.start() if finish else high]
    parts = {"before": before, "after": after, "near": f"{before}{mention.text}{after}", "line": rest}
    opening = _OPENING.match(text, line, start)
    return Surroundings(
        (opening.end() if opening else line) >= start - 1 or not text[line:start].strip(),
        _NUMBER.match(text, line, start + 1) is not None,
        start / len(text) if len(text) >= SHORT else PLACE,
        {name: cue.words.search(parts[cue.where]) is not None for name, cue in _cues().items()},
    )
