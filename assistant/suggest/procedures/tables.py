"""ICD-10-PCS for a facility inpatient stay: each procedure done as its table, with the axes that the note's words fill.

The root operation comes from the procedure's name (`corpus/lexicon/pcs`); whole against part of an organ by the words; an
inspection beside another procedure on the same body system is not coded (ICD-10-PCS Guideline B3.11a), and an endoscopic
procedure that was converted is coded as open, with a reminder of its inspection (B3.2d). What the words leave open stays open,
with the values allowed.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from weakref import WeakKeyDictionary

from assistant.chart.lexicon import TrieLexicon
from assistant.chart.note import Assertion, Note, Span
from assistant.chart.sentences import Sentence
from assistant.chart.tokens import tokenize
from assistant.suggest.procedures.amounts import HOURS, LENGTH, told_apart
from assistant.suggest.procedures.deeds import ELSEWHERE, Deed, clauses, denied
from assistant.suggest.procedures.rules import FOLDER
from assistant.suggest.suggestion import AxisChoice, Evidence, ProcedureTable, TableAxis
from corpus.codes import Code
from corpus.lexicon.words import ENGLISH, rows
from corpus.library import CodeBook
from corpus.procedures import definitions, words
from corpus.procedures.filling import labels, narrowed
from corpus.procedures.reading import Reading, content, read, side_in, tokens_of
from corpus.procedures.rows import part_of
from corpus.procedures.words import Procedure, sideless

PART_OF_ORGAN = re.compile(
    r"\b(?:partial|subtotal|segment\w*|wedge|biops\w+|tumou?r|lesion|polyps?|nodule|margin\w*)\b", re.I
)
_CONVERTED = re.compile(
    r"\b(?:laparoscop\w+|thoracoscop\w+|robotic\w*|arthroscop\w+|vats)\b(?=.*\bconver(?:ted|sion) to\b(?: an?)? open\b)",
    re.I | re.S,
)
_AFTER_CONVERSION = "converted to open; the endoscopic inspection before it is coded too (Guideline B3.2d)"
_SIDE = re.compile(r"\b(?:left|right|bilateral(?:ly)?|both|lt|rt)\b", re.I)
_FILLERS = frozenset({"and", "with", "of", "device", "the", "by", "no", "or"})
_SECTION = "procedure"
_ANESTHETIC = re.compile(r"ana?esthe|\bepidural\b", re.I)
"""Part of the operation or the birth, or reported by the site's policy."""
_REPORTED = re.compile("[01]|30|5A|6A|X|D")
"""Sections that inpatient facilities report as a rule. Imaging, monitoring and anesthetics are left to the site's policy."""
_SHORT = 4
"""Letters up to which a name is taken as an abbreviation."""
_ENTRY = re.compile(
    r"\b(?:(?:right|left)\s+)?(?:internal jugular|ij|subclavian|femoral|basilic|brachial|cephalic)(?:\s+vein)?\b", re.I
)
_TIP = re.compile(r"\b(?:cavo-?atrial junction|svc|superior caval)\b", re.I)
_CENTRAL = frozenset({"02H:Superior Vena Cava"})


@dataclass(frozen=True, slots=True)
class _Group:
    code: str
    base: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Said:
    """A procedure named in the note as done, with the words around it that may fill axes."""

    row: Procedure
    evidence: Evidence
    window: Span


_groups: "WeakKeyDictionary[CodeBook, dict[str, tuple[_Group, ...]]]" = WeakKeyDictionary()


@cache
def _names() -> TrieLexicon:
    """Procedure names; the term is the row's number. A short word counts as an abbreviation only (`TIPS`, not `tip`)."""
    by_name = {phrase: str(at) for at, row in enumerate(words.procedures()) for phrase in row.words}
    told = rows(FOLDER / "procedure_words.tsv", ("phrases", "means"))
    by_name.update((phrase, by_name[name]) for phrases, name in told for phrase in phrases.split("|"))
    return TrieLexicon((form, at) for phrase, at in by_name.items() for form in _forms(phrase))


def _forms(phrase: str) -> tuple[str, ...]:
    if len(phrase) > _SHORT or not phrase.isalpha():
        return (phrase,)
    return (f"={phrase.upper()}",) if phrase in ENGLISH else (f"={phrase.upper()}", f"={phrase}", f"={phrase.title()}")


@cache
def _hints() -> TrieLexicon:
    return TrieLexicon((phrase, str(at)) for at, row in enumerate(words.hints()) for phrase in row.words)


