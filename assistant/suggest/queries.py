"""Questions to the physician: drafted where one detail decides the code, or where something has no diagnosis.

What is asked when is data (`rules/queries.toml`). A query quotes the note, offers choices that are all possible and always
`other` and `unable to determine`, and never names a code, a payment or a measure of quality. It is a draft for a person to
send or to drop; nothing is coded from it.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.chart.assertion import Reader
from assistant.chart.note import Assertion, Note, Span
from assistant.chart.sections import sections
from assistant.chart.sentences import Sentence, sentences
from assistant.guidelines.pattern import Selector, selector, undotted
from assistant.suggest.selection import Scored
from assistant.suggest.suggestion import Indicator, Query, Setting

_FILE = Path(__file__).parent / "rules" / "queries.toml"
MOST = 6
"""Queries of one note: a physician answers a few."""
QUOTED = 5
"""Indicators quoted in one query."""
READ = 400_000
"""Code points of a note that are searched for indicators."""
ALWAYS = ("Other (please specify)", "Unable to determine")
_DENIED = re.compile(r"\b(?:no|not|denies|denied|without|negative for|ruled out|never)\b[^.;:\n]{0,40}$", re.I)
_CODE_LIKE = re.compile(
    r"\b[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}\b|\bICD\b|\bDRG\b|\bHCC\b|\breimburs\w*|\bpayer\b|\bpayment\b", re.I
)
_CURRENT = (Assertion.PRESENT, Assertion.POSSIBLE)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of query, as the data file says it."""

    id: str
    topic: str
    ask: str
    options: tuple[str, ...]
    codes: Selector | None
    open_side: bool
    finding: re.Pattern[str] | None
    below: float | None
    above: float | None
    mention: re.Pattern[str] | None
    title: re.Pattern[str] | None
    finding_beside: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    unless_codes: Selector | None
    indicators: re.Pattern[str] | None
    needs: int
    worth: int
    diagnosis: bool
    setting: str


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    """Every kind, most useful first. Raises ValueError naming a kind that cannot be used."""
    listed = tomllib.loads(_FILE.read_text(encoding="utf-8"))["query"]
    return tuple(sorted(map(_kind, listed), key=lambda kind: (-kind.worth, kind.id)))


_BETWEEN = ("<to>", r"(?:[\s:=(~<>|,]|\b(?:of|was|is|at|now|today|level|count|only|still|again|up|down|to)\b){0,10}")
_DECIMALS = (r"[^.;\n]", r"(?:[^.;\n]|\.(?=\d))")
"""A sentence does not end inside a number."""
_LOOSE = re.compile(r"[\s,(:–-]+(?:no|not|and|or|with|of|the|a|an|to|for|in|at|on|is|was|but|by|from|he|she)$", re.I)
"""Words that a quotation does not end with."""
_FIELDS = frozenset(
    (
        *("id", "topic", "ask", "options", "codes", "open", "finding", "below", "above", "mention", "title"),
        *("finding_beside", "unless", "unless_codes", "indicators", "needs", "worth", "diagnosis", "setting"),
    )
)


def _kind(entry: dict[str, Any]) -> Kind:
    name = entry.get("id", "a query without id")
    if unknown := set(entry) - _FIELDS:
        raise ValueError(f"query {name}: unknown fields {sorted(unknown)}")

    def pattern(key: str) -> re.Pattern[str] | None:
        said = entry.get(key, "").replace(*_BETWEEN).replace(*_DECIMALS)
        return re.compile(said, re.I) if said else None

    return Kind(
        id=name,
        topic=entry["topic"],
        ask=entry["ask"],
        options=tuple(entry["options"]),
        codes=selector(entry["codes"]) if "codes" in entry else None,
        open_side=entry.get("open") == "side",
        finding=pattern("finding"),
        below=entry.get("below"),
        above=entry.get("above"),
        mention=pattern("mention"),
        title=pattern("title"),
        finding_beside=pattern("finding_beside"),
        unless=pattern("unless"),
        unless_codes=selector(entry["unless_codes"]) if "unless_codes" in entry else None,
        indicators=pattern("indicators"),
        needs=entry.get("needs", 1),
        worth=entry.get("worth", 1),
        diagnosis=bool(entry.get("diagnosis")),
        setting=entry.get("setting", ""),
    )


def queries(
    note: Note,
    chosen: Sequence[Scored],
    setting: Setting,
    side_open: Callable[[Scored], bool],
    is_code: Callable[[str], bool],
) -> tuple[Query, ...]:
    """The queries that `note` and the codes chosen for it call for, most useful first, at most `MOST`.

    `side_open` says whether a code leaves its side open though sides exist; `is_code` whether a word is a code, which
    is then not quoted. Offsets are those of `note`.
    """
    page = _Page(note, is_code)
    bare = {undotted(item.code.code): item for item in chosen}
    found: list[Query] = []
    topics: set[str] = set()
    for kind in kinds():
        if kind.topic in topics or (kind.setting and kind.setting != setting.value):
            continue
        if kind.unless_codes and any(kind.unless_codes.matches(code) for code in bare):
            continue
        start = _start(kind, page, bare, side_open)
        if start is None or (kind.unless and kind.unless.search(page.text)):
            continue
        spans, about, said = start
        more = [span for span in page.found(kind.indicators) if not any(span.overlaps(one) for one in spans)]
        if len(more) < kind.needs:
            continue
        topics.add(kind.topic)
        found.append(_query(kind, page, [*spans, *more], about, said))
        if len(found) == MOST:
            break
    return tuple(found)


