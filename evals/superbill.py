"""Superbill itself as a tool under measurement, through the same functions that its commands use."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from corpus.codes import CodeSystem
from evals.cases.search import DATE
from evals.tool import Line, Tool

if TYPE_CHECKING:
    from assistant.services import Services

TOP = 50
"""Suggestions asked for per note: recall is measured down to this rank."""


def superbill(services: "Services", model: str | None = None) -> Tool:
    """Superbill over the site's index; builds the index when it is missing. `model` chooses among its candidates.

    Raises ModelError for a model that the site does not allow.
    """
    from assistant.chart.assertion import classify
    from assistant.errors import USER_ERRORS
    from assistant.guidelines.check import check_codes
    from assistant.record import to_record
    from assistant.remit.file import read_bytes
    from assistant.remit.record import file_record
    from assistant.suggest.lines import read_line
    from evals.answers import answer as answered

    searcher = services.searcher

    def suggest(lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            try:
                request = read_line(line, services.settings)
                answer, trace = services.suggester_on(request.date_of_service).traced(request, TOP)
                answer = services.with_procedures(answer, request)
            except USER_ERRORS as error:
                yield {"id": line.get("id"), "error": str(error)}
                continue
            yield {
                **to_record(answer),
                "read": {
                    "mentioned": [(span.start, span.end) for span in trace.mentioned],
                    "codable": [(span.start, span.end) for span in trace.codable],
                },
                "stages": {"retrieved": list(trace.retrieved), "scored": list(trace.scored)},
            }

    gate = services.model(model, "eval") if model else None

    def chosen(lines: Iterable[Line]) -> Iterator[Line]:
        from assistant.chat.choosing import traced

        assert gate is not None
        for line in lines:
            try:
                request = read_line(line, services.settings)
                gate.new_turn()
                answer, steps = traced(request, services.suggester_on(request.date_of_service), gate, TOP)
            except USER_ERRORS as error:
                yield {"id": line.get("id"), "error": str(error)}
                continue
            yield {
                **to_record(answer),
                "read": {"read by the model": [(span.start, span.end) for span in steps.read]},
                "stages": {
                    "shown to it": list(steps.retrieved),
                    "chosen by it": list(steps.chosen),
                    "left by the rules": list(steps.verified),
                },
            }

    def search(queries: Sequence[str], k: int, system: str = CodeSystem.ICD10CM) -> list[list[str]]:
        return [
            [hit.code for hit in services.search(query, k=k, date=DATE, system=CodeSystem(system))] for query in queries
        ]

    def check(line: Line) -> list[Line]:
        found = check_codes(
            line["codes"],
            codebook=services.codebook,
            date=line["date_of_service"],
            setting=line["setting"],
            sex=line["sex"],
            age=line["age"],
        )
        return [to_record(finding) for finding in found]

    def remit(x12: str) -> Line:
        return file_record(read_bytes(x12.encode("latin-1")))

    def answer(line: Line) -> str:
        return answered(line, services)

    def label(text: str, start: int, end: int) -> str:
        return classify(text, start, end).assertion.value

    versions = {"release": searcher.release.title, "index": searcher.manifest.fingerprint}
    if gate is not None:
        return Tool(f"superbill with {gate.name}", suggest=chosen, versions={**versions, "model": gate.name})
    return Tool(
        "superbill",
        suggest=suggest,
        search=search,
        systems=(CodeSystem.ICD10CM, CodeSystem.ICD10PCS, CodeSystem.HCPCS),
        check=check,
        remit=remit,
        answer=answer,
        classify=label,
        versions=versions,
    )
