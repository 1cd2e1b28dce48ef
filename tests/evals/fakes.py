"""Tools made for tests: one that knows the answers, one that is silent, one that breaks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from evals.cases import NoteCase, SearchCase
from evals.tool import Tool


def line_of(case: NoteCase, codes: Sequence[str], probability: float = 0.9) -> dict[str, Any]:
    """An output line that suggests `codes`, citing the case's own evidence where it has some."""
    spans = {gold.code: gold.evidence for gold in case.gold}
    return {
        "id": case.id,
        "release": "test",
        "date_of_service": case.date_of_service.isoformat(),
        "setting": case.setting.value,
        "suggestions": [
            {
                "rank": rank,
                "code": code,
                "system": "icd10cm",
                "selected": True,
                "probability": probability,
                "evidence": [
                    {"start": s.start, "end": s.end, "text": case.text[s.start : s.end]} for s in spans.get(code, ())
                ],
            }
            for rank, code in enumerate(codes, 1)
        ],
        "not_coded": [],
    }


def oracle(cases: Sequence[NoteCase], searches: Sequence[SearchCase] = ()) -> Tool:
    """Answers every note with its gold and every query with its first gold code."""
    known = {case.id: case for case in cases}
    queries = {case.query: case.gold[0] for case in searches}

    def suggest(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for line in lines:
            case = known[line["id"]]
            yield line_of(case, [gold.code for gold in case.gold])

    def search(texts: Sequence[str], k: int, system: str = "icd10cm") -> list[list[str]]:
        return [[queries[text]][:k] for text in texts]

    return Tool("oracle", suggest=suggest, search=search)


def silent() -> Tool:
    """Suggests nothing and finds nothing."""

    def suggest(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for line in lines:
            yield {"id": line["id"], "suggestions": [], "not_coded": []}

    return Tool("silent", suggest=suggest, search=lambda texts, k, system: [[] for _ in texts])


def broken() -> Tool:
    """Answers every note with an error."""

    def suggest(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for line in lines:
            yield {"id": line["id"], "error": "cannot be read"}

    return Tool("broken", suggest=suggest)
