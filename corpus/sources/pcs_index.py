"""The ICD-10-PCS index (root `ICD10PCS.index`) and definitions (root `ICD10PCS.definitions`) as XML of CMS."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from corpus.codes import IndexTerm
from corpus.errors import CorpusError
from corpus.sources.files import SourceFile
from corpus.sources.index_lines import Index
from corpus.sources.xmlfile import own_text, parse, text_of, version_of

INDEX_ROOT = "ICD10PCS.index"
DEFINITIONS_ROOT = "ICD10PCS.definitions"
PROCEDURES = "procedures"
_PREFIX = re.compile(r"\b[0-9A-HJ-NP-Z]{3,7}\b")
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class PcsDefinition:
    """What one value of an axis means. `includes` are the words that it covers."""

    section: str
    axis: int
    title: str
    definition: str
    explanation: str
    includes: tuple[str, ...]


def read_pcs_index(file: SourceFile) -> Index:
    """All lines in file order; `codes` are the beginnings of codes that a line names, `see` starts with "use" where the
    line is one of the body part, device or substance keys. Raises CorpusError when the file is damaged or something else.
    """
    root = parse(file)
    if root.tag != INDEX_ROOT:
        raise CorpusError(f"{file.name} is not an ICD-10-PCS index")
    terms: list[IndexTerm] = []
    for letter in root.findall("letter"):
        for term in letter.findall("mainTerm"):
            _collect(file, term, None, 0, terms)
    if not terms:
        raise CorpusError(f"{file.name} holds no term; it is not a whole index")
    return Index(PROCEDURES, version_of(root), tuple(terms))


def _collect(file: SourceFile, element: Element, parent: int | None, depth: int, terms: list[IndexTerm]) -> None:
    if depth > _DEEPEST:
        raise CorpusError(f"{file.name} nests deeper than an index does; it is refused")
    words = text_of(element.find("title"))
    if not words and parent is None:
        after = f" after {terms[-1].term}" if terms else ""
        raise CorpusError(f"{file.name}: a main term{after} has no title; download the file again")
    prefixes = [
        prefix
        for part in _own_parts(element)
        if part.tag in ("code", "codes", "tab")
        for prefix in _PREFIX.findall(text_of(part))
    ]
    references = [text_of(part) for part in element.findall("see")]
    references += [f"use {text_of(part)}" for part in element.findall("use")]
    number = len(terms)
    terms.append(
        IndexTerm(
            number=number,
            parent=parent,
            source=PROCEDURES,
            term=words,
            see="; ".join(filter(None, references)),
            codes=tuple(("", prefix) for prefix in dict.fromkeys(prefixes)),
        )
    )
    for below in element.findall("term"):
        _collect(file, below, number, depth + 1, terms)


def _own_parts(element: Element) -> Iterator[Element]:
    """The elements of a term, without those of the terms below it."""
    for child in element:
        if child.tag != "term":
            yield child
            yield from _own_parts(child)


def read_pcs_definitions(file: SourceFile) -> tuple[str, tuple[PcsDefinition, ...]]:
    """(version, definitions). Raises CorpusError when the file is damaged or is something else."""
    root = parse(file)
    if root.tag != DEFINITIONS_ROOT:
        raise CorpusError(f"{file.name} is not a file of ICD-10-PCS definitions")
    found = tuple(
        PcsDefinition(
            section.get("code", ""),
            int(place) if re.fullmatch("[0-9]{1,2}", place := axis.get("pos", "0")) else 0,
            own_text(title) if (title := terms.find("title")) is not None else "",
            text_of(terms.find("definition")),
            text_of(terms.find("explanation")),
            tuple(filter(None, (text_of(part) for part in terms.findall("includes")))),
        )
        for section in root.findall("section")
        for axis in section.findall("axis")
        for terms in axis.findall("terms")
    )
    if not found:
        raise CorpusError(f"{file.name} holds no definition; it is not whole")
    return version_of(root), found
