"""How probable it is that a code is coded: shallow trees over features that can be read by eye. The trees are data.

Two sets of trees: one for codes that some mention means before any other, which alone can be selected, and one for the rest,
which is only ranked. `evals/train_ranking.py` fits both; docs/evaluation-ranking.md tells what they gain over a linear model.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.chart.note import Assertion, Mention, Note
from assistant.suggest.candidates import Candidate
from assistant.suggest.surroundings import Surroundings, surroundings
from corpus.index.words import terms

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
_ONLY = {
    "exam_only": frozenset({"physical_exam", "review_of_systems", "vitals"}),
    "past_only": frozenset({"past_medical_history", "problem_list", "past_surgical_history"}),
    "social_only": frozenset({"social_history"}),
    "orders_only": frozenset({"instructions", "orders"}),
}
_EARLY, _LATE = 0.12, 0.6
"""Shares of the note: a complaint stands before the one, an unnamed plan behind the other."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one code in one note, by name; a name that is not there is 0. docs/evaluation-ranking.md explains each."""

    values: Mapping[str, float]
    leading: bool
    """Whether some mention means the code before any other."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees of one depth, each a complete binary tree; log odds are `start` plus the leaf that each tree reaches."""

    names: tuple[str, ...]
    start: float
    columns: npt.NDArray[np.int64]
    """Shape (trees, inner nodes): the feature that a node asks for; inner nodes by level, from the left."""
    limits: npt.NDArray[np.float64]
    """Shape (trees, inner nodes): up to this value the way goes left."""
    leaves: npt.NDArray[np.float64]
    """Shape (trees, leaves)."""

    @staticmethod
    def of(data: Mapping[str, Any]) -> "Trees":
        """From the rule file: `features`, `start`, and `trees` as [[feature number, limit] per node, leaves]."""
        trees = data["trees"]
        return Trees(
            tuple(data["features"]),
            data["start"],
            np.array([[node[0] for node in nodes] for nodes, _ in trees], np.int64),
            np.array([[node[1] for node in nodes] for nodes, _ in trees], np.float64),
            np.array([leaves for _, leaves in trees], np.float64),
        )

    def log_odds(self, values: Mapping[str, float]) -> float:
        """Of one code with these features."""
        row = np.array([values.get(name, 0.0) for name in self.names])
        right = row[self.columns] > self.limits
        at = np.zeros(len(right), np.int64)
        trees = np.arange(len(right))
        inner = right.shape[1]
        while at[0] < inner:
            at = 2 * at + 1 + right[trees, at]
        return self.start + float(self.leaves[trees, at - inner].sum())


@dataclass(frozen=True, slots=True)
class Weights:
    """The model: trees for leading codes and for the others, and the probability from which a code is selected."""

    leading: Trees
    others: Trees
    threshold: float


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The shipped model."""
    data = _data()
    return Weights(Trees.of(data["leading"]), Trees.of(data["others"]), data["threshold"])


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What one code's features need to know of the whole note."""

    diagnosis_in_plan: bool
    """The plan names a definite disease or injury."""
    headings: frozenset[str]
    """Codes that lead a mention which is a heading of the plan."""
    plan: frozenset[str]
    """Kinds of section that hold the plan: without one, what the note tells freely stands for it."""
    planned: bool
    """Whether the note has a section of that kind."""
    inpatient: bool
    words: frozenset[str]
    """Index terms of the note."""
    leading: tuple[Candidate, ...]
    """The leading candidate of each mention."""
    by_category: Mapping[str, tuple[Candidate, ...]]
    """The same by category of the code."""
    rivals: Mapping[Mention, frozenset[str]]
    """Codes that other mentions lead to which overlap a mention."""
    around: Mapping[Mention, Surroundings]


