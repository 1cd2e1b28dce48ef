"""The choice among the codes shown for each condition, with the notes and guideline lines beside them."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.guidelines.check import check_codes
from assistant.model import ChatModel, Message

if TYPE_CHECKING:
    from assistant.suggest.lines import Request
    from corpus.index.search import Searcher


from assistant.chat.conditions import Condition, choosing_texts

NOTES = 4
"""Instructional lines shown beside a code."""
RULES = 3
"""Guideline lines shown beside a code."""
MOST_CODES = 2
"""Codes chosen for one condition: a second one where a note asks for it, as for the stage of a kidney disease."""
_REPEATS = frozenset({"TB-0012", "TB-0023", "TB-0030", "TB-0040"})
"""Findings that only quote an instructional note."""


def choose(
    conditions: Sequence[Condition], request: "Request", searcher: "Searcher", model: ChatModel
) -> tuple[dict[str, Condition], int]:
    """The codes that the model chose of those shown, with the condition of each; and how many others it named."""
    shown = [
        {
            "condition": number,
            "words": condition.mention.text,
            "index": condition.index,
            "codes": [
                {
                    "code": code.code,
                    "title": code.title,
                    "notes": _notes(code.code, searcher),
                    "guidelines": _rules(code.code, condition, conditions, request, searcher),
                }
                for code in condition.shown
            ],
        }
        for number, condition in enumerate(conditions, 1)
    ]
    ids = sorted({code.code for condition in conditions for code in condition.shown})
    schema = {
        "type": "object",
        "properties": {
            "chosen": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "condition": {"type": "integer", "minimum": 1, "maximum": len(conditions)},
                        "code": {"type": "string", "enum": ids},
                    },
                    "required": ["condition", "code"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["chosen"],
        "additionalProperties": False,
    }
    answer = model.complete(
        [Message("system", choosing_texts()["choose"].strip()), Message("user", json.dumps(shown, ensure_ascii=False))],
        schema,
    )
    picked: dict[str, Condition] = {}
    taken: Counter[int] = Counter()
    pairs: set[tuple[int, str]] = set()
    refused = 0
    for item in json.loads(answer)["chosen"]:
        condition = conditions[item["condition"] - 1]
        if (item["condition"], item["code"]) in pairs:
            continue
        pairs.add((item["condition"], item["code"]))
        if item["code"] not in {code.code for code in condition.shown} or taken[item["condition"]] == MOST_CODES:
            refused += 1
            continue
        taken[item["condition"]] += 1
        picked.setdefault(item["code"], condition)
    return picked, refused


def _notes(code: str, searcher: "Searcher") -> list[str]:
    return [f"{note.kind.value}: {note.text}" for note in searcher.codebook.notes(code)[:NOTES]]


def _rules(
    code: str, condition: Condition, conditions: Sequence[Condition], request: "Request", searcher: "Searcher"
) -> list[str]:
    """What our guideline rules say of a code, alone and beside the first code of each other condition.

    Findings that only repeat a note of the tabular list are left out: the notes themselves are shown.
    """
    beside = [other.shown[0].code for other in conditions if other is not condition and other.shown[0].code != code]
    findings = check_codes(
        list(dict.fromkeys((code, *beside))),
        codebook=searcher.codebook,
        date=request.date_of_service,
        setting=request.setting.value,
        sex=request.sex,
        age=request.age,
        first_listed=False,
    )
    own = [one for one in findings if code in one.codes and one.rule not in _REPEATS]
    return list(dict.fromkeys(f"{one.source}: {one.message} {one.fix}" for one in own))[:RULES]
