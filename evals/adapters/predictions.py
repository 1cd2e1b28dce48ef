"""Any other tool's predictions as a JSONL file.

Line: {id, codes: [code, ...]} (a set, all selected, in rank order), or {id, suggestions: [{code, rank?, selected?,
probability?, evidence?: [{start, end}]}]}, or the output of `superbill suggest --notes` itself. For search: {id,
hits: [{code}] or [code, ...]}. Codes may be dotted or not, in any case. Notes without a line count as failed.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from corpus.codes import dotted
from evals.cases.lines import digest, read_jsonl
from evals.tool import Line, Tool


def tool_from_file(path: Path, name: str | None = None) -> Tool:
    """A tool that answers from the file, by case id. Raises InputError naming the line that has no usable shape."""
    answers: dict[str, Line] = {}
    for number, record in read_jsonl(path):
        try:
            line = _line(record)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{path.name} line {number} has neither id with codes nor id with suggestions; see evals/README.md."
            ) from error
        if line["id"] in answers:
            raise InputError(f"{path.name} line {number} repeats an id; each case may have one line.")
        answers[line["id"]] = line

    def suggest(lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            yield answers.get(str(line["id"]), {"id": line["id"], "error": "no prediction for this note"})

    return Tool(name or path.stem, suggest=suggest, versions={"predictions_sha256": digest([path])})


def _line(record: dict[str, Any]) -> Line:
    case_id = str(record["id"])
    if "error" in record:
        return {"id": case_id, "error": str(record["error"])}
    entries: Sequence[Any] = record["suggestions"] if "suggestions" in record else record["codes"]
    suggestions = []
    for place, entry in enumerate(entries, 1):
        fields = {"code": entry} if isinstance(entry, str) else dict(entry)
        suggestions.append(
            {
                "rank": int(fields.get("rank", place)),
                "code": dotted(fields["code"]),
                "system": fields.get("system", "icd10cm"),
                "selected": bool(fields.get("selected", True)),
                "probability": fields.get("probability"),
                "evidence": [
                    {key: span[key] for key in ("start", "end", "text") if key in span}
                    for span in fields.get("evidence", [])
                ],
            }
        )
    return {"id": case_id, "suggestions": suggestions, "not_coded": record.get("not_coded", [])}
