"""Where a note's sections begin. Headings are data (`rules/headings.tsv`); a note without any is one `other` section."""

import re
from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from assistant.chart.note import Note, Section, Span
from assistant.chart.rules import rows, word_class

LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_INDENT = r"[ \t\u00a0\u200e\u200f\ufeff>|]*"
_NUMBER = r"\(?\d{1,2}[.)][ \t]+|\(?\d{1,2}\)[ \t]*|[a-zA-Z][.)][ \t]+"
BULLET = re.compile(rf"{_INDENT}(?:(?:[•●▪■◦○∙‣⁃·*+–—-]|#+)[ \t]*|{_NUMBER})*")
_LABEL = re.compile(r"[^\W\d_][^:\r\n]{0,59}?(?=[ \t*_]*(?::|>>|[ \t][-–—][ \t]|[-–—][ \t]|$))")
_INLINE = re.compile(
    r"(?:[.;|!?)][ \t]{1,40}|(?<![ \t])(?:[ \t]{2,40}|\t))([A-Z][A-Za-z/&' -]{1,38}?)[ \t]?(?::|>>)(?=[ \t\r\n]|$)"
)
_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_MARKS = re.compile(r"[^\w/&+' -]+")
_LEADING = word_class("heading_lead")
_BLANK = re.compile(r"(?:\r\n|[\r\n])[ \t]*(?:\r\n|[\r\n])")
_FIRST = re.compile(r"[ \t]*(?:1[.)]|#[ \t]?\w)")
_NUMBERED = re.compile(
    r"(?:\A|(?:\r\n|[\r\n])[ \t]*(?:\r\n|[\r\n]))[ \t]*((?:1[.)]|#)[ \t]?[^\W\d_][^\r\n]*[\r\n]+[ \t]*(?:2[.)]|#)[ \t]?[^\W\d_])"
)
_UNNAMED = frozenset({"other", "history_of_present_illness", "vitals", "physical_exam", "results"})
_ONE_LINE = frozenset(
    {"chief_complaint", "past_medical_history", "past_surgical_history", "family_history", "social_history"}
    | {"medications", "allergies", "immunizations", "vitals"}
)
_PROBLEMS = frozenset(
    {"problems", "active problems", "problem list", "active problem list", "problems addressed", "issues"}
)
"""Headings that name the problems of the visit where no other part of the note does."""
_FUZZY_CUTOFF = 90
ACTION_KINDS = frozenset({"assessment", "plan", "assessment_and_plan", "discharge_diagnosis", "hospital_course"})
"""Kinds that hold the problems of the visit."""


class _Start(NamedTuple):
    start: int
    body: int
    kind: str
    heading: str


@cache
def _table() -> dict[str, list[tuple[str, str]]]:
    table: dict[str, list[tuple[str, str]]] = {}
    for row in rows("headings.tsv"):
        for heading in row["headings"].split("|"):
            table.setdefault(_key(heading), []).append((row["kind"], row["parent"]))
    return table


@cache
def _long_headings() -> tuple[str, ...]:
    return tuple(sorted(key for key in _table() if len(key) >= 8))


def _key(heading: str) -> str:
    text = _MARKS.sub(" ", _PARENTHESES.sub(" ", heading)).replace("_", " ")
    text = text.casefold().replace("&", " and ").replace(" / ", "/")
    return " ".join(text.split()).strip("-+' ")


def _kind(heading: str, current: str, spelling: bool = False) -> str | None:
    """Kind of a heading text, or None. `spelling` also accepts a near miss of a long heading."""
    key = _key(heading)
    if not key or len(key) > 60:
        return None
    words = key.split()
    for _ in range(3):
        for kind, parent in _table().get(" ".join(words), ()):
            if not parent or current.startswith(parent):
                return kind
        if len(words) < 2 or words[0] not in _LEADING:
            break
        words = words[1:]
    if spelling and len(key) >= 8:
        near = process.extractOne(key, _long_headings(), scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF)
        if near:
            return _table()[near[0]][0][0]
    return None


def sections(note: Note) -> tuple[Section, ...]:
    """The note's sections in order. Their spans cover the text from 0 to its end without gap or overlap.

    Text before the first heading is a section `other` with an empty heading. An empty text has no section.
    """
    text = note.text
    if not text:
        return ()
    starts = _with_implied(text, _starts(text))
    if not starts or starts[0].start > 0:
        starts.insert(0, _Start(0, 0, "other", ""))
    if not any(start.kind in ACTION_KINDS for start in starts):
        starts = _with_unnamed_problems(text, starts)
    if not any(start.kind in ACTION_KINDS - {"hospital_course"} for start in starts):
        starts = [
            start._replace(kind="assessment_and_plan") if _key(start.heading) in _PROBLEMS else start
            for start in starts
        ]
    ends = [start.start for start in starts[1:]] + [len(text)]
    return tuple(
        Section(start.kind, start.heading, Span(start.start, end), Span(min(start.body, end), end))
        for start, end in zip(starts, ends, strict=True)
    )


