"""Codes that stand beside a selected one: long-term drugs, the BMI with obesity, weeks of gestation. Facts come from the note."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.chart.lexicon import TrieLexicon
from assistant.chart.note import Assertion, Mention, Note, Span
from assistant.chart.sections import sections
from assistant.chart.substances import find_drugs
from assistant.suggest.candidates import Candidate
from assistant.suggest.circumstances import PLAIN, circumstances
from assistant.suggest.companions import stated_companions
from assistant.suggest.drug_effects import drug_effects
from assistant.suggest.gestation import gestation, weeks_in
from assistant.suggest.selection import Scored, Selection, Validator
from corpus.codes import Code
from corpus.index.search import UnitHit
from corpus.index.sides import weeks_of
from corpus.index.terms import TermKind

_DIABETES = ("E08", "E09", "E11", "E13")
_OBESITY = ("E66", "E43", "E44", "E46", "R63.4", "R63.5", "R63.6", "F50")
_BMI = re.compile(r"\b(?:BMI|body mass index)\b[^\d\r\n.;]{0,20}?(\d{2}(?:\.\d{1,2})?)\b", re.I)
_PREGNANCY = ("O0", "O1", "O2", "O3", "O4", "O6", "O7", "O80", "O82", "O98", "O99", "Z34")
_GESTATION = re.compile(
    r"\b\d{1,2} ?w(?:ks?|eeks?)?(?:,? ?(?:and |& )?\d ?(?:d|days?))? ?(?:gestation(?:al age)?|ega|pregnant|iup|ga)\b"
    r"|\b(?:pregnan\w*|gestation\w*|ega|ga|iup)\b[^.;\n]{0,25}?\b\d{1,2} ?(?:weeks?|wks?|w)\b",
    re.I,
)
_LONG_TERM = (
    "Z79.01", "Z79.02", "Z79.4", "Z79.51", "Z79.52", "Z79.60", "Z79.61", "Z79.620", "Z79.621", "Z79.622", "Z79.623",
    "Z79.624", "Z79.631", "Z79.64", "Z79.810", "Z79.811", "Z79.818", "Z79.82", "Z79.83", "Z79.84", "Z79.85", "Z79.890",
)  # fmt: skip
"""Status codes a stated drug may bring (OCG I.C.21.c.3); not those of drugs mostly taken for a course, as antibiotics are."""
_FOR_A_DAY = frozenset(
    {"dexamethasone", "methylprednisolone", "solu-medrol", "depo-medrol", "medrol", "medrol dosepak"}
)
"""Drugs of those kinds that notes mostly name as single doses or a short course."""
_ANTIDIABETIC = ("Z79.4", "Z79.84", "Z79.85")
_NOT_YET = re.compile(
    r"\b(?:begin|start(?:s|ed|ing)?|add(?:s|ed|ing)?|prescrib\w+|once|next|will|waits?|consider\w*|declin\w+|until|"
    r"given|gave|today|tomorrow|finish\w*|complet\w+|course|due to|reaction)\b[^.;\n]{0,45}$",
    re.I,
)
_FOR_A_TIME = re.compile(
    r"^[^.;\n]{0,40}?\b(?:x ?\d+ ?(?:d|days?|wks?|weeks?)\b|(?:for|over) (?:\w+ ){0,2}(?:days?|weeks?|months?)\b|taper\w*|burst|"
    r"falling|"
    r"\bI[VM]\b|intravenous\w*|intramuscular\w*|bolus|"
    r"to (?:begin|start)|once\b|next\b|until\b|course\b|tomorrow\b|today\b|rins\w+|nights\b)",
    re.I,
)
DRUG = 0.7
"""Probability shown for a long-term drug: of 67 on the training and development notes 54 were right."""


CIRCUMSTANCE = 0.65
"""Probability shown for a code that the note states beside another: see docs/evaluation-ranking.md."""


@lru_cache(maxsize=1)
def _long_term_drugs() -> TrieLexicon:
    from corpus.lexicon.words import drugs

    codes = {
        name.lower(): drug.long_term_code
        for drug in drugs()
        if drug.long_term_code in _LONG_TERM
        for name in (drug.brand, drug.generic)
        if name and len(name) > 3 and name.lower() not in _FOR_A_DAY
    }
    codes.setdefault("insulin", "Z79.4")
    return TrieLexicon(codes.items())


def _taken_for_long(note: Note) -> dict[str, Mention]:
    """Z79 code -> the first drug of its kind that the note states as taken, neither new nor for a limited time."""
    found: dict[str, Mention] = {}
    for drug in find_drugs(note, sections(note), _long_term_drugs()):
        span = drug.mention.span
        before, after = note.text[max(0, span.start - 60) : span.start], note.text[span.end : span.end + 60]
        if drug.mention.assertion is not Assertion.PRESENT or drug.group in found:
            continue
        if drug.group not in _ANTIDIABETIC and (_NOT_YET.search(before) or _FOR_A_TIME.search(after)):
            continue
        found[drug.group] = drug.mention
    return found


def supporting_codes(chosen: Selection, note: Note, mentions: Sequence[Mention], valid: Validator) -> Selection:
    """`chosen` with the status codes that its diagnoses call for and the note states (OCG I.C.4.a.3, I.B.14)."""
    selected = {item.code.code: item for item in chosen.chosen}
    extra: list[Scored] = []
    diabetes = next((item for code, item in selected.items() if code.startswith(_DIABETES)), None)
    for name, drug in _taken_for_long(note).items():
        code = valid(name)
        if code is None or code.code in selected or (name in _ANTIDIABETIC and not diabetes):
            continue
        likely = _beside(diabetes) if diabetes and name in _ANTIDIABETIC else DRUG
        extra.append(_stated(code, drug, likely))
    if obesity := next((item for code, item in selected.items() if code.startswith(_OBESITY)), None):
        stated = [found for found in _BMI.finditer(note.text) if 10 <= float(found.group(1)) <= 99]
        if stated and not any(code.startswith("Z68") for code in selected):
            code = valid(_bmi_code(float(stated[-1].group(1))))
            if code:
                extra.append(_stated(code, _mention(note, Span(*stated[-1].span()), "vitals"), _beside(obesity)))
    if pregnancy := next((item for code, item in selected.items() if code.startswith(_PREGNANCY)), None):
        dated = gestation(note.text)
        for match in (dated,) if dated else _GESTATION.finditer(note.text):
            weeks = weeks_in(match) if dated else weeks_of(match.group())
            code = valid(f"Z3A.{weeks:02d}") if weeks is not None else None
            if code and code.code not in selected:
                extra.append(
                    _stated(code, _mention(note, Span(*match.span()), "history_of_present_illness"), _beside(pregnancy))
                )
                break
    everything = [*chosen.chosen, *extra]
    everything += _circumstances(everything, note, valid)
    return replace(chosen, chosen=tuple(everything))


def _circumstances(items: list[Scored], note: Note, valid: Validator) -> list[Scored]:
    """What the note states around the codes of `items`; plain causes among these give way to one that tells more."""
    found: list[Scored] = []
    by_code = {item.code.code: item for item in items}
    evidence = [(item.code.code, [one.mention.span for one in item.candidates]) for item in items]
    for effect in drug_effects(evidence, note, valid):
        if effect.code.code not in by_code:
            found.append(_stated(effect.code, _mention(note, effect.span, "assessment"), CIRCUMSTANCE))
    told = circumstances(list(by_code), note, valid)
    for one in told:
        kind = one.code.code[:3] if one.code.code.startswith("Y9") else "cause"
        rivals = [
            code
            for code in by_code
            if (code[:3] if code.startswith("Y9") else "cause" if code[0] in "VWXY" else "") == kind
        ]
        if one.code.code in by_code or (kind == "cause" and one.code.code.startswith(PLAIN) and rivals):
            continue
        for code in rivals:
            if kind != "cause" or code.startswith(PLAIN):
                items.remove(by_code.pop(code))
        found.append(_stated(one.code, _mention(note, one.span, "history_of_present_illness"), CIRCUMSTANCE))
    codes = [*by_code, *(item.code.code for item in found)]
    for beside in stated_companions(codes, note, valid.book, valid):
        anchor = by_code.get(beside.anchor)
        if beside.span is not None:
            found.append(_stated(beside.code, _mention(note, beside.span, "assessment"), CIRCUMSTANCE))
        elif anchor is not None:
            found.append(Scored(beside.code, _beside(anchor), anchor.candidates))
    return found


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


def _mention(note: Note, span: Span, section: str) -> Mention:
    return Mention(span, note.at(span), section, Assertion.PRESENT)


def _beside(item: Scored) -> float:
    return round(item.probability * 0.9, 4)


def _stated(code: Code, mention: Mention, likely: float) -> Scored:
    candidate = Candidate(mention, code, UnitHit(code.stem, 1.0, code.title, TermKind.TITLE, 1.0, 0.0), 0, 1.0, 0.0)
    return Scored(code, likely, (candidate,))
