"""Every codable thing a note speaks of: short phrases in the note's own words, with assertion and qualifiers."""

from collections.abc import Sequence
from typing import NamedTuple

from assistant.chart.assertion import Reader
from assistant.chart.chunks import left_edge, right_edge, title_left
from assistant.chart.cores import Core, find_cores
from assistant.chart.lexicon import PhraseLexicon
from assistant.chart.note import Mention, Note, Section, Span
from assistant.chart.qualifiers import Quality, find_qualifiers
from assistant.chart.rules import word_class
from assistant.chart.sentences import Sentence, sentences
from assistant.chart.substances import find_allergens
from assistant.chart.titles import title_end
from assistant.chart.tokens import Token

_SKIPPED = frozenset({"demographics"})
_ADJECTIVES = frozenset({"diabetic", "hypertensive", "alcoholic", "rheumatoid", "psoriatic"})
_JOINS = frozenset({"with", "w"})
_CAUSES = (
    ("due", "to"),
    ("secondary", "to"),
    ("caused", "by"),
    ("2", "/", "2"),
    ("w", "/"),
    ("associated", "with"),
    ("complicated", "by"),
)
_JOINABLE = frozenset({"chronic", "acute", "neoplasm", "injury", "finding"})
_APART = frozenset({"procedure", "status", "screening"})
_BETWEEN = word_class("between")
_NEARBY = 8
_DOSES = frozenset(
    {"mg", "mcg", "ml", "g", "units", "unit", "tablet", "tablets", "tab", "tabs", "puffs", "bid", "tid", "qid", "qhs"}
)


class _Phrase(NamedTuple):
    first: int
    last: int
    nature: str
    core: int
    """Token where the core begins: what the assertion is read from."""
    core_last: int
    vague: bool = False
    """Whether the core says too little without its company (`exacerbation`)."""


def find_mentions(note: Note, parts: tuple[Section, ...], lexicon: PhraseLexicon | None = None) -> tuple[Mention, ...]:
    """Mentions in the order of the note; `note.text[m.span.start : m.span.end] == m.text` for every mention m.

    `parts` is what `sections(note)` gave. `lexicon` is a phrase book matched beside the built-in fallback; None uses the
    fallback alone. Two mentions may overlap when a combination (`diabetes with neuropathy`) holds a second codable thing.
    A mention with assertion `historical`, `family` and the like does not contain its cue (`history of`): what a coder
    looks up is `cue + " " + text`. In an allergies section every substance listed is a mention (`Penicillin`), present.
    """
    found: list[Mention] = []
    everything = sentences(note, parts)
    for at, sentence in enumerate(everything):
        if sentence.section in _SKIPPED or not sentence.tokens:
            continue
        made = _sentence_mentions(note, sentence, lexicon)
        if sentence.section == "allergies":
            listed = list(find_allergens(note, sentence))
            made = listed or made
        if made and title_end(sentence):
            made = _enriched(note, made, everything, at)
        found.extend(made)
    return tuple(found)


def _sentence_mentions(note: Note, sentence: Sentence, lexicon: PhraseLexicon | None) -> list[Mention]:
    tokens = sentence.tokens
    cores = find_cores(tokens, lexicon)
    ceiling = title_end(sentence)
    phrases = [phrase for phrase in _phrases(tokens, cores, ceiling) if phrase]
    if ceiling and len([core for core in cores if core.first < ceiling]) == 0:
        bare = _bare_title(sentence, ceiling)
        if bare:
            phrases.insert(0, bare)
    if not phrases:
        return []
    reader = Reader(note, sentence)
    qualities = find_qualifiers(tokens)
    joined = _joined(tokens, phrases)
    made = []
    for phrase in joined:
        verdict = reader.verdict(phrase.core, phrase.core_last)
        span = Span(tokens[phrase.first].start, tokens[phrase.last - 1].end)
        made.append(
            Mention(
                span,
                note.at(span),
                sentence.section,
                verdict.assertion,
                verdict.cue,
                _qualifiers(note, tokens, phrase, joined, qualities),
            )
        )
    return made


def _phrases(tokens: Sequence[Token], cores: list[Core], ceiling: int) -> list[_Phrase | None]:
    made: list[_Phrase | None] = []
    floor = 0
    for at, core in enumerate(cores):
        stop = cores[at + 1].first if at + 1 < len(cores) else len(tokens)
        first = core.first if core.whole else left_edge(tokens, core.first, floor)
        if at == 0 and core.first < ceiling and not core.whole:
            first = min(first, title_left(tokens, core.first))
        last = right_edge(tokens, core.last, stop, title=core.first < ceiling)
        if core.generic and first == core.first and last == core.last and not (first == 0 and last == ceiling):
            floor = core.last
            continue
        floor = last
        made.append(_Phrase(first, last, core.nature, core.first, core.last, core.generic))
    return made


