"""Superbill's answers to billing cases: letters and explanations through the functions its commands use, questions through the
conversation without a model.
"""

import datetime as dt
import re
from typing import TYPE_CHECKING

from evals.tool import Line

if TYPE_CHECKING:
    from assistant.chat.turn import Context, Stations

_CITED = re.compile(r" \[[\d, +]+\]|^Segment \d+: ")


def answer(line: Line, stations: "Stations | None" = None, date: dt.date | None = None) -> str:
    """The text of the letter, explanation or answer asked for; a refusal is the sentence a person would read.

    `stations` answer questions in free words; without them such a question has no answer, and is counted so.
    """
    if line["kind"] == "question":
        return _asked(line, stations, date) if stations is not None else ""
    if line["kind"] not in ("letter", "explanation") or not line["remit"]:
        return ""
    return _written(line)


def context_of(line: Line, stations: "Stations", date: dt.date | None = None) -> "Context":
    """What lies open while the questions of a case are asked."""
    from assistant.chart.note import Note
    from assistant.chat.turn import Context
    from assistant.remit.file import read_bytes

    remit = line.get("remit") or ""
    return Context(
        stations,
        note=Note("note", line["note"]) if line.get("note") else None,
        remittances=(read_bytes(remit.encode("latin-1", "replace")),) if remit else (),
        date=date,
        language=line.get("lang", "en"),
    )


def _asked(line: Line, stations: "Stations", date: dt.date | None) -> str:
    from assistant.chat.conversation import converse

    asked = [*line.get("history", ()), line["question"]]
    return converse(asked, context_of(line, stations, date)).text


def _written(line: Line) -> str:
    from assistant.errors import USER_ERRORS
    from assistant.remit.chains import Chains
    from assistant.remit.explanation import explain_claim
    from assistant.remit.file import read_bytes
    from assistant.remit.letter import write_letter
    from assistant.remit.render import render_explanation

    about, language = line.get("about", {}), line["lang"]
    file = read_bytes(line["remit"].encode("latin-1", "replace"))
    chains = Chains.of(file)
    found = [
        (claim, transaction.header)
        for transaction in file.transactions
        for claim in transaction.claims
        if about.get("claim") in (None, claim.control_number)
    ]
    if not found:
        return ""
    claim, header = found[-1]
    chain = chains.get(claim, header, file.name)
    if line["kind"] == "letter":
        try:
            letter = write_letter(claim, header, chain, about.get("letter", "patient"), language)
        except USER_ERRORS as error:
            return _CITED.sub("", str(error))
        return re.sub(r"\n+", "\n\n", letter.text)
    told = [
        explain_claim(one, head, chains.get(one, head, file.name), about.get("audience", "patient"), language)
        for one, head in found
    ]
    return re.sub(r"\n+", "\n\n", _CITED.sub("", "\n".join(render_explanation(one) for one in told)))