def note_facts(
    note: Note,
    leading: Iterable[Candidate],
    mentions: Sequence[Mention],
    codable: Iterable[Mention],
    inpatient: bool,
) -> NoteFacts:
    """Facts from the leading candidate of every mention, from where the note's mentions stand, and from the words around
    those that can be coded."""
    leading = tuple(leading)
    planned = any(mention.section in PLAN for mention in mentions)
    plan = PLAN if planned else PLAN | STORY | {"other"}
    listed = [candidate for candidate in leading if candidate.mention.section in plan]
    categories: dict[str, list[Candidate]] = {}
    for candidate in leading:
        categories.setdefault(candidate.code.code[:3], []).append(candidate)
    return NoteFacts(
        any(not is_symptom(candidate.code.code) and candidate.code.code[0] not in "VWXYZ" for candidate in listed),
        frozenset(candidate.code.code for candidate in listed if candidate.share >= HEADING),
        plan,
        planned,
        inpatient,
        frozenset(terms(note.text)),
        leading,
        {category: tuple(found) for category, found in categories.items()},
        _rivals(leading),
        {mention: surroundings(note, mention) for mention in codable},
    )


def is_symptom(code: str) -> bool:
    """Whether the code says a complaint or sign rather than a disease."""
    return code.startswith(_symptom_prefixes())


@lru_cache(maxsize=1)
def _symptom_prefixes() -> tuple[str, ...]:
    return tuple(_data()["symptom_prefixes"])


@lru_cache(maxsize=1)
def _groups() -> tuple[tuple[str, str], ...]:
    """(prefix, group), the longest prefix first."""
    groups: dict[str, list[str]] = _data()["groups"]
    return tuple(
        sorted(((one, name) for name, listed in groups.items() for one in listed), key=lambda pair: -len(pair[0]))
    )


@lru_cache(maxsize=20_000)
def group_of(code: str) -> str:
    """The kind of code that has a prior of its own: a chapter, or a part of the status codes."""
    return next((name for prefix, name in _groups() if code.startswith(prefix)), "other")


def features(candidates: Sequence[Candidate], facts: NoteFacts) -> Features:
    """Features of one code from all candidates that lead to it."""
    best = min(candidates, key=lambda candidate: (candidate.place, -candidate.score))
    around = [facts.around[candidate.mention] for candidate in candidates]
    values = {
        **_found(best, candidates, facts),
        **_placed(best.code.code, candidates, facts),
        **_laid_out(candidates, around, facts),
        **_beside(best, candidates, facts),
        f"group {group_of(best.code.code)}": 1.0,
    }
    for name in around[0].said:
        told = [one.said[name] for one in around]
        values[f"{name} somewhere"] = float(any(told))
        values[f"{name} everywhere"] = float(all(told))
    return Features(values, any(candidate.place == 0 for candidate in candidates))


def _found(best: Candidate, candidates: Sequence[Candidate], facts: NoteFacts) -> dict[str, float]:
    """How well words and code agree."""
    code = best.code
    titled = frozenset(terms(code.title))
    said = frozenset(word for candidate in candidates for word in terms(candidate.mention.text))
    return {
        "cosine": best.hit.cosine - 0.8,
        "lexical": best.hit.lexical,
        "exact": float(best.score > best.hit.cosine + 0.4),
        "score": best.score,
        "fit": best.fit,
        "margin": min(best.margin, 0.5),
        "place": min(best.place, 3),
        "unspecific_words": float(max(len(candidate.mention.text.split()) for candidate in candidates) == 1),
        "words": math.log(max(len(candidate.mention.text.split()) for candidate in candidates)),
        "qualified": float(any(candidate.mention.qualifiers for candidate in candidates)),
        "unspecified": float("unspecified" in code.title.lower()),
        "unsaid": min(4, len(titled - facts.words)),
        "title_said": len(titled & said) / max(1, len(titled)),
        "mention_used": len(titled & said) / max(1, len(said)),
    }