def _bare_title(sentence: Sentence, ceiling: int) -> _Phrase | None:
    """A problem's own line that holds no known word: `Mood.` is still what the visit is about."""
    if (
        sentence.section not in {"assessment", "assessment_and_plan", "discharge_diagnosis"}
        or not 0 < ceiling <= 7
        or sentence.label
    ):
        return None
    words = [token.word for token in sentence.tokens[:ceiling]]
    if _DOSES & set(words):  # a line of a list of drugs
        return None
    if words[0] in word_class("no_title") or not any(word.isalpha() and len(word) > 2 for word in words):
        return None
    return _Phrase(0, ceiling, "", 0, ceiling)


def _joined(tokens: Sequence[Token], phrases: list[_Phrase]) -> list[_Phrase]:
    """Join `diabetes` + `with neuropathy`; the second stays a mention of its own unless it is vague (`exacerbation`)."""
    made: list[_Phrase] = []
    covered = 0
    phrases = _with_adjectives(tokens, phrases)
    for at, phrase in enumerate(phrases):
        if phrase.vague and phrase.last <= covered:
            continue
        following = phrases[at + 1] if at + 1 < len(phrases) else None
        if following and phrase.nature in _JOINABLE and following.nature not in _APART:
            between = tuple(token.word for token in tokens[phrase.last : following.first])
            while between and between[-1] in _BETWEEN:
                between = between[:-1]
            if (len(between) == 1 and between[0] in _JOINS) or _is_cause(between):
                phrase = phrase._replace(last=following.last)
                covered = following.last
        made.append(phrase)
    return made


def _with_adjectives(tokens: Sequence[Token], phrases: list[_Phrase]) -> list[_Phrase]:
    """`diabetic` before a condition belongs to it: `diabetic chronic kidney disease` is one thing."""
    made: list[_Phrase] = []
    for phrase in phrases:
        before = made[-1] if made else None
        if before and before.last == phrase.first == before.first + 1 and tokens[before.first].word in _ADJECTIVES:
            made.pop()
            phrase = phrase._replace(first=phrase.first - 1)
        made.append(phrase)
    return made


def _is_cause(between: tuple[str, ...]) -> bool:
    """`due to`, also with an organism's name before the second noun (`due to E. coli pyelonephritis`)."""
    return any(
        between[: len(cause)] == cause and len(between) <= len(cause) + 3 and "," not in between for cause in _CAUSES
    )


def _qualifiers(
    note: Note,
    tokens: Sequence[Token],
    phrase: _Phrase,
    others: list[_Phrase],
    qualities: list[Quality],
) -> tuple[str, ...]:
    """Qualifiers inside the mention, then those near it that no other mention holds."""
    inside, near = [], []
    have: set[str] = set()
    for first, last, axis, _ in qualities:
        words = note.text[tokens[first].start : tokens[last - 1].end]
        if phrase.first <= first and last <= phrase.last:
            inside.append(words)
            have.add(axis)
        elif min(abs(first - phrase.last), abs(phrase.first - last)) <= _NEARBY and not any(
            other.first <= first and last <= other.last for other in others if other is not phrase
        ):
            near.append((axis, words))
    return tuple(dict.fromkeys(inside + [words for axis, words in near if axis not in have]))


def _enriched(note: Note, made: list[Mention], everything: list[Sentence], at: int) -> list[Mention]:
    """Give a problem's title the qualifiers of the sentences below it, for axes the title leaves open."""
    title = made[0]
    have = {quality.axis for quality in find_qualifiers(everything[at].tokens)}
    extra: list[str] = []
    for sentence in everything[at + 1 : at + 5]:
        opening = sentence.tokens[0].word if sentence.tokens else ""
        if sentence.section != title.section or title_end(sentence) or opening in word_class("no_title"):
            break
        for first, last, axis, far in find_qualifiers(sentence.tokens):
            if far and axis not in have:
                extra.append(note.text[sentence.tokens[first].start : sentence.tokens[last - 1].end])
                have.add(axis)
    if not extra:
        return made
    widened = Mention(title.span, title.text, title.section, title.assertion, title.cue, (*title.qualifiers, *extra))
    return [widened, *made[1:]]