def tables(note: Note, parts: Sequence[Sentence], book: CodeBook, date: dt.date) -> tuple[ProcedureTable, ...]:
    """The procedures done during the stay, in the order of the note."""
    found: dict[tuple[str, str], ProcedureTable] = {}
    for said in _done(note, parts, date.year):
        made = _table(note, said, book, date)
        if made is None:
            continue
        mark = made.table, made.axes[3].label or made.code
        known = found.get(mark)
        if known is None or _filled(made) > _filled(known):
            found[mark] = made
    kept = _told_once(list(found.values()))
    systems = {one.table[:2] for one in kept if one.table[2] != "J"}
    return tuple(one for one in kept if not (one.table[2] == "J" and one.table[0] == "0" and one.table[:2] in systems))


def _filled(one: ProcedureTable) -> int:
    return sum(bool(axis.value) for axis in one.axes)


def _told_once(listed: list[ProcedureTable]) -> list[ProcedureTable]:
    """Without a table whose every decided axis another one of the same table shares: the same procedure, less well told."""

    def covers(more: ProcedureTable, less: ProcedureTable) -> bool:
        return more.table == less.table and all(
            not b.value or a.value == b.value for a, b in zip(more.axes, less.axes, strict=True)
        )

    return [
        one
        for at, one in enumerate(listed)
        if not any(
            covers(other, one) and (_filled(other), -number) > (_filled(one), -at)
            for number, other in enumerate(listed)
            if number != at
        )
    ]


def _done(note: Note, parts: Sequence[Sentence], year: int) -> Iterator[_Said]:
    for sentence in parts:
        if sentence.section in ELSEWHERE:
            continue
        tokens = sentence.tokens
        spots: list[tuple[int, int, Procedure]] = []
        for first, last, term in sorted(
            _names().match([token.text for token in tokens]), key=lambda match: (match[0], -match[1])
        ):
            if not spots or first >= spots[-1][1]:
                spots.append((first, last, words.procedures()[int(term)]))
        if not spots:
            continue
        told = clauses(tokens, year)
        for at, (first, last, row) in enumerate(spots):
            deed = told.deed(first)
            enough = Deed.SILENT if sentence.section == _SECTION else Deed.DONE
            if deed < enough or denied(note, sentence, first, last):
                continue
            begin = tokens[spots[at - 1][1]].start if at else sentence.span.start
            end = tokens[spots[at + 1][0]].start if at + 1 < len(spots) else sentence.span.end
            span = Span(tokens[first].start, tokens[last - 1].end)
            if _ANESTHETIC.search(note.at(span)):
                continue
            evidence = Evidence(span.start, span.end, note.at(span), sentence.section, Assertion.PRESENT)
            yield _Said(row, evidence, Span(min(begin, span.start), end))


def _table(note: Note, said: _Said, book: CodeBook, date: dt.date) -> ProcedureTable | None:
    text = _CONVERTED.sub(" ", note.at(said.window))
    central = any(f"{target.table}:{target.part}" in _CENTRAL for target in said.row.targets)
    if central:  # a central line is coded where its tip lies, not where it goes in
        text = _TIP.sub("superior vena cava", _ENTRY.sub(" ", text))
    if not any(
        phrase in text.lower() for phrase in said.row.words
    ):  # told in other words: the name says what it implies
        text = f"{text} {said.row.words[0]}"
    reading = read(text)
    chosen, named = _chosen(said.row, reading, book, text)
    if not chosen or (central and not named):
        return None
    table = chosen[0].code[:3]
    every = [code for group in chosen for code in book.billable_under(group.code) if book.valid_on(code.code, date)]
    if not every:
        return None
    left = told_apart(narrowed(every, text), every, text)
    axes = [
        TableAxis(
            position, definitions.axis_name(table[0], position), table[position - 1], label, "the procedure's name"
        )
        for position, label in enumerate(
            (
                definitions.section(table[0]).label,
                definitions.body_system(table).label,
                definitions.operation(table).label,
            ),
            1,
        )
    ]
    for position in range(4, 8):
        axes.append(_axis(note, said, table, position, every, left))
    if _CONVERTED.search(note.at(said.window)) and axes[4].value:
        axes[4] = replace(axes[4], why=_AFTER_CONVERSION)
    code = "".join(axis.value for axis in axes)
    bare = table[0] == "0" and table[2] == "J"  # an inspection alone: whether more was done is the coder's question
    whole = (
        code if len(code) == 7 and not bare and _one_operation(said.row, table, named) and book.billable(code) else ""
    )
    return ProcedureTable(table, book.title(table), whole, (said.evidence,), tuple(axes), (book.cite(whole or table),))


