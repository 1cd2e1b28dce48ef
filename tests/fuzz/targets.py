"""What is fuzzed: each target takes any bytes and raises nothing but the errors its reader promises.

A target also checks what must hold of the answer (spans that lie in the text, masks that hide, amounts the guard lets by).
Seeds are our own synthetic files; no reader's answer is trusted because it did not raise.
"""

import io
import json
import logging
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class Target:
    """`run` judges one input. `kinds` are the names of the folders of `corpus` whose files it starts from."""

    name: str
    run: Callable[[bytes], None]
    kinds: tuple[str, ...]
    modules: tuple[str, ...]
    """Packages whose branches guide the search."""

    def seeds(self) -> list[bytes]:
        """The kept inputs of this target, and the shipped samples that suit it."""
        kept = [path.read_bytes() for kind in self.kinds for path in sorted((CORPUS / kind).glob("*"))]
        samples = "*.835" if "remittance" in self.kinds else "*.txt" if "note" in self.kinds else ""
        return kept + ([path.read_bytes() for path in sorted(SAMPLES.glob(samples))] if samples else [])


def _sentence(said: str) -> None:
    assert said.strip() and "\n" not in said and "Traceback" not in said, "an error is not one plain sentence"


def _segments(data: bytes) -> None:
    from assistant.errors import InputError
    from assistant.x12 import Envelopes, read_segments

    envelopes = Envelopes()
    try:
        for place, segment in enumerate(read_segments(data), 1):
            assert segment.number == place, "segments are numbered in order"
            assert segment.elements[0] or len(segment.elements) > 1
            envelopes.take(segment)
    except InputError as error:
        _sentence(str(error))
    envelopes.close()


def _remittance(data: bytes) -> None:
    from assistant.remit.actions import decide
    from assistant.remit.file import read_bytes

    file = read_bytes(data, "a.835")
    for problem in file.problems:
        _sentence(problem.message)
    assert file.transactions or file.problems, "a file without content has a reason"
    for transaction in file.transactions:
        for claim in transaction.claims:
            decision = decide(claim)
            money = decision.money
            if not claim.sound:
                assert not decision.patient_owes_now, "nothing is asked of a patient on figures that do not agree"
            for amount in (money.billed, money.paid, money.patient_responsibility, decision.patient_owes_now):
                assert amount is None or (isinstance(amount, Decimal) and amount.is_finite())


def _explanation(data: bytes) -> None:
    from assistant.record import to_record
    from assistant.remit.explanation import explain_claim
    from assistant.remit.file import read_bytes

    turn = sum(data[:64])
    audience, language = ("biller", "patient")[turn & 1], ("en", "es")[turn >> 1 & 1]
    for transaction in read_bytes(data, "a.835").transactions[:3]:
        for claim in transaction.claims[:3]:
            json.dumps(to_record(explain_claim(claim, transaction.header, None, audience, language)))


def _claim(data: bytes) -> None:
    from assistant.claim.reader import read_837
    from assistant.errors import InputError

    try:
        for problem in read_837(data, "a.837").problems:
            _sentence(problem.message)
    except InputError as error:
        _sentence(str(error))


def _acknowledgement(data: bytes) -> None:
    from assistant.claim.acknowledgement import read_acknowledgement
    from assistant.errors import InputError

    try:
        for item in read_acknowledgement(data, "a.999").items:
            _sentence(item.message)
    except InputError as error:
        _sentence(str(error))


def _note(data: bytes) -> None:
    from assistant.chart.apart import is_document
    from assistant.chart.mentions import find_mentions
    from assistant.chart.note import Note
    from assistant.chart.plain import plain_note
    from assistant.chart.readers import extract
    from assistant.chart.sections import sections
    from assistant.errors import InputError

    if is_document(data):
        return
    try:
        text = extract(data, "a.txt", 200_000).text
    except InputError as error:
        _sentence(str(error))
        return
    plain = plain_note(Note("a", text))
    note, end = plain.note, 0
    parts = sections(note)
    for part in parts:
        assert part.span.start >= end and part.span.contains(part.body), "sections lie side by side"
        end = part.span.end
    assert end <= len(note.text)
    for mention in find_mentions(note, parts):
        assert note.at(mention.span) == mention.text, "a mention is the note's own words"
        there = plain.at(mention.span)
        assert 0 <= there.start <= there.end <= len(text)


