"""Whether a code that an answer names is valid on the date of service, in any system that is loaded."""

import datetime as dt
import re
from typing import TYPE_CHECKING

from corpus.codes import CodeSystem

if TYPE_CHECKING:
    from assistant.chat.guard import Valid
    from assistant.chat.turn import Context

_SYSTEMS = (CodeSystem.ICD10CM, CodeSystem.HCPCS, CodeSystem.ICD10PCS)
_ELSEWHERE = re.compile(r"(?:CO|PR|OA|PI|CR)-.*|modifier .*|\d{5}|\d{4}[FTUM]|(?:MA?|N)\d{1,3}")
"""Codes of systems that are lists of words here (reasons, remarks, modifiers) or not here at all (CPT)."""


def validator(context: "Context") -> "Valid":
    """A function over codes without dots: True, False, or None where no loaded system can tell. A heading is valid."""
    date = context.date or dt.date.today()
    known: dict[str, bool | None] = {}

    def valid(code: str) -> bool | None:
        if code not in known:
            known[code] = _valid(code, context, date)
        return known[code]

    return valid


def _valid(code: str, context: "Context", date: dt.date) -> bool | None:
    from corpus.errors import CorpusError

    for system in _SYSTEMS:
        try:
            book = context.services.codebook_on(date, system)
            found = book.get(code)
            if found is not None:
                return not found.billable or book.valid_on(found.code, date) is not False
        except CorpusError:
            continue
    return None if _ELSEWHERE.fullmatch(code) else False
