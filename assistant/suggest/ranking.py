"""How probable it is that a code is coded: a logistic model over features that can be read by eye. Weights are data."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from assistant.chart.note import Assertion
from assistant.suggest.candidates import Candidate

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
    """What is known of one code in one note. Every field but `bias` has a weight of the same name."""

    bias: float
    score: float
    """Best search score, minus 1."""
    margin: float
    """Lead over the next candidate of the same mention, at most 0.5."""
    place: float
    """Best place among a mention's candidates: 0, 1, 2; at most 3."""
    in_plan: float
    in_story: float
    in_list: float
    in_review: float
    """1 when nothing but review of systems, exam, results or medicines speaks of it."""
    mentions: float
    """Natural log of the number of mentions."""
    symptom: float
    symptom_beside_diagnosis: float
    external_cause: float
    historical: float
    family: float
    possible: float


@dataclass(frozen=True, slots=True)
class Weights:
    """The model: weight by feature name, and the probability from which a code is selected."""

    weights: Mapping[str, float]
    threshold: float


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The shipped model."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return Weights(data["weights"], data["threshold"])


def features(candidates: Sequence[Candidate], diagnosis_in_plan: bool) -> Features:
    """Features of one code from all candidates that lead to it. `diagnosis_in_plan`: the plan names a definite disease."""
    best = min(candidates, key=lambda candidate: (candidate.place, -candidate.score))
    sections = {candidate.mention.section for candidate in candidates}
    assertions = {candidate.mention.assertion for candidate in candidates}
    symptom = best.code.code.startswith("R")
    return Features(
        bias=1.0,
        score=best.score - 1,
        margin=min(best.margin, 0.5),
        place=min(best.place, 3),
        in_plan=float(bool(sections & PLAN)),
        in_story=float(bool(sections & STORY)),
        in_list=float(bool(sections & LISTS)),
        in_review=float(bool(sections) and sections <= REVIEW),
        mentions=math.log(len(candidates)),
        symptom=float(symptom),
        symptom_beside_diagnosis=float(symptom and diagnosis_in_plan),
        external_cause=float(best.code.code[0] in "VWXY"),
        historical=float(not assertions - {Assertion.HISTORICAL, Assertion.RESOLVED}),
        family=float(assertions == {Assertion.FAMILY}),
        possible=float(assertions == {Assertion.POSSIBLE}),
    )


def probability(found: Features, model: Weights | None = None) -> float:
    """Logistic of the weighted sum, in (0, 1), rounded to four places."""
    weights = (model or load_weights()).weights
    total = sum(weights[name] * value for name, value in asdict(found).items())
    return round(1 / (1 + math.exp(-total)), 4)
