"""Findings from the tabular list's own notes: Excludes1 and 2, code first, use additional, code also."""

from collections.abc import Iterator

from assistant.guidelines.case import Case, CodeBook
from assistant.guidelines.edits import is_manifestation
from assistant.guidelines.finding import Finding
from assistant.guidelines.laterality import side_of
from assistant.guidelines.pattern import undotted
from assistant.guidelines.tabular import Reference, Tabular, tabular_of
from assistant.guidelines.texts import excludes1_pairs, free_order, texts
from corpus.codes import NoteKind


def note_findings(case: Case, codes: tuple[str, ...]) -> Iterator[Finding]:
    """All findings of this module on `codes` (real, complete, without repeats)."""
    tabular = tabular_of(case.book)
    yield from _excludes(case, tabular, codes)
    moved: set[tuple[str, str]] = set()
    for position in range(len(codes)):
        yield from _code_first(case, tabular, codes, position, moved)
    for position, code in enumerate(codes):
        yield from _additional(case, tabular, codes, position, moved)
        yield from _code_also(tabular, codes, code)


def excludes1_between(tabular: Tabular, one: str, other: str) -> Reference | None:
    """The Excludes1 line of either code that refers to the other, or None."""
    return _excluding(tabular, one, other, NoteKind.EXCLUDES1)


def _excluding(tabular: Tabular, one: str, other: str, kind: NoteKind) -> Reference | None:
    for here, there in ((one, other), (other, one)):
        for line in tabular.pointing(here, there):
            # A block's note may refer to a part of the block: it says nothing to the codes of that part.
            if line.kind is kind and not line.names(undotted(here)):
                return line
    return None


def _excludes(case: Case, tabular: Tabular, codes: tuple[str, ...]) -> Iterator[Finding]:
    for position, one in enumerate(codes):
        for other in codes[position + 1 :]:
            line = excludes1_between(tabular, one, other)
            if line:
                kind = "TB-0010" if contradict(case.book, one, other) else "TB-0011"
                yield texts()[kind].finding((one,), (other,), quote=line.text, node=line.node)
                continue
            line = _excluding(tabular, one, other, NoteKind.EXCLUDES2)
            if line and line.local:
                yield texts()["TB-0012"].finding((one,), (other,), node=line.node)


def contradict(book: CodeBook, one: str, other: str) -> bool:
    """Whether two codes of an Excludes1 note cannot both be true, rather than perhaps being unrelated (OCG I.A.12.a).

    Codes of one category contradict each other; so do codes of one chapter, unless they name opposite sides or belong to
    the pairs listed as perhaps unrelated; codes of two chapters do only when listed as a conflict.
    """
    first, second = undotted(one), undotted(other)
    for kind, answer in (("conflict", True), ("unrelated", False)):
        if kind == "unrelated" and first[:3] == second[:3]:
            continue
        for left, right in excludes1_pairs(kind):
            if (left.matches(first) and right.matches(second)) or (left.matches(second) and right.matches(first)):
                return answer
    tabular = tabular_of(book)
    sides = {side_of(book.title(one)), side_of(book.title(other))}
    return tabular.chapter(one) == tabular.chapter(other) and sides != {"left", "right"}


def _lines(tabular: Tabular, code: str, kind: NoteKind) -> list[Reference]:
    return [line for line in tabular.references(code) if line.kind is kind and line.local]


def _code_first(
    case: Case, tabular: Tabular, codes: tuple[str, ...], position: int, moved: set[tuple[str, str]]
) -> Iterator[Finding]:
    code = codes[position]
    lines = _lines(tabular, code, NoteKind.CODE_FIRST)
    manifestation = tabular.manifestation(code) or is_manifestation(code, case.date)
    if not lines:
        if manifestation and case.first == code:
            yield texts()["TB-0021"].finding((code,), quote="the disease it belongs to")
        return
    quote = "; ".join(line.text for line in lines)
    before = [other for other in codes[:position] if any(line.names(undotted(other)) for line in lines)]
    after = [other for other in codes[position + 1 :] if any(line.names(undotted(other)) for line in lines)]
    if manifestation and case.first == code and not after:
        yield texts()["TB-0021"].finding((code,), quote=quote)
    if before or (after and not case.ordered):
        return
    if after:
        firm = manifestation or any(line.firm_about(undotted(other)) for line in lines for other in after)
        moved.update((code, other) for other in after)
        if firm:
            yield texts()["TB-0020"].finding((code,), tuple(after), node=lines[0].node)
        else:
            yield texts()["TB-0024"].finding((code,), tuple(after), node=lines[0].node)
    elif manifestation and case.first != code and not all(line.conditional for line in lines):
        yield texts()["TB-0022"].finding((code,), quote=quote)
    elif not manifestation:
        yield texts()["TB-0023"].finding((code,), quote=quote)


def _additional(
    case: Case, tabular: Tabular, codes: tuple[str, ...], position: int, moved: set[tuple[str, str]]
) -> Iterator[Finding]:
    code = codes[position]
    for line in _lines(tabular, code, NoteKind.USE_ADDITIONAL):
        present = [other for other in codes if other != code and line.names(undotted(other))]
        if not present:
            yield texts()["TB-0030"].finding((code,), quote=line.text)
            continue
        early = [
            other
            for other in codes[:position]
            if other in present and (other, code) not in moved and not free_order().matches(undotted(other))
        ]
        if case.ordered and early:
            yield texts()["TB-0031"].finding((code,), tuple(early), node=line.node)


def _code_also(tabular: Tabular, codes: tuple[str, ...], code: str) -> Iterator[Finding]:
    for line in _lines(tabular, code, NoteKind.CODE_ALSO):
        if not any(other != code and line.names(undotted(other)) for other in codes):
            yield texts()["TB-0040"].finding((code,), quote=line.text)
