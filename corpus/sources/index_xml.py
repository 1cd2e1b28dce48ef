"""The alphabetic index of ICD-10-CM as XML (root `ICD10CM.index`): diseases, neoplasms, drugs and external causes.

Terms nest (`mainTerm`, then `term`). A term has a title with non-essential modifiers in it (`nemod`), and a code, a
`see`, a `seeAlso`, or, in the two tables, one `cell` a column. The four parts share one root; the title tells them apart.
"""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from corpus.codes import IndexTerm
from corpus.errors import CorpusError
from corpus.sources.files import SourceFile
from corpus.sources.index_lines import (
    DISEASES,
    DRUG_COLUMNS,
    DRUGS,
    EXTERNAL,
    MANIFESTATION,
    NEOPLASM_COLUMNS,
    NEOPLASMS,
    Index,
    printed_code,
    settled,
)
from corpus.sources.xmlfile import own_text, parse, text_of, version_of

ROOT = "ICD10CM.index"
_DEEPEST = 40


def read_index_xml(file: SourceFile) -> Index:
    """All lines in file order. Raises CorpusError when the file is damaged or is something else."""
    root = parse(file)
    if root.tag != ROOT:
        raise CorpusError(f"{file.name} is not an ICD-10-CM index")
    source = _source(file, root)
    columns = _columns(root, source)
    terms: list[IndexTerm] = []
    for letter in root.findall("letter"):
        for term in letter.findall("mainTerm"):
            _collect(file, source, columns, term, None, 0, terms)
    if not terms:
        raise CorpusError(f"{file.name} holds no term; it is not a whole index")
    return Index(source, version_of(root), tuple(terms))


def _source(file: SourceFile, root: Element) -> str:
    title = text_of(root.find("title")).lower()
    if "external" in title:
        return EXTERNAL
    if "neoplasm" in title:
        return NEOPLASMS
    if "drug" in title or "chemical" in title:
        return DRUGS
    if root.find(".//cell") is None:
        return DISEASES
    raise CorpusError(f"{file.name} does not say in its title which part of the index it is")


def _columns(root: Element, source: str) -> dict[str, str]:
    """Column number -> our name for it. The first column holds the term; the others come in a fixed order."""
    names = {NEOPLASMS: NEOPLASM_COLUMNS, DRUGS: DRUG_COLUMNS}.get(source, ())
    numbers = [head.get("col", "") for head in root.iterfind(".//indexHeading/head")][1:]
    if len(numbers) != len(names):
        numbers = [str(number) for number in range(2, len(names) + 2)]
    return dict(zip(numbers, names, strict=True))


def _collect(
    file: SourceFile,
    source: str,
    columns: Mapping[str, str],
    element: Element,
    parent: int | None,
    depth: int,
    terms: list[IndexTerm],
) -> None:
    if depth > _DEEPEST:
        raise CorpusError(f"{file.name} nests deeper than an index does; it is refused")
    title = element.find("title")
    words = (own_text(title) or text_of(title)) if title is not None else ""
    if title is None or (not words and parent is None):
        after = f" after {terms[-1].term}" if terms else ""
        raise CorpusError(f"{file.name}: a term{after} has no title; download the file again")
    see = "; ".join(filter(None, (text_of(part) for part in element.findall("see"))))
    codes: list[tuple[str, str]] = []
    for cell in element.findall("cell"):
        code, _ = printed_code(text_of(cell))
        column = columns.get(cell.get("col", ""), "")
        if code and column:
            codes.append((column, code))
    if not columns:
        code, second = printed_code(text_of(element.find("code")))
        see, code = settled(see, code)
        second = second or text_of(element.find("manif")).strip("[] ")
        codes = [("", code)] if code else []
        if code and second:
            codes.append((MANIFESTATION, second))
    number = len(terms)
    terms.append(
        IndexTerm(
            number=number,
            parent=parent,
            source=source,
            term=words,
            modifiers=" ".join(filter(None, (text_of(part) for part in title.iter("nemod")))),
            see=see,
            see_also="; ".join(filter(None, (text_of(part) for part in element.findall("seeAlso")))),
            codes=tuple(codes),
        )
    )
    for below in element.findall("term"):
        _collect(file, source, columns, below, number, depth + 1, terms)
