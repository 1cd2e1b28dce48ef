"""What keeps a near miss from being chosen, and what in the note would change that: told from how two code titles differ."""

import json
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.suggest.suggestion import NotCodedReason

_FILE = Path(__file__).parent / "rules" / "contrast.json"
_ALIKE = 0.3
"""Share of common words from which two titles are taken for kinds of one thing."""
_LONGEST = 90
_NUMBER = re.compile(r"\d[ab]?|I{1,3}|IV|V", re.I)
_WORD = re.compile(r"[^\s,;()\[\]]+")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    read["axes"] = tuple((name, re.compile(pattern, re.I)) for name, pattern in read["axes"])
    read["open"], read["rest"] = re.compile(read["open"], re.I), re.compile(read["rest"], re.I)
    read["joining"], read["keep_first"] = frozenset(read["joining"]), frozenset(read["keep_first"])
    return read


@lru_cache(maxsize=50_000)
def contrast(chosen: str, other: str) -> str:
    """Why the code titled `chosen` was taken and not the one titled `other`, as one sentence that says what would change it."""
    own, its = _words(chosen), _words(other)
    matcher = SequenceMatcher(None, [_key(word) for word in own], [_key(word) for word in its], autojunk=False)
    added: list[str] = []
    lost: list[str] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            lost += _phrase(own, a, b)
            added += _phrase(its, c, d)
            if {word.lower() for word in (*own[a:b], *its[c:d])} >= {"with", "without"}:
                return _other_way(its, c, d)
    extra = [phrase for phrase in added if _key(phrase) not in {_key(one) for one in lost}]
    missing = [phrase for phrase in lost if _key(phrase) not in {_key(one) for one in added}]
    left_open = [phrase for phrase in missing if _data()["open"].search(phrase)]
    opened = any(_data()["open"].search(phrase) for phrase in extra) and not left_open
    extra = [phrase for phrase in extra if not _data()["open"].search(phrase)]
    residual = _data()["rest"].search(other) and not _data()["rest"].search(chosen)
    if matcher.ratio() < _ALIKE:
        return f'Another condition: the note would have to say "{_short(_bare(other))}".'
    axis = _axis(extra, missing, chosen, other)
    told = f" ({axis})" if axis else ""
    if left_open and extra:
        return f'Right if the note said "{_joined(extra)}"; it leaves {axis or "that"} open.'
    if residual and missing:
        return f'For another kind than "{_joined(missing)}"; right if the note named one that has no code of its own.'
    if opened and missing and not extra:
        return f'Leaves {axis or "the detail"} open, for a note that does not say "{_joined(missing)}".'
    if extra and missing:
        return f'Right if the note said "{_joined(extra)}" instead of "{_joined(missing)}"{told}.'
    if extra:
        return f'Right if the note also said "{_joined(extra)}"{told}.'
    if opened:
        return f"Leaves {axis or 'the detail'} open; right only if the note said less."
    if residual:
        return "For kinds without a code of their own; right if the note named one."
    if missing:
        return f'Says less: right if the note did not say "{_joined(missing)}"{told}.'
    return "Says much the same; the note's words are closer to the code taken."


def dropped(reason: NotCodedReason | None, kept: str) -> str:
    """Why a code was left out beside the code `kept`, and what would bring it back."""
    match reason:
        case NotCodedReason.INTEGRAL_SYMPTOM:
            return f"Part of {kept} and not coded beside it; right if the note gave it another cause."
        case NotCodedReason.EXCLUDED:
            return f"An Excludes1 note keeps it apart from {kept}; right if the note showed two unrelated conditions."
        case _:
            return f"{kept} says it with more detail or in combination; right only if {kept} did not hold."


def _words(title: str) -> list[str]:
    return _WORD.findall(title)


def _key(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", word.lower()).strip()


def _phrase(words: Sequence[str], start: int, end: int) -> list[str]:
    """The words of the stretch without joining words at its ends; a `without` at its start stays, and one before it joins."""
    joining, keep = _data()["joining"], _data()["keep_first"]
    while start < end and words[start].lower() in joining and words[start].lower() not in keep:
        start += 1
    while end > start and words[end - 1].lower() in joining:
        end -= 1
    if start == end:
        return []
    if start and (words[start - 1].lower() in keep or _NUMBER.fullmatch(words[start])):
        start -= 1
    return [" ".join(words[start:end])]


def _other_way(its: Sequence[str], start: int, end: int) -> str:
    """For two titles of which one says `with` and the other `without`."""
    here = next((at for at in range(start, end) if its[at].lower() in ("with", "without")), start)
    said = " ".join(its[here : here + 6])
    return f'Right if the note said "{_short(said)}".'


def _axis(extra: Sequence[str], missing: Sequence[str], chosen: str, other: str) -> str:
    """What the differing words are about: an axis found on both sides, else on either."""
    one, two = " ".join(extra), " ".join(missing)
    axes: tuple[tuple[str, re.Pattern[str]], ...] = _data()["axes"]
    for name, pattern in axes:
        if pattern.search(one) and pattern.search(two):
            return name
    for name, pattern in axes:
        if pattern.search(one or two):
            return name
    whole = f"{chosen} {other}"
    for word in ("stage", "class", "type", "trimester"):
        if re.search(rf"\b{word}\b", f"{one} {two}", re.I):
            return "the type of diabetes" if word == "type" and "diabet" in whole.lower() else f"the {word}"
    return ""


def _bare(title: str) -> str:
    return " ".join(
        word for word in _words(_data()["open"].sub("", title)) if word.lower() not in ("site", "encounter")
    )


def _joined(phrases: Sequence[str]) -> str:
    return _short(" ... ".join(phrases))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " ..."