def _one_operation(row: Procedure, table: str, named: bool) -> bool:
    """Whether the name leads to this root operation alone, or to the whole organ (T) before a part of it (B).

    Other body systems are no doubt when the words name the body part.
    """
    others = {target.table for target in row.targets if not re.match(target.table, table)}
    if named and all(other[2:] == table[2] for other in others):
        return True
    return not others or (
        table[2] in "TB" and all(other[:2] == table[:2] and other[2:] in ("T", "B") for other in others)
    )


def _chosen(row: Procedure, reading: Reading, book: CodeBook, text: str) -> tuple[tuple[_Group, ...], bool]:
    """The groups (sides of one body part, or all that the name allows) and whether the words name the body part."""
    allowed: list[tuple[int, _Group]] = []
    for order, target in enumerate(row.targets):
        for table, groups in _groups_of(book).items():
            if re.match(target.table, table):
                allowed += [(order, group) for group in groups if target.allows(group.code, group.base)]
    if not allowed:
        return (), False
    partial = [pair for pair in allowed if pair[1].code[2] == "B"]
    if partial and PART_OF_ORGAN.search(text) and any(pair[1].code[2] == "T" for pair in allowed):
        allowed = partial
    named = [pair for pair in allowed if pair[1].words and pair[1].words <= reading.parts]
    if named:
        order, best = min(named, key=lambda pair: (-len(pair[1].words), pair[0]))
        table = best.code[:3]
        return tuple(g for _, g in allowed if g.code[:3] == table and g.base == best.base), True
    table = allowed[0][1].code[:3]
    here = {group.code: group for _, group in allowed if group.code[:3] == table}
    return tuple(here.values()), False


def _groups_of(book: CodeBook) -> dict[str, tuple[_Group, ...]]:
    """Groups of the release by table, read once."""
    found = _groups.get(book)
    if found is None:
        found = {}
        for table, title in book.chapters():
            if not _REPORTED.match(table):
                continue
            made = []
            for code, full, *_ in book.under(table):
                if len(code) == 4:
                    base = sideless(part_of(full, title))[0]
                    made.append(_Group(code, base, frozenset(tokens_of(base)) - _FILLERS))
            found[table] = tuple(made)
        _groups[book] = found
    return found


def _axis(
    note: Note,
    said: _Said,
    table: str,
    position: int,
    every: Sequence[Code],
    left: Sequence[Code],
) -> TableAxis:
    name = definitions.axis_name(table[0], position)
    values = {code.code[position - 1]: labels(code)[position - 4] for code in left}
    if len(values) > 1:
        choices = tuple(AxisChoice(value, label) for value, label in sorted(values.items()))
        return TableAxis(position, name, "", "", choices=choices)
    ((value, label),) = values.items()
    if len({code.code[position - 1] for code in every}) == 1 and position > 4:
        return TableAxis(position, name, value, label, "the only value that the table allows here")
    span = _words_for(note, said, position, value, label)
    if span is None:
        return TableAxis(position, name, value, label, "the procedure's name", (said.evidence,))
    evidence = Evidence(span.start, span.end, note.at(span), said.evidence.section, Assertion.PRESENT)
    return TableAxis(position, name, value, label, "", (evidence,))


def _words_for(note: Note, said: _Said, position: int, value: str, label: str) -> Span | None:
    """The words of the note that chose the value, when some did outright."""
    text, at = note.at(said.window), said.window.start
    found = None
    if position == 4:
        found = _SIDE.search(text) if sideless(label)[1] and side_in(text) else _TIP.search(text)
    elif HOURS.fullmatch(label):
        found = LENGTH.search(text)
    if found or position == 4:
        return Span(at + found.start(), at + found.end()) if found else None
    tokens = tokenize(note.text, said.window.start, said.window.end)
    for first, last, term in _hints().match([token.text for token in tokens]):
        row = words.hints()[int(term)]
        patterns = row.devices if position == 6 else row.qualifiers if position == 7 else ()
        if (position == 5 and row.approach == value) or any(fnmatchcase(label, pattern) for pattern in patterns):
            return Span(tokens[first].start, tokens[last - 1].end)
    wanted = _content(label)
    near = [token for token in tokens if tokens_of(token.text)[:1] and tokens_of(token.text)[0] in wanted]
    return Span(near[0].start, near[-1].end) if wanted and len(near) >= len(wanted) and len(near) < 6 else None


@lru_cache(maxsize=2000)
def _content(label: str) -> frozenset[str]:
    return content(sideless(label)[0]) - _FILLERS