def _placed(code: str, candidates: Sequence[Candidate], facts: NoteFacts) -> dict[str, float]:
    """In what sections, and as what, the note speaks of the code."""
    kinds = {candidate.mention.section for candidate in candidates}
    assertions = {candidate.mention.assertion for candidate in candidates}
    symptom = is_symptom(code)
    heading = any(candidate.share >= HEADING and candidate.mention.section in facts.plan for candidate in candidates)
    in_story = bool(kinds & STORY - facts.plan)
    historical = not assertions - {Assertion.HISTORICAL, Assertion.RESOLVED}
    return {
        "in_plan": float(bool(kinds & facts.plan)),
        "plan_heading": float(heading),
        "plan_heading_of_other": float(bool(facts.headings) and not heading),
        "in_story": float(in_story),
        "in_complaint": float("chief_complaint" in kinds),
        "in_list": float(bool(kinds & LISTS)),
        "in_review": float(bool(kinds) and kinds <= REVIEW),
        "in_course": float("hospital_course" in kinds),
        "in_discharge": float("discharge_diagnosis" in kinds),
        "in_results": float("results" in kinds),
        **{name: float(kinds <= only) for name, only in _ONLY.items()},
        "mentions": math.log(len(candidates)),
        "sections": math.log(max(1, len(kinds))),
        "symptom": float(symptom),
        "symptom_beside_diagnosis": float(symptom and facts.diagnosis_in_plan),
        "symptom_in_prose": float(symptom and bool(facts.headings) and not heading),
        "symptom_inpatient": float(symptom and facts.inpatient),
        "inpatient": float(facts.inpatient),
        "external_cause": float(code[0] in "VWXY"),
        "status": float(code[0] == "Z"),
        "historical": float(historical),
        "historical_somewhere": float(Assertion.HISTORICAL in assertions),
        "historical_in_story": float(historical and in_story),
        "family": float(assertions == {Assertion.FAMILY}),
        "possible": float(assertions == {Assertion.POSSIBLE}),
        "possible_somewhere": float(Assertion.POSSIBLE in assertions),
        "note_without_plan": float(not facts.planned),
    }


def _laid_out(candidates: Sequence[Candidate], around: Sequence[Surroundings], facts: NoteFacts) -> dict[str, float]:
    """Where on its lines and in the note the code's mentions stand."""
    first, last = min(one.place for one in around), max(one.place for one in around)
    in_plan = any(candidate.mention.section in facts.plan for candidate in candidates)
    elsewhere = [candidate.share for candidate in candidates if candidate.mention.section not in facts.plan]
    return {
        "opens": float(any(one.opens for one in around)),
        "numbered": float(any(one.numbered for one in around)),
        "numbered_title": float(any(one.numbered and one.opens for one in around)),
        "first_place": first,
        "last_place": last,
        "early": float(first < _EARLY),
        "late": float(last > _LATE),
        "late_outside_plan": float(last > _LATE and not in_plan),
        "share": max(candidate.share for candidate in candidates),
        "share_outside_plan": max(elsewhere, default=0.0),
    }


def _beside(best: Candidate, candidates: Sequence[Candidate], facts: NoteFacts) -> dict[str, float]:
    """What other codes the note leads to."""
    code = best.code.code
    same = [other for other in facts.by_category.get(code[:3], ()) if other.code.code != code]
    return {
        "codes_in_note": math.log(1 + len({other.code.code for other in facts.leading})),
        "sibling": float(bool(same)),
        "sibling_in_plan": float(any(other.mention.section in facts.plan for other in same)),
        "sibling_heading": float(any(other.share >= HEADING and other.mention.section in facts.plan for other in same)),
        "sibling_precise": float(any("unspecified" not in other.code.title.lower() for other in same)),
        "sibling_fit": max((other.fit - best.fit for other in same), default=0.0),
        "rival": float(
            any(facts.rivals.get(one.mention, frozenset()) - {code} for one in candidates if one.place == 0)
        ),
    }


def _rivals(leading: Sequence[Candidate]) -> dict[Mention, frozenset[str]]:
    """Per mention the codes of other mentions that overlap it."""
    ordered = sorted(leading, key=lambda candidate: candidate.mention.span)
    found: dict[Mention, set[str]] = {}
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.mention.span.start >= one.mention.span.end:
                break
            if other.mention.span.overlaps(one.mention.span):
                found.setdefault(one.mention, set()).add(other.code.code)
                found.setdefault(other.mention, set()).add(one.code.code)
    return {mention: frozenset(codes) for mention, codes in found.items()}


def probability(found: Features, model: Weights | None = None) -> float:
    """In (0, 1), rounded to four places."""
    known = model or load_weights()
    trees = known.leading if found.leading else known.others
    return round(1 / (1 + math.exp(-trees.log_odds(found.values))), 4)