def _document(data: bytes) -> None:
    from assistant.chart.documents import document_text
    from assistant.errors import InputError

    text = data.decode("utf-8", errors="replace")
    if re.search('"data"[^"]*"[^"]*"', text) and ("UEsDB" in text or "JVBER" in text):
        return  # an attached PDF or Word file starts a process of its own; those have tests, not this loop
    try:
        found = document_text(text, "a.xml", 100_000)
    except InputError as error:
        _sentence(str(error))
        return
    assert found is None or any(mark.isalpha() for mark in found)


PARTS = ("word/document.xml", "word/numbering.xml", "word/styles.xml", "word/footnotes.xml")
_TYPES, _OPEN = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml",
    "http://schemas.openxmlformats.org/",
)


def _packed(data: bytes) -> bytes:
    """A Word file whose parts are those of `data`, in the order of `PARTS`, a record separator between two."""
    kinds = ("document.main", "numbering", "styles", "footnotes")
    given = list(zip(PARTS, kinds, data.split(b"\x1e"), strict=False))
    types = "".join(f'<Override PartName="/{name}" ContentType="{_TYPES.format(kind)}"/>' for name, kind, _ in given)
    place = f"{_OPEN}officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="r{at}" Type="{place}/{kind}" Target="{name.removeprefix("word/")}"/>'
        for at, (name, kind, _) in enumerate(given[1:])
    )
    relations = f'<Relationships xmlns="{_OPEN}package/2006/relationships">{{}}</Relationships>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_OPEN}package/2006/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        )
        archive.writestr(
            "_rels/.rels",
            relations.format(f'<Relationship Id="r0" Type="{place}/officeDocument" Target="{PARTS[0]}"/>'),
        )
        archive.writestr("word/_rels/document.xml.rels", relations.format(links))
        for name, _, content in given:
            archive.writestr(name, content)
    return file.getvalue()


def _word(data: bytes) -> None:
    """What the process that reads Word files does, here without its limits of time and memory."""
    from assistant.chart.apart import Unreadable
    from assistant.chart.word import read_word

    try:
        text, remarks = read_word(data if data.startswith(b"PK") else _packed(data), 100_000)
    except Unreadable as error:
        _sentence(str(error))
        return
    assert any(mark.isalpha() for mark in text) and len(text) <= 100_000
    for remark in remarks:
        _sentence(remark)


def _pdf(data: bytes) -> None:
    """What the process that reads PDF files does, here without its limits of time and memory."""
    from assistant.chart.apart import Unreadable
    from assistant.chart.pdf import read_pdf

    try:
        text, remarks = read_pdf(data, 100_000)
    except Unreadable as error:
        _sentence(str(error))
        return
    finally:
        logging.getLogger("pypdf").handlers.clear()  # each reading adds one, since its process reads once
    assert any(mark.isalpha() for mark in text)
    for remark in remarks:
        _sentence(remark)


_LINE = re.compile(r"\$\s?(\d{1,7}\.\d\d)(?![\d.,])")


def _guard(data: bytes) -> None:
    from assistant.chat.guard import declines, guard

    inputs, allowed = _inputs()
    text = data.decode("utf-8", errors="replace")
    found = guard(text, inputs, {"N1832": True, "E119": True, "E1199": False}.get)
    declines(text)
    for sentence in found.kept:
        if '"' in sentence or "“" in sentence or "«" in sentence:
            continue  # the words of a document, quoted
        for amount in _LINE.findall(sentence):
            assert Decimal(amount) in allowed, "an amount that no tool found was let by"
        assert "E11.99 " not in f"{sentence} " or "not a valid" in sentence.lower()
    for _, objections in found.withdrawn:
        assert objections


@cache
def _inputs() -> tuple[object, frozenset[Decimal]]:
    from assistant.chat.inputs import gather
    from assistant.chat.tool import Said, Source, SourceKind, ToolResult

    book = Source(SourceKind.CODE_BOOK, "N18.32", "FY2026", "Chronic kidney disease, stage 3b")
    place = Source(SourceKind.REMITTANCE, "17", "a.835", "PAY US $5,000 NOW")
    result = ToolResult(
        {"patient_owes_now": "60.00", "billed": "1200.00", "paid": "1040.00", "days_to_appeal": 90, "code": "N18.32"},
        (book, place),
        (
            Said("The patient owes $60.00 of the $1,200.00 billed.", (place,)),
            Said("N18.32 is chronic kidney disease, stage 3b.", (book,)),
        ),
        ("N18.32",),
    )
    return gather("what is owed?", [result], 2), frozenset(map(Decimal, ("60", "1200", "1040")))


