"""Billing questions, explanations and letters: the facts stated, the facts invented, and how hard they are to read.

Outcome: {id, slices: {kind, lang, topic}, sentences, unsupported, required, stated, missing: [patterns], forbidden:
[patterns], right, reading, easy_enough}. `right`: every required fact is stated and no forbidden one. `reading` is the
Flesch-Kincaid grade (English) or the Fernández-Huerta ease (Spanish). The answer's text is not kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evals.cases.billing import SPLITS, UNSEEN, BillingCase, load_billing
from evals.metrics import readability, statements
from evals.metrics.measure import Measure, mean_of
from evals.parts.part import Outcome, Part
from evals.tool import Tool

MIN_EASE = 60.0
"""Fernández-Huerta ease from which a Spanish text counts as plain."""


def ask(tool: Tool, cases: Sequence[BillingCase]) -> Iterator[Outcome]:
    """Outcomes of the tool on the questions."""
    assert tool.answer is not None
    for case in cases:
        line = {"question": case.question, "kind": case.kind, "lang": case.lang, "note": case.note, "remit": case.remit}
        line.update(about=dict(case.about), history=list(case.history))
        yield outcome(case, tool.answer(line))


def outcome(case: BillingCase, answer: str) -> Outcome:
    """One answer beside the facts it must and must not state."""
    spanish = case.lang == "es"
    reading = readability.fernandez_huerta(answer) if spanish else readability.flesch_kincaid(answer)
    missing = statements.missing(answer, case.must_state)
    forbidden = statements.stated_against(answer, case.must_not_state)
    easy = None
    if reading is not None and spanish:
        easy = reading >= MIN_EASE
    elif reading is not None and case.max_grade is not None:
        easy = reading <= case.max_grade
    return {
        "id": case.id,
        "slices": {
            "kind": case.kind,
            "lang": case.lang,
            "topic": case.topic,
            **({"split": case.split} if case.split else {}),
        },
        "sentences": len(statements.sentences(answer)),
        "unsupported": len(statements.unsupported(answer, case.sources, case.must_not_state)),
        "required": len(case.must_state),
        "stated": len(case.must_state) - len(missing),
        "missing": missing,
        "forbidden": forbidden,
        "right": not missing and not forbidden and bool(answer.strip()),
        "reading": None if reading is None else round(reading, 4),
        "easy_enough": easy,
    }


def measures(items: Sequence[Outcome]) -> list[Measure]:
    """unsupported_rate, stated_facts, fully_right, grade_en, ease_es, easy_enough."""
    columns = [[i[key] for i in items] for key in ("unsupported", "sentences", "stated", "required")]
    return [
        *statements.measures(*columns),
        mean_of("fully_right", [float(i["right"]) for i in items]),
        mean_of("grade_en", [i["reading"] if i["slices"]["lang"] == "en" else None for i in items]),
        mean_of("ease_es", [i["reading"] if i["slices"]["lang"] == "es" else None for i in items]),
        mean_of("easy_enough", [None if i["easy_enough"] is None else float(i["easy_enough"]) for i in items]),
    ]


def _worst(items: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """What went wrong, case by case. Of cases that nobody looks at only how many."""
    wrong = [i for i in items if i["missing"] or i["forbidden"] or i["unsupported"]]
    shown = [i for i in wrong if i["slices"].get("split") not in UNSEEN][:40]
    return {"worst": [{"id": i["id"], "missing": i["missing"], "forbidden": i["forbidden"]} for i in shown]}


def _by_split(items: Sequence[Outcome]) -> dict[str, dict[str, list[Measure]]]:
    """The parts apart: `dev`, `fresh` and `later` were looked at while the conversation was written, the others were not."""
    parts = {name: [i for i in items if i["slices"].get("split") == name] for name in SPLITS}
    return {"split": {name: measures(part) for name, part in parts.items() if part}}


PART = Part(
    name="billing",
    load=load_billing,
    able=lambda tool: tool.answer is not None,
    ask=ask,
    measures=measures,
    headline=("unsupported_rate", "stated_facts", "fully_right", "easy_enough"),
    lower_is_better=frozenset({"unsupported_rate", "grade_en"}),
    extras=_worst,
)
QUESTIONS = replace(PART, name="questions", slices=_by_split)
