"""Letters about one claim, from the templates in `letters/`. What the file does not say is left as a line to fill in."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import InputError
from assistant.remit.actions import Chain, decide
from assistant.remit.documents import BLANK, Block, as_text, printable, read_blocks
from assistant.remit.letter_fields import FIELDS, Case
from assistant.remit.naming import shown
from assistant.remit.sentences import Sentence
from assistant.remit.values import Header, RemitClaim
from assistant.remit.words import load_words

if TYPE_CHECKING:
    from jinja2 import Environment

KINDS = ("patient", "appeal", "corrected", "refund", "next_payer")
FORMATS = (".txt", ".docx", ".pdf")
_FOLDER = Path(__file__).with_name("letters")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter and, apart from it, the segment behind each of its figures and codes."""

    kind: str
    language: str
    text: str
    trace: tuple[Sentence, ...]
    blocks: tuple[Block, ...] = ()
    """What `text` says, as blocks to be drawn."""
    date: dt.date | None = None
    """The date it bears; None leaves a line for it."""


def write_letter(
    claim: RemitClaim,
    header: Header,
    chain: Chain | None = None,
    kind: str = "patient",
    language: str = "en",
    date: dt.date | None = None,
) -> Letter:
    """The letter of this `kind` (patient, appeal, corrected, refund, next_payer).

    Raises InputError when the claim gives no ground for it, or when its figures do not agree: an appeal only where
    the rules allow one, a refund only where a reversal or remark calls for one.
    """
    words = load_words(language)
    if kind != "patient" and not claim.sound:
        raise InputError(f"Segment {claim.segment}: the claim's figures do not agree, so no letter is built on them.")
    fields, trace = FIELDS[kind](Case(claim, header, chain, decide(claim, chain), words))
    patient = claim.party("QC")
    common = {
        "sender": shown(header.payee.full_name) if header.payee else BLANK,
        "sender_address": _address(header, "PE"),
        "payer": shown(header.payer.full_name) if header.payer else BLANK,
        "payer_address": _address(header, "PR"),
        "patient": shown(patient.full_name) if patient else BLANK,
        "member": patient.id if patient else "",
        "control_number": claim.control_number,
        "payer_control_number": claim.payer_control_number,
        "trace": header.trace_number,
        "date": words.day(date) if date else "",
        "blank": BLANK,
        "word": words.tables["letter"],
    }
    template = f"{kind}_{language}.xml.j2"
    if not (_FOLDER / template).is_file():
        raise InputError(f"There is no {kind} letter in this language; use --lang en.")
    blocks = read_blocks(_environment().get_template(template).render(common | fields))
    named = [(claim.control_number, claim.segment), (claim.payer_control_number, claim.segment)]
    named += [(shown(patient.full_name), patient.segment), (patient.id, patient.segment)] if patient else []
    named += [(shown(party.full_name), party.segment) for party in (header.payer, header.payee) if party]
    named += [(header.trace_number, header.trace_segment)] if header.trace_segment is not None else []
    own = [Sentence(text, (segment,)) for text, segment in dict.fromkeys(named) if text]
    return Letter(kind, language, as_text(blocks), (*own, *trace), blocks, date)


def letter_file(letter: Letter, suffix: str, sources: bool = True) -> bytes:
    """The letter as a file: `.txt`, `.docx` or `.pdf`. Same letter, same bytes.

    With `sources`, a docx or PDF ends with a page for the office: the segment behind each figure. Raises InputError
    for another suffix, or when the PDF's font cannot write a name.
    """
    if suffix == ".txt":
        return letter.text.encode()
    page = _sources(letter) if sources else ()
    title = load_words(letter.language).say("letter", f"title_{letter.kind}")
    if suffix == ".docx":
        from assistant.remit.documents_docx import draw

        return draw(letter.blocks, page, letter.language, title, letter.date)
    if suffix == ".pdf":
        from assistant.remit.documents_pdf import draw as draw_pdf

        return draw_pdf(letter.blocks, page, letter.language, title)
    raise InputError(f"A letter is written as {', '.join(FORMATS)}; name the file with one of these endings.")


def _sources(letter: Letter) -> tuple[Block, ...]:
    from assistant.remit.documents import Heading, Paragraph, Table

    words = load_words(letter.language).tables["letter"]
    rows = tuple((printable(item.text), ", ".join(map(str, item.segments))) for item in letter.trace)
    table = Table((words["said"], words["segments"]), rows, words=2)
    return Heading(words["sources"]), Paragraph(words["sources_note"], "note"), table


def _address(header: Header, role: str) -> list[str]:
    """N3 and N4 after the N1 of `role`."""
    lines: list[str] = []
    inside = False
    for segment in header.segments:
        if segment.id == "N1":
            inside = segment.get(1) == role
        elif inside and segment.id == "N3":
            lines += [part for part in (segment.get(1), segment.get(2)) if part]
        elif inside and segment.id == "N4":
            place = ", ".join(part for part in (segment.get(1), segment.get(2)) if part)
            code = segment.get(3)
            code = f"{code[:5]}-{code[5:]}" if len(code) == 9 and code.isdigit() else code
            lines.append(" ".join(part for part in (place, code) if part))
    return lines


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=lambda value: printable(value) if type(value) is str else value,  # Markup stays Markup
    )
