"""How probable it is that a code is coded: a logistic model over features that can be read by eye. Weights are data."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.chart.note import Assertion, Mention
from assistant.suggest.candidates import Candidate

HEADING = 0.5
"""Share of the first sentence of its line from which a mention counts as a heading."""
_FILE = Path(__file__).parent / "rules" / "ranking.json"
PLAN = frozenset({"assessment", "plan", "assessment_and_plan", "discharge_diagnosis", "impression", "diagnosis"})
STORY = frozenset(
    {
        "chief_complaint",
        "history_of_present_illness",
        "hospital_course",
        "reason_for_visit",
        "subjective",
        "interval_history",
    }
)
LISTS = frozenset({"past_medical_history", "problem_list", "past_surgical_history", "social_history", "family_history"})
REVIEW = frozenset(
    {
        "review_of_systems",
        "physical_exam",
        "vitals",
        "results",
        "medications",
        "allergies",
        "instructions",
        "orders",
        "procedure",
    }
)


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one code in one note. Every field has a weight of the same name."""

    bias: float
    cosine: float
    """Best cosine of a mention and a term of the code, minus 0.8."""
    lexical: float
    """BM25 of the same, 0 to 1."""
    exact: float
    """1 when the mention says a term of the code word for word."""
    margin: float
    """Lead over the next candidate of the same mention, at most 0.5."""
    place: float
    """Best place among a mention's candidates: 0, 1, 2; at most 3."""
    in_plan: float
    plan_heading: float
    """1 when a mention in the plan fills most of the first sentence of its line."""
    plan_heading_of_other: float
    """1 when the plan has headings, and none of them is this code's."""
    in_story: float
    in_complaint: float
    in_list: float
    in_review: float
    """1 when nothing but review of systems, exam, results or medicines speaks of it."""
    mentions: float
    """Natural log of the number of mentions."""
    sections: float
    """Natural log of the number of kinds of section that speak of it."""
    symptom: float
    symptom_beside_diagnosis: float
    symptom_in_prose: float
    """1 for a symptom that is no heading in a plan that has headings."""
    external_cause: float
    status: float
    """1 for a Z code."""
    unspecific_words: float
    """1 when the longest mention is a single word."""
    historical: float
    family: float
    possible: float


@dataclass(frozen=True, slots=True)
class Weights:
    """The model: weight by feature name, and the probability from which a code is selected."""

    weights: Mapping[str, float]
    threshold: float


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The shipped model."""
    data = _data()
    return Weights(data["weights"], data["threshold"])


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What one code's features need to know of the whole note."""

    diagnosis_in_plan: bool
    """The plan names a definite disease or injury."""
    headings: frozenset[str]
    """Codes that lead a mention which is a heading of the plan."""
    plan: frozenset[str]
    """Kinds of section that hold the plan: without one, what the note tells freely stands for it."""


def note_facts(leading: Iterable[Candidate], mentions: Iterable[Mention]) -> NoteFacts:
    """Facts from the leading candidate of every mention, and from where the note's mentions stand."""
    plan = PLAN if any(mention.section in PLAN for mention in mentions) else PLAN | STORY | {"other"}
    listed = [candidate for candidate in leading if candidate.mention.section in plan]
    return NoteFacts(
        any(not is_symptom(candidate.code.code) and candidate.code.code[0] not in "VWXYZ" for candidate in listed),
        frozenset(candidate.code.code for candidate in listed if candidate.share >= HEADING),
        plan,
    )


def is_symptom(code: str) -> bool:
    """Whether the code says a complaint or sign rather than a disease."""
    return code.startswith(_symptom_prefixes())


@lru_cache(maxsize=1)
def _symptom_prefixes() -> tuple[str, ...]:
    return tuple(_data()["symptom_prefixes"])


def features(candidates: Sequence[Candidate], facts: NoteFacts) -> Features:
    """Features of one code from all candidates that lead to it."""
    best = min(candidates, key=lambda candidate: (candidate.place, -candidate.score))
    sections = {candidate.mention.section for candidate in candidates}
    assertions = {candidate.mention.assertion for candidate in candidates}
    code = best.code.code
    symptom = is_symptom(code)
    heading = any(candidate.share >= HEADING and candidate.mention.section in facts.plan for candidate in candidates)
    return Features(
        bias=1.0,
        cosine=best.hit.cosine - 0.8,
        lexical=best.hit.lexical,
        exact=float(best.score > best.hit.cosine + 0.4),
        margin=min(best.margin, 0.5),
        place=min(best.place, 3),
        in_plan=float(bool(sections & facts.plan)),
        plan_heading=float(heading),
        plan_heading_of_other=float(bool(facts.headings) and not heading),
        in_story=float(bool(sections & STORY - facts.plan)),
        in_complaint=float("chief_complaint" in sections),
        in_list=float(bool(sections & LISTS)),
        in_review=float(bool(sections) and sections <= REVIEW),
        mentions=math.log(len(candidates)),
        sections=math.log(max(1, len(sections))),
        symptom=float(symptom),
        symptom_beside_diagnosis=float(symptom and facts.diagnosis_in_plan),
        symptom_in_prose=float(symptom and bool(facts.headings) and not heading),
        external_cause=float(code[0] in "VWXY"),
        status=float(code[0] == "Z"),
        unspecific_words=float(max(len(candidate.mention.text.split()) for candidate in candidates) == 1),
        historical=float(not assertions - {Assertion.HISTORICAL, Assertion.RESOLVED}),
        family=float(assertions == {Assertion.FAMILY}),
        possible=float(assertions == {Assertion.POSSIBLE}),
    )


def probability(found: Features, model: Weights | None = None) -> float:
    """Logistic of the weighted sum, in (0, 1), rounded to four places."""
    weights = (model or load_weights()).weights
    total = sum(weight * getattr(found, name) for name, weight in weights.items())
    return round(1 / (1 + math.exp(-total)), 4)