Start = tuple[list[Span], tuple[str, ...], str]
"""The spans that start a query, the codes it is about, and the words it asks about."""


def _start(kind: Kind, page: "_Page", bare: dict[str, Scored], side_open: Callable[[Scored], bool]) -> Start | None:
    if kind.finding:
        measured = [span for span in page.values(kind) if page.current(span)]
        return (measured[:2], (), page.note.at(measured[0])) if measured else None
    for code, item in bare.items():
        if kind.open_side:
            fits = side_open(item)
        else:
            fits = bool(kind.codes and kind.codes.matches(code))
        if not fits or (kind.title and not kind.title.search(item.code.title)):
            continue
        mentions = [
            candidate.mention
            for candidate in sorted(item.candidates, key=lambda one: one.mention.span)
            if not kind.mention or kind.mention.search(candidate.mention.text)
        ]
        if not mentions or not page.quotable(mentions[0].span):
            continue
        spans = [mentions[0].span]
        if kind.finding_beside:
            beside = [span for span in page.found(kind.finding_beside) if not span.overlaps(spans[0])]
            if not beside:
                continue
            spans.append(beside[0])
        return spans, (item.code.code,), " ".join(mentions[0].text.split())
    return None


def _query(kind: Kind, page: "_Page", spans: Iterable[Span], about: tuple[str, ...], said: str) -> Query:
    indicators = tuple(
        Indicator(span.start, span.end, page.note.at(span)) for span in sorted(list(dict.fromkeys(spans))[:QUOTED])
    )
    said = " ".join(said.split())
    if kind.finding and not kind.diagnosis:
        opening = f'The record has "{said}" and names no related diagnosis.'
    else:
        opening = f'The record says "{said}".'
    question = f"{opening} Based on your clinical judgment, please document {kind.ask}."
    return Query(kind.id, kind.topic, question, (*kind.options, *ALWAYS), indicators, about)


class _Page:
    """A note being searched: what of it may be quoted as the patient's own and current."""

    def __init__(self, note: Note, is_code: Callable[[str], bool]) -> None:
        self.note = note
        self.text = note.text[:READ]
        self._is_code = is_code
        self._sentences: list[Sentence] | None = None

    def found(self, pattern: re.Pattern[str] | None) -> list[Span]:
        """Where `pattern` stands, once for each wording, undenied and quotable."""
        if pattern is None:
            return []
        spans: dict[str, Span] = {}
        for match in pattern.finditer(self.text):
            span = self._trimmed(match)
            comma = self.text.find(", ", span.start + 3, span.end)
            span = Span(span.start, comma) if comma > 0 else span  # what follows is another drug or value
            words = self.note.at(span).lower()
            if words and words not in spans and not self._denied(span.start) and self.quotable(span):
                spans[words] = span
            if len(spans) == QUOTED:
                break
        return sorted(spans.values())

    def values(self, kind: Kind) -> Iterator[Span]:
        """Where the finding of `kind` stands with a number inside its limits."""
        assert kind.finding
        for match in kind.finding.finditer(self.text):
            if kind.below is not None or kind.above is not None:
                value = float(match["v"])
                if kind.below is not None and value >= kind.below:
                    continue
                if kind.above is not None and value <= kind.above:
                    continue
            span = self._trimmed(match)
            if not self._denied(span.start) and self.quotable(span):
                yield span

    def current(self, span: Span) -> bool:
        """Whether the words are said of the patient and of now, outside the family history and the allergies."""
        if self._sentences is None:
            note = self.note if len(self.note.text) <= READ else Note(self.note.id, self.text)
            self._sentences = list(sentences(note, sections(note)))
            self._sentences.sort(key=lambda one: one.span)
        at = bisect_right([one.span.start for one in self._sentences], span.start) - 1
        if at < 0 or not (sentence := self._sentences[at]).span.overlaps(span):
            return True
        if sentence.section in ("family_history", "allergies"):
            return False
        inside = [n for n, token in enumerate(sentence.tokens) if token.start < span.end and token.end > span.start]
        if not inside:
            return True
        return Reader(self.note, sentence).verdict(inside[0], inside[-1] + 1).assertion in _CURRENT

    def quotable(self, span: Span) -> bool:
        """Whether the words name no code, payer or payment."""
        words = self.note.at(span)
        if _CODE_LIKE.search(words):
            return False
        return not any(self._is_code(word) for word in re.findall(r"\b[A-Z]\d[0-9A-Z]\b", words))

    def _denied(self, start: int) -> bool:
        return bool(_DENIED.search(self.text, max(0, start - 60), start))

    def _trimmed(self, match: re.Match[str]) -> Span:
        """The match without blanks and marks at its ends, and without a word cut in two."""
        start, end = match.span()
        while end < len(self.text) and self.text[end - 1 : end].isalnum() and self.text[end].isalnum():
            end -= 1
        while end > start and not self.text[end - 1].isalnum() and self.text[end - 1] not in "%)":
            end -= 1
        while loose := _LOOSE.search(self.text, start, end):
            end = loose.start()
        return Span(start, end)
