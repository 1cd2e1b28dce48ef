"""Procedures, drugs and supplies joined to the suggestions of a note. Nothing is opened when the note has no such words."""

import re
from collections.abc import Callable
from dataclasses import replace

from assistant.chart.note import Span
from assistant.chart.sections import sections
from assistant.chart.sentences import sentences
from assistant.suggest.lines import Request
from assistant.suggest.reading import read
from assistant.suggest.suggestion import Evidence, ProcedureTable, Setting, Suggestion, SuggestionSet
from corpus.codes import CodeSystem
from corpus.library import CodeBook

WHOLE = 0.7
"""Stated for an ICD-10-PCS code whose every axis the note decides."""
_DEEDS = re.compile(
    r"\b(?:given|gave|administered|received|inject|infus|dispensed|provided|supplied|issued|applied|placed|insert|implant|"
    r"fitted|transfus|bolus|today|in clinic|in office|performed|completed|underwent|delivered|procedure|intubated|required|"
    r"started|operation|operative|surgery|obtained|carried out|x ?1\b)",
    re.I,
)
"""Without one of these words nothing was done."""


def with_procedures(answer: SuggestionSet, request: Request, book: Callable[[CodeSystem], CodeBook]) -> SuggestionSet:
    """`answer` with HCPCS suggestions behind its diagnoses, or on a facility inpatient stay with ICD-10-PCS tables.

    None of them is selected: whether a service is billed, and under which payer's rules, is the coder's decision.
    `book` opens the codes of a system on the date of service.
    """
    if not _DEEDS.search(request.note.text):
        return answer
    reading = read(request.note)
    if not reading.selects:
        return answer
    told = sentences(reading.note, sections(reading.note))
    original = reading.plain.original

    def placed(found: Evidence) -> Evidence:
        span = reading.plain.at(Span(found.start, found.end))
        return replace(found, start=span.start, end=span.end, text=original.at(span), page=original.page_at(span.start))

    made: tuple[Suggestion, ...]
    listed: tuple[ProcedureTable, ...] = ()
    if request.setting is Setting.INPATIENT:
        from assistant.suggest.procedures.tables import tables

        listed = tables(reading.note, told, book(CodeSystem.ICD10PCS), request.date_of_service)
        made = tuple(_whole(one) for one in listed if one.code)
    else:
        from assistant.suggest.procedures.supplies import Books, propose

        made = propose(reading.note, told, Books(book(CodeSystem.HCPCS), request.date_of_service), request.age)
    if not made and not listed:
        return answer
    last = max((one.rank for one in answer.suggestions), default=0)
    ranked = (
        replace(one, rank=rank, evidence=tuple(map(placed, one.evidence))) for rank, one in enumerate(made, last + 1)
    )
    return replace(
        answer,
        suggestions=(*answer.suggestions, *ranked),
        procedure_tables=tuple(
            replace(
                one,
                evidence=tuple(map(placed, one.evidence)),
                axes=tuple(replace(axis, evidence=tuple(map(placed, axis.evidence))) for axis in one.axes),
            )
            for one in listed
        ),
    )


def _whole(one: ProcedureTable) -> Suggestion:
    title = one.citations[0].text
    return Suggestion(0, one.code, CodeSystem.ICD10PCS, title, False, WHOLE, one.evidence, one.citations)