def _starts(text: str) -> list[_Start]:
    starts: list[_Start] = []
    current = ""
    for line in LINE.finditer(text):
        begin, end = line.span()
        found = _line_heading(text, begin, end, current)
        if found:
            current = _add(starts, found)
        for inline in _INLINE.finditer(text, found.body if found else begin, end):
            kind = _kind(inline[1], current)
            if kind and not _inner_label(kind, current):
                head = _Start(inline.start(1), inline.end(), kind, inline[1])
                current = _add(starts, head)
    return starts


def _with_implied(text: str, starts: list[_Start]) -> list[_Start]:
    """End a part that began and filled one line (`PMH: HTN, gout`) at the blank line below it.

    What follows has no heading: the story after a chief complaint, the problems where it is numbered, else `other`.
    """
    made: list[_Start] = []
    for at, start in enumerate(starts):
        made.append(start)
        end = starts[at + 1].start if at + 1 < len(starts) else len(text)
        line = LINE.match(text, start.body, end)
        if start.kind not in _ONE_LINE or not line or not line.group().strip():
            continue
        gap = _BLANK.search(text, line.end(), end)
        if gap and text[gap.end() : end].strip():
            numbered = _FIRST.match(text, gap.end(), end)
            told = "history_of_present_illness" if start.kind == "chief_complaint" else "other"
            made.append(_Start(gap.end(), gap.end(), "assessment_and_plan" if numbered else told, ""))
    return made


def _with_unnamed_problems(text: str, starts: list[_Start]) -> list[_Start]:
    """The last list of two or more numbered items behind a blank line is the assessment of a note that names none."""
    begins = [match.start(1) for match in _NUMBERED.finditer(text)]
    if not begins:
        return starts
    begin = begins[-1]
    before = [start for start in starts if start.start < begin]
    if before and before[-1].kind not in _UNNAMED:
        return starts
    after = [start for start in starts[len(before) :] if start.start > begin]
    return [*before, _Start(begin, begin, "assessment_and_plan", ""), *after]


def _add(starts: list[_Start], found: _Start) -> str:
    starts.append(found)
    return found.kind


def _inner_label(kind: str, current: str) -> bool:
    """Whether a label such as `Plan:` inside a problem, or `Skin:` data inside a part, stays in its section."""
    if current in ACTION_KINDS:
        return kind in ACTION_KINDS or kind in {
            "other",
            "instructions",
            "orders",
            "results",
            "medications",
            "procedure",
        }
    return kind == current


def _line_heading(text: str, begin: int, end: int, current: str) -> _Start | None:
    mark = BULLET.match(text, begin, end)
    first = mark.end() if mark else begin
    bulleted = text[begin:first].strip(" \t\u00a0\u200e\u200f\ufeff>|#*") != ""
    while first < end and text[first] in "*_=~[ \t":
        first += 1
    label = _LABEL.match(text, first, end)
    if not label:
        return None
    words = label.group().rstrip(" \t*_=~]-–—.")
    stop = first + len(words)
    rest = text[label.end() : end].strip(" \t*_=~]")
    colon = rest.startswith((":", ">>"))
    alone = not rest.strip(":>-–— \t*_=~.")
    capitals = words.isupper()
    if bulleted and not (colon or (capitals and alone and len(words) > 3)):
        return None
    if bulleted and current in ACTION_KINDS:
        return None
    if not (colon or alone or (rest[:1] in "-–—" and (capitals or len(words) > 3))):
        return _capital_run(text, first, end, current) if text[first : first + 2].isupper() else None
    if alone and not colon and text[first:end].rstrip().endswith(".") and not capitals:
        return None
    kind = _kind(words, current, spelling=alone and (capitals or colon))
    if not kind and text[first : first + 2].isupper():
        return _capital_run(text, first, end, current)
    if not kind or (_label_only(kind, words, alone, capitals) and not colon):
        return None
    if not alone and not capitals and current in ACTION_KINDS and _inner_label(kind, current):
        return None
    if kind in {"results", "social_history", "other"} and not alone and current and kind == current:
        return None
    body = label.end()
    while body < end and text[body] in ":>-–—*_=~] \t":
        body += 1
    return _Start(begin, body, kind, text[first:stop])


def _label_only(kind: str, words: str, alone: bool, capitals: bool) -> bool:
    """Very short labels (`S`, `A`, `All`) need a colon, or capitals alone on their line."""
    return len(words) < 3 and not (alone and capitals and kind != "other")


def _capital_run(text: str, first: int, end: int, current: str) -> _Start | None:
    """`ASSESSMENT Stable asthma ...`: a known heading in capitals, then text, with no mark between."""
    run = re.compile(r"[A-Z][A-Z/&' ]{2,38}(?=[ \t]+[A-Z]?[a-z0-9])").match(text, first, end)
    if not run:
        return None
    words = run.group().rstrip()
    kind = _kind(words, current) if len(words) > 3 else None
    if not kind or (current in ACTION_KINDS and kind in {"other", "results"}):
        return None
    return _Start(first, first + len(words), kind, words)
