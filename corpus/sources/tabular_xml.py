"""The official ICD-10-CM tabular list (`icd10cm_tabular_YYYY.xml`, root `ICD10CM.tabular`), as the CDC/NCHS publishes
it.

The file lists stems and, where a category needs one, the meanings of the 7th character (`sevenChrDef`), which hold
for every leaf below until another definition replaces them. It does not say which combinations are left out by rule
(a few hundred are): the order file of the same release does, so a reader is given the `confirmed` codes when they are
known.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from corpus.codes import Node, NoteKind, TabularNote
from corpus.errors import CorpusError
from corpus.sources.files import SourceFile
from corpus.sources.tabular import clean_title
from corpus.sources.xmlfile import own_text, parse, text_of, version_of

ROOT = "ICD10CM.tabular"
_NOTES = {
    "inclusionTerm": NoteKind.INCLUSION_TERM,
    "includes": NoteKind.INCLUDES,
    "excludes1": NoteKind.EXCLUDES1,
    "excludes2": NoteKind.EXCLUDES2,
    "codeFirst": NoteKind.CODE_FIRST,
    "useAdditionalCode": NoteKind.USE_ADDITIONAL,
    "codeAlso": NoteKind.CODE_ALSO,
    "sevenChrNote": NoteKind.SEVENTH_CHARACTER,
}
_ORDER = list(_NOTES.values())
_JOINED = {NoteKind.CODE_FIRST, NoteKind.USE_ADDITIONAL, NoteKind.CODE_ALSO}
"""Kinds whose lines belong together: one note of several lines."""
_DEEPEST = 40

Sevenths = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tabular:
    """A tabular list. `unconfirmed` counts 7th-character codes that no list of codes confirmed."""

    version: str
    nodes: tuple[Node, ...]
    unconfirmed: int


def read_tabular_xml(file: SourceFile, confirmed: Collection[str] | None = None) -> Tabular:
    """Every chapter, block and code, parents before children.

    `confirmed` are the undotted codes of the release; 7th-character codes outside it are left out. Raises CorpusError when the
    file is damaged, is something else, or nests deeper than a tabular list does.
    """
    root = parse(file)
    if root.tag != ROOT:
        raise CorpusError(f"{file.name} is not an ICD-10-CM tabular list")
    nodes = [node for chapter in root.findall("chapter") for node in _walk(file, chapter, None, (), confirmed, 0)]
    if not nodes:
        raise CorpusError(f"{file.name} holds no chapter; it is not a whole tabular list")
    made = sum(node.stem != node.code for node in nodes if node.kind == "code")
    return Tabular(version_of(root), _without_shadowed_blocks(nodes), 0 if confirmed is not None else made)


def _without_shadowed_blocks(nodes: list[Node]) -> tuple[Node, ...]:
    """Blocks that share a code with their category give way to it; the category then hangs from the chapter."""
    codes = {node.code for node in nodes if node.kind == "code"}
    shadowed = {node.code: node.parent for node in nodes if node.kind == "block" and node.code in codes}
    return tuple(
        replace(node, parent=shadowed[node.code]) if node.kind == "code" and node.parent == node.code else node
        for node in nodes
        if not (node.kind == "block" and node.code in shadowed)
    )


def _walk(
    file: SourceFile,
    element: Element,
    parent: str | None,
    sevenths: Sevenths,
    confirmed: Collection[str] | None,
    depth: int,
) -> Iterator[Node]:
    if depth > _DEEPEST:
        raise CorpusError(f"{file.name} nests deeper than a tabular list does; it is refused")
    kind = {"chapter": "chapter", "section": "block"}.get(element.tag, "code")
    code = element.get("id") or text_of(element.find("name"))
    described = element.find("desc")
    if not code or described is None:
        after = f" after {parent}" if parent else ""
        raise CorpusError(f"{file.name}: an entry{after} lacks its code or title; download the file again")
    title, aliases = clean_title("".join(described.itertext()))
    own = _sevenths(element)
    sevenths = own or sevenths
    below = [child for child in element if child.tag in ("section", "diag")]
    made = () if below or kind != "code" else _completed(code, title, sevenths, confirmed)
    yield Node(
        code=code,
        title=title,
        kind=kind,
        parent=parent,
        stem=code if kind == "code" else "",
        billable=kind == "code" and not below and not made,
        seventh=tuple((node.code[-1], _meaning(sevenths, node.code[-1])) for node in made),
        notes=tuple(_notes(code, element)),
        aliases=aliases,
    )
    yield from made
    for child in below:
        yield from _walk(file, child, code, sevenths, confirmed, depth + 1)


def _completed(code: str, title: str, sevenths: Sevenths, confirmed: Collection[str] | None) -> tuple[Node, ...]:
    """The codes that a leaf becomes with each 7th character, placeholders filled in."""
    bare = code.replace(".", "").ljust(6, "X")
    made = []
    for character, meaning in sevenths:
        if confirmed is not None and bare + character not in confirmed:
            continue
        full, aliases = clean_title(f"{title}, {meaning}")
        made.append(
            Node(
                code=f"{bare[:3]}.{bare[3:]}{character}",
                title=full,
                kind="code",
                parent=code,
                stem=code,
                billable=True,
                seventh=(),
                notes=(),
                aliases=aliases,
            )
        )
    return tuple(made)


def _sevenths(element: Element) -> Sevenths:
    """(character, meaning) pairs; a note within the definition is another word for the character before it."""
    pairs: list[tuple[str, str]] = []
    for definition in element.findall("sevenChrDef"):
        for line in definition:
            if line.tag == "extension":
                pairs.append((line.get("char", ""), "".join(line.itertext())))
            elif line.tag == "note" and pairs:
                character, meaning = pairs[-1]
                pairs[-1] = (character, f"{meaning}/\t{''.join(line.itertext())}")
    return tuple(pairs)


def _meaning(sevenths: Sevenths, character: str) -> str:
    return clean_title(dict(sevenths).get(character, ""))[0]


def _notes(code: str, element: Element) -> Iterator[TabularNote]:
    lines: dict[NoteKind, list[str]] = {}
    for child in element:
        kind = _NOTES.get(child.tag)
        if kind is not None:
            lines.setdefault(kind, []).extend(filter(None, (own_text(note) for note in child)))
    for kind in _ORDER:
        texts = lines.get(kind, [])
        if kind is NoteKind.SEVENTH_CHARACTER:
            texts = texts[:1]
        for text in ["\n".join(texts)] if kind in _JOINED and texts else texts:
            yield TabularNote(code, kind, text)
