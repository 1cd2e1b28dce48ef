"""The dose that a note says of a drug, and the HCPCS units it makes: shown as arithmetic, asked for where none can be done."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_NUMBER = r"(\d[\d,]*(?:\.\d+)?|\.\d+)"
_UNIT = r"(million\s+units?|mcg|µg|ug|mg|grams?|gm|g|units?|iu|u|meq|liters?|l|ml|cc)"
_DOSE = re.compile(rf"(?<![\d.-]){_NUMBER}\s*-?\s*{_UNIT}\b(?!\s*/\s*(?:\d|kg|ml|cc|min|hr|h\b))", re.I)
_RANGE = re.compile(rf"\d\s*(?:-|–|to)\s*{_NUMBER}\s*{_UNIT}\b", re.I)
_STRENGTH = re.compile(rf"{_NUMBER}\s*{_UNIT}\s*/\s*(\d+(?:\.\d+)?)?\s*(?:ml|cc)\b", re.I)
_VOLUME = re.compile(rf"(?<![\d./]){_NUMBER}\s*(?:ml|cc)\b", re.I)
_NAMED_STRENGTH = re.compile(r"^[\s-]*(10|40|80)\b(?!\s*(?:mg|ml|cc|mcg|units?))", re.I)
_COUNT = re.compile(
    r"\b(?:x|×)\s?([2-6])\b(?!\s*(?:days?|weeks?|wks?|months?))|"
    r"\b(two|three|2|3) (?:doses|treatments|nebs|nebulizers)\b|\b(twice)\b",
    re.I,
)
_EACH = re.compile(
    r"\b(?:each|both) (?:knee|shoulder|hip|side|elbow|wrist|hand|foot|heel|eye|deltoid|buttock|glut\w*)s?\b", re.I
)
_BOTH_SIDES = re.compile(r"\bbilateral(?:ly)?\b", re.I)
_BESIDE = re.compile(r"\s*(?:of\s+)?(?:iv\s+|im\s+)?", re.I)
_PAUSE = re.compile(r"[,;.]|\b(?:and|with|plus|then)\b", re.I)
_MORE = re.compile(
    r"(?:,|\b(?:and|plus|then|again|another|additional|followed by|repeated?(?: with| dose(?: of)?)?|second dose(?: of)?))\s*$",
    re.I,
)
_BEFORE = re.compile(r"\b(two|three|[2-6])\s*$", re.I)
_WORDS = {"two": 2, "three": 3, "twice": 2}
_BASE: dict[str, tuple[str, Decimal | int]] = {
    "mg": ("mg", 1), "mcg": ("mg", Decimal("0.001")), "ug": ("mg", Decimal("0.001")), "µg": ("mg", Decimal("0.001")),
    "g": ("mg", 1000), "gm": ("mg", 1000), "gram": ("mg", 1000), "grams": ("mg", 1000),
    "unit": ("units", 1), "units": ("units", 1), "iu": ("units", 1), "u": ("units", 1),
    "million unit": ("units", 1_000_000), "million units": ("units", 1_000_000), "meq": ("meq", 1),
    "ml": ("ml", 1), "cc": ("ml", 1), "l": ("ml", 1000), "liter": ("ml", 1000), "liters": ("ml", 1000),
}  # fmt: skip
_BILLED = re.compile(rf"(?:up to )?{_NUMBER}\s*{_UNIT}", re.I)
_ONE_EACH = re.compile(r"1 (?:device|implant\b.*|dose|patch|ring|suppository|applicator|pair|cap)")


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount in a base unit (mg, units, meq or ml), the words it was read from, and how often it was given."""

    amount: Decimal
    measure: str
    said: str
    times: int = 1
    also: str = ""
    """A second dose said behind it: then nobody can tell the whole from the words."""

    @property
    def total(self) -> Decimal:
        """Of all times."""
        return self.amount * self.times


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Units for the claim with the arithmetic, or None with the question that has to be answered first."""

    units: int | None
    arithmetic: str = ""
    question: str = ""


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _amount(number: str, unit: str) -> tuple[Decimal, str] | None:
    found = _decimal(number)
    base = _BASE.get(" ".join(unit.lower().split()))
    return (found * base[1], base[0]) if found and base else None


def billed_unit(text: str) -> tuple[Decimal, str] | None:
    """`15 mg` -> (15, mg), `up to 1000 mcg` -> (1, mg); None for a unit that is no single amount."""
    found = _BILLED.fullmatch(text.strip())
    return _amount(found[1], found[2]) if found else None


def dose_in(before: str, after: str, sentence: str, measure: str) -> Dose | None:
    """The dose said of a drug between the words `before` and `after` it; None when none or a range is said.

    `measure` is what the code counts (mg, units, meq, ml): a dose in another measure is not this drug's.
    """
    times = _times(f"{before[-25:]} {after}", sentence)
    if _RANGE.search(after[:40]):
        return None
    ahead = [match for match in _DOSE.finditer(before) if _BESIDE.fullmatch(before[match.end() :])]
    if ahead and (read := _amount(ahead[-1][1], ahead[-1][2])) and read[1] == measure:
        return Dose(read[0], measure, ahead[-1][0].strip(), times)
    rest = _STRENGTH.sub(" ", after)
    trailing = [match for match in _DOSE.finditer(rest) if _BESIDE.fullmatch(rest[match.end() :])]
    if trailing and _PAUSE.search(rest[: trailing[-1].start()]):  # `ketorolac IM and 25 mg` before the next drug's name
        rest = rest[: trailing[-1].start()]
    for text, last in ((rest, False), (_STRENGTH.sub(" ", before), True)):
        found = [
            match for match in _DOSE.finditer(text) if (read := _amount(match[1], match[2])) and read[1] == measure
        ]
        if found and (not last or len(text) - found[-1].end() < 45):
            match = found[-1 if last else 0]
            read = _amount(match[1], match[2])
            assert read is not None
            more = next((other for other in found[1:] if not last and _MORE.search(text[: other.start()])), None)
            return Dose(read[0], measure, match[0].strip(), times, more[0].strip() if more else "")
    return _by_strength(before, after, measure, times)


def _by_strength(before: str, after: str, measure: str, times: int) -> Dose | None:
    """`1 mL of Kenalog 40 mg/mL`, `Kenalog-40 1 mL`, `20 mg/2 mL syringe`."""
    strength = _STRENGTH.search(after) or _STRENGTH.search(before[-60:])
    named = _NAMED_STRENGTH.search(after)
    plain = _STRENGTH.sub(" ", after)
    volume = _VOLUME.search(plain) or next(reversed([*_VOLUME.finditer(_STRENGTH.sub(" ", before[-60:]))]), None)
    if strength:
        read, per = _amount(strength[1], strength[2]), Decimal(strength[3] or 1)
        if read is None or read[1] != measure:
            return None
        if volume and (much := _decimal(volume[1])):
            return Dose(read[0] / per * much, measure, f"{volume[0]} of {strength[0]}", times)
        return Dose(read[0], measure, strength[0], times) if strength[3] else None
    if named and volume and measure == "mg" and (much := _decimal(volume[1])):
        return Dose(Decimal(named[1]) * much, measure, f"{volume[0]} of {named[1]} mg/mL", times)
    return None


def _times(near: str, sentence: str) -> int:
    found = _COUNT.search(near)
    said = next((group for group in found.groups() if group), "1").lower() if found else "1"
    return (_WORDS.get(said) or int(said)) * (2 if _EACH.search(sentence) else 1)


def reckon(unit: str, dose: Dose | None, before: str, after: str, sentence: str) -> Reckoning:
    """Units of a code whose billing unit is `unit`, e.g. `15 mg`."""
    if _ONE_EACH.fullmatch(unit):
        return Reckoning(1, f"one unit is {unit}")
    if " with up to " in unit:
        counted = _BEFORE.search(before)
        times = _times(f"{before[-25:]} {after}", sentence)
        if counted:
            times = _WORDS.get(counted[1].lower()) or int(counted[1])
        return Reckoning(times, f"{times} x one unit ({unit})")
    billed = billed_unit(unit)
    if billed is None:
        return Reckoning(None, question=f"One unit is {unit or 'not stated'}: how many were given?")
    if dose is None:
        return Reckoning(None, question=f"The note does not say the dose; one unit is {unit}. How much was given?")
    if dose.also:
        return Reckoning(None, question=f"The note says {dose.said} and {dose.also}: how much was given in all?")
    units = math.ceil(dose.total / billed[0])
    total = f"{_plain(dose.total)} {dose.measure}"
    if dose.times > 1:
        total = f"{dose.times} x {dose.said} = {total}; {total}"
    elif _plain_words(dose.said) != total:
        total = f"{dose.said} = {total}; {total}"
    rounded = ", rounded up" if dose.total % billed[0] else ""
    arithmetic = f"{total} / {unit} per unit = {units} unit{'s' if units > 1 else ''}{rounded}"
    unclear = _BOTH_SIDES.search(sentence) and dose.times == 1
    return Reckoning(units, arithmetic, "Both sides are named: is the dose for each side?" if unclear else "")


def _plain_words(text: str) -> str:
    return " ".join(text.replace(",", "").split())


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
