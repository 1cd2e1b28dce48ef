"""Codes that stand beside a selected one: long-term drugs with diabetes, the BMI with obesity. Facts come from the note."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.chart.note import Assertion, Mention, Note, Span
from assistant.suggest.candidates import Candidate
from assistant.suggest.selection import Scored, Selection, Validator
from corpus.codes import Code
from corpus.index.search import UnitHit
from corpus.index.sides import weeks_of
from corpus.index.terms import TermKind

_DIABETES = ("E08", "E09", "E11", "E13")
_ANTIDIABETIC = ("Z79.4", "Z79.84", "Z79.85")
_OBESITY = ("E66", "E43", "E44", "E46", "R63.4", "R63.5", "R63.6", "F50")
_BMI = re.compile(r"\b(?:BMI|body mass index)\b[^\d\r\n.;]{0,20}?(\d{2}(?:\.\d{1,2})?)\b", re.I)
_PREGNANCY = ("O0", "O1", "O2", "O3", "O4", "O6", "O7", "O98", "O99", "Z34")
_GESTATION = re.compile(
    r"\b\d{1,2} ?w(?:ks?|eeks?)?(?:,? ?(?:and |& )?\d ?(?:d|days?))? ?(?:gestation(?:al age)?|ega|pregnant|iup|ga)\b"
    r"|\b(?:pregnan\w*|gestation\w*|ega|ga|iup)\b[^.;\n]{0,25}?\b\d{1,2} ?(?:weeks?|wks?|w)\b",
    re.I,
)
_STOPPED = re.compile(r"\b(?:stop(?:ped)?|discontinu\w+|held|hold|allerg\w+|intoleran\w+|declin\w+|not taking)\b", re.I)


@lru_cache(maxsize=1)
def _long_term_drugs() -> tuple[re.Pattern[str], dict[str, str]]:
    from corpus.lexicon.words import drugs

    codes: dict[str, str] = {}
    for drug in drugs():
        if drug.long_term_code in _ANTIDIABETIC:
            for name in (drug.brand, drug.generic):
                if name and len(name) > 3:
                    codes[name.lower()] = drug.long_term_code
    codes.setdefault("insulin", "Z79.4")
    names = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    return re.compile(rf"\b(?:{names})\b", re.I), codes


def supporting_codes(chosen: Selection, note: Note, mentions: Sequence[Mention], valid: Validator) -> Selection:
    """`chosen` with the status codes that its diagnoses call for and the note states (OCG I.C.4.a.3, I.B.14)."""
    selected = {item.code.code: item for item in chosen.chosen}
    extra: list[Scored] = []
    if diabetes := next((item for code, item in selected.items() if code.startswith(_DIABETES)), None):
        pattern, codes = _long_term_drugs()
        for found in pattern.finditer(note.text):
            line_start = note.text.rfind("\n", 0, found.start()) + 1
            if _STOPPED.search(note.text[line_start : found.start()]):
                continue
            code = valid(codes[found.group().lower()])
            if code and code.code not in selected and all(item.code.code != code.code for item in extra):
                extra.append(_stated(code, Span(*found.span()), note, diabetes, "medications"))
    if obesity := next((item for code, item in selected.items() if code.startswith(_OBESITY)), None):
        stated = [found for found in _BMI.finditer(note.text) if 10 <= float(found.group(1)) <= 99]
        if stated and not any(code.startswith("Z68") for code in selected):
            code = valid(_bmi_code(float(stated[-1].group(1))))
            if code:
                extra.append(_stated(code, Span(*stated[-1].span()), note, obesity, "vitals"))
    if pregnancy := next((item for code, item in selected.items() if code.startswith(_PREGNANCY)), None):
        for match in _GESTATION.finditer(note.text):
            weeks = weeks_of(match.group())
            code = valid(f"Z3A.{weeks:02d}") if weeks is not None else None
            if code and code.code not in selected:
                extra.append(_stated(code, Span(*match.span()), note, pregnancy, "history_of_present_illness"))
                break
    return replace(chosen, chosen=(*chosen.chosen, *extra)) if extra else chosen


def _bmi_code(value: float) -> str:
    """The adult Z68 code of a body mass index in kg/m2 (tabular list, category Z68)."""
    if value < 20:
        return "Z68.1"
    if value < 40:
        return f"Z68.{int(value)}"
    for limit, code in ((45, "Z68.41"), (50, "Z68.42"), (60, "Z68.43"), (70, "Z68.44")):
        if value < limit:
            return code
    return "Z68.45"


def _stated(code: Code, span: Span, note: Note, beside: Scored, section: str) -> Scored:
    mention = Mention(span, note.at(span), section, Assertion.PRESENT)
    candidate = Candidate(mention, code, UnitHit(code.stem, 1.0, code.title, TermKind.TITLE, 1.0, 0.0), 0, 1.0, 0.0)
    return Scored(code, round(beside.probability * 0.9, 4), (candidate,))
