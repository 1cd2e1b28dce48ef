"""The Excludes notes and inclusion terms at a code."""

import re

from assistant.chat.finding import searchable
from assistant.chat.tool import Said, ToolResult
from assistant.chat.tools.code.place import Arguments, icd, unknown
from assistant.chat.tools.common import in_book, result, words
from assistant.chat.turn import Context
from assistant.guidelines.tabular import tabular_of
from corpus.codes import NoteKind, TabularNote
from corpus.index.words import STOP_WORDS, terms
from corpus.library import CodeBook

_ASKED = frozenset(
    (
        "include",
        "included",
        "includes",
        "exclude",
        "excludes1",
        "excludes2",
        "excludes",
        "note",
        "code",
        "term",
        "point",
    )
)


def joined_lines(notes: list[TabularNote]) -> str:
    return "; ".join(" ".join(note.text.split()).strip(" ,;") for note in notes)


def _about(asked: str, notes: list[TabularNote]) -> list[TabularNote]:
    """The notes whose words the question names; all of them when it names none."""
    wanted = set(terms(searchable(asked))) - STOP_WORDS - _ASKED if asked else set()
    widened = wanted | {other for word in wanted for other in _RELATED.get(word, ())}
    scored = [(len(widened & set(terms(note.text))), note) for note in notes]
    best = max((points for points, _ in scored), default=0)
    return [note for points, note in scored if points == best] if best else notes


_RELATED = {
    "newborn": ("neonatal", "congenital", "perinatal"),
    "baby": ("neonatal", "newborn", "congenital"),
    "infant": ("neonatal", "newborn"),
    "copd": ("obstructive", "pulmonary"),
    "pregnancy": ("gestational", "childbirth", "puerperium"),
    "pregnant": ("pregnancy", "gestational", "childbirth"),
    "type": (),
}
"""Words of a question, and those of the tabular list that mean the same."""


def excludes(context: Context, arguments: Arguments) -> ToolResult:
    """The Excludes notes at a code."""
    book, code, _ = icd(context, arguments)
    say, asked = words(context), arguments.get("words", "")
    if book.get(code) is None:
        return unknown(context, book, arguments["code"])
    wanted = [NoteKind.EXCLUDES1, NoteKind.EXCLUDES2]
    if re.search(r"exclu\w*\s?(?:1|one)\b", asked, re.I):
        wanted = [NoteKind.EXCLUDES1]
    elif re.search(r"exclu\w*\s?(?:2|two)\b", asked, re.I):
        wanted = [NoteKind.EXCLUDES2]
    asked = re.sub(r"exclu\w*\s?(?:1|2|one|two)?\b", " ", asked, flags=re.I)
    notes = [note for note in book.notes(code) if note.kind in wanted and _close(book, note)]
    data = {"code": code, "notes": notes}
    if not notes:
        key = "code.no_excludes_kind" if len(wanted) == 1 else "code.no_excludes"
        kind = "Excludes1" if NoteKind.EXCLUDES1 in wanted else "Excludes2"
        return result(data, [say.say(key, in_book(book, code), code=code, kind=kind)], [code])
    chosen = _about(asked, notes)
    if chosen == notes and (own := [note for note in notes if note.node == code]):
        chosen = own
    said = []
    for node in dict.fromkeys(note.node for note in chosen):
        for kind in wanted:
            lines = [note for note in chosen if note.node == node and note.kind is kind]
            if lines:
                source = in_book(book, node, joined_lines(lines))
                said.append(say.say(f"code.{kind.value}", source, node=node, lines=joined_lines(lines)))
    return result(data, said, [code])


def _close(book: CodeBook, note: TabularNote) -> bool:
    heading = book.heading(note.node)
    return bool(heading and heading[2] != "chapter")


def excludes_between(context: Context, book: CodeBook, first: str, second: str) -> list[Said]:
    """What Excludes notes say about two codes."""
    say, said = words(context), []
    tabular = tabular_of(book)
    for one, other in ((first, second), (second, first)):
        for found in tabular.pointing(one, other):
            if found.kind in (NoteKind.EXCLUDES1, NoteKind.EXCLUDES2):
                kind = "Excludes1" if found.kind is NoteKind.EXCLUDES1 else "Excludes2"
                text = " ".join(found.text.split())
                source = in_book(book, found.node, text)
                said.append(say.say("code.excludes_pair", source, kind=kind, node=found.node, lines=text))
    return list(dict.fromkeys(said))


def inclusion(context: Context, arguments: Arguments) -> ToolResult:
    """The inclusion terms at a code, or whether one is among them."""
    book, code, _ = icd(context, arguments)
    say, asked = words(context), arguments.get("words", "")
    found = book.get(code)
    if found is None:
        return unknown(context, book, arguments["code"])
    notes = [
        note
        for note in book.notes(code)
        if note.kind in (NoteKind.INCLUSION_TERM, NoteKind.INCLUDES) and _close(book, note)
        if note.kind is NoteKind.INCLUDES or note.node == code
    ]
    data = {"code": code, "notes": notes}
    if asked:
        wanted = set(terms(asked))
        fits = [note for note in notes if wanted <= set(terms(note.text))]
        fits = fits or [note for note in notes if set(terms(note.text)) <= wanted]
        if fits:
            note = fits[0]
            source = in_book(book, note.node, note.text)
            said = [say.say("code.inclusion_yes", source, term=f'"{note.text}"', node=note.node)]
            return result(data, said, [code])
    said = []
    if asked:
        said.append(say.say("code.inclusion_no", in_book(book, code), term=f'"{asked}"', code=code))
    for node in dict.fromkeys(note.node for note in notes):
        lines = joined_lines([note for note in notes if note.node == node])
        said.append(say.say("code.inclusion", in_book(book, node, lines), node=node, lines=lines))
    if not notes:
        said.append(say.say("code.no_inclusion", in_book(book, code), code=code, title=found.title))
    return result(data, said, [code])