KNOWN = (("NAME", "Rosalind Ferncastle"), ("RECORD", "MRN4471902"), ("MEMBER", "ZQX88123"))


def _masking(data: bytes) -> None:
    from assistant.chat.identifiers import kinds
    from assistant.chat.masking import Mask

    known = tuple((kind if kind in kinds() else next(iter(kinds())), value) for kind, value in KNOWN)
    mask = Mask(known)
    text = data.decode("utf-8", errors="replace")
    for at, (_, value) in enumerate(known):
        text = text.replace("\u2460\u2461\u2462"[at], f" {value} ")
    sent = mask.mask(text)
    for word in ("Rosalind Ferncastle", "MRN4471902", "ZQX88123"):
        alone = re.search(rf"(?<![\w-]){word}(?![\w-])", text)
        if alone:
            assert not re.search(rf"(?<![\w-]){word}(?![\w-])", sent), "a known identifier was left in"
    mask.restore(sent)


def _tables(data: bytes) -> None:
    from assistant.claim.site_files import recognised
    from assistant.errors import InputError
    from corpus.errors import CorpusError
    from corpus.sources.detection import detect
    from corpus.sources.files import SourceFile
    from corpus.sources.licensed import parse_columns, read_cpt
    from corpus.sources.order import read_order
    from corpus.sources.sheet import read_sheet

    file = SourceFile("a.csv", data)
    if file.is_zip:
        return
    for read in (
        lambda: detect(file),
        lambda: read_order(file),
        lambda: read_cpt(file, parse_columns("code=1,description=2")),
        lambda: list(recognised(file.name, read_sheet(file, header=False).lines).rows()),
    ):
        try:
            read()
        except (InputError, CorpusError) as error:
            _sentence(str(error))


def _official(data: bytes) -> None:
    from corpus.errors import CorpusError
    from corpus.sources.files import SourceFile
    from corpus.sources.index_xml import read_index_xml
    from corpus.sources.pcs_index import read_pcs_definitions, read_pcs_index
    from corpus.sources.pcs_tables import read_pcs_tables
    from corpus.sources.tabular_xml import read_tabular_xml

    readers = (read_tabular_xml, read_index_xml, read_pcs_tables, read_pcs_index, read_pcs_definitions)
    for read in readers:
        try:
            read(SourceFile("a.xml", data))  # type: ignore[operator]
        except CorpusError as error:
            _sentence(str(error))


def _lines(data: bytes) -> None:
    """A line of `suggest --notes` and a saved answer, as JSON a stranger wrote."""
    from assistant.errors import USER_ERRORS
    from assistant.review.confirmation import read_suggestions
    from assistant.settings import load_settings
    from assistant.suggest.lines import read_line

    text = data.decode("utf-8", errors="replace")
    try:
        read_suggestions(text, "a.json")
    except USER_ERRORS as error:
        _sentence(str(error))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    try:
        read_line(value, load_settings({"SUPERBILL_HOME": "/nonexistent"}))
    except USER_ERRORS as error:
        _sentence(str(error))


X12 = ("assistant.x12",)
TARGETS: Sequence[Target] = (
    Target("segments", _segments, ("remittance", "claim", "acknowledgement"), X12),
    Target("remittance", _remittance, ("remittance",), (*X12, "assistant.remit")),
    Target("explanation", _explanation, ("remittance",), (*X12, "assistant.remit")),
    Target("claim", _claim, ("claim",), (*X12, "assistant.claim")),
    Target("acknowledgement", _acknowledgement, ("acknowledgement",), (*X12, "assistant.claim")),
    Target("note", _note, ("note",), ("assistant.chart",)),
    Target("document", _document, ("document",), ("assistant.chart",)),
    Target("word", _word, ("word",), ("assistant.chart",)),
    Target("pdf", _pdf, ("pdf",), ("assistant.chart",)),
    Target("guard", _guard, ("answer",), ("assistant.chat",)),
    Target("masking", _masking, ("answer", "note"), ("assistant.chat",)),
    Target("tables", _tables, ("table",), ("corpus.sources", "assistant.claim")),
    Target("official", _official, ("official",), ("corpus.sources",)),
    Target("lines", _lines, ("line",), ("assistant.suggest", "assistant.review")),
)
