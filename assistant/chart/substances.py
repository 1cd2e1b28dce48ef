"""Drugs taken for long, and what a patient is allergic to: substances that carry a status code of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.chart.assertion import Reader
from assistant.chart.lexicon import PhraseLexicon, TrieLexicon
from assistant.chart.note import Assertion, Mention, Note, Section, Span
from assistant.chart.rules import rows, word_class
from assistant.chart.sentences import Sentence, sentences
from assistant.chart.tokens import Token

_SEPARATORS = frozenset({",", ";", "/", "and", "|"})
_LONGEST_ALLERGEN = 4


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug the note speaks of. `group` is the first column of `rules/drugs.tsv`, or the phrase book's term id."""

    mention: Mention
    group: str


@cache
def _drugs() -> TrieLexicon:
    return TrieLexicon((drug, row["group"]) for row in rows("drugs.tsv") for drug in row["drugs"].split("|"))


def find_drugs(note: Note, parts: tuple[Section, ...], lexicon: PhraseLexicon | None = None) -> tuple[Drug, ...]:
    """Drugs in the order of the note, from `rules/drugs.tsv` or from `lexicon` when given.

    `mention.assertion` is `present` for a drug that is taken, continued or started; `historical` when it was stopped;
    `planned` when it is only considered; `negated` when it is not taken. Allergy sections are left out: a drug there is
    an allergen. A diagnosis must never be coded from a drug; the drug says only that it is taken.
    """
    found: list[Drug] = []
    for sentence in sentences(note, parts):
        if sentence.section in {"allergies", "family_history"}:
            continue
        tokens = sentence.tokens
        matches = (lexicon or _drugs()).match([token.text for token in tokens])
        taken = 0
        reader = None
        for first, last, group in sorted(matches, key=lambda match: (match[0], -match[1])):
            if first < taken:
                continue
            taken = last
            reader = reader or Reader(note, sentence)
            found.append(Drug(_drug_mention(note, sentence, reader, first, last), group))
    return tuple(found)


def _drug_mention(note: Note, sentence: Sentence, reader: Reader, first: int, last: int) -> Mention:
    tokens = sentence.tokens
    span = Span(tokens[first].start, tokens[last - 1].end)
    verdict = reader.verdict(first, last)
    assertion, cue = verdict.assertion, verdict.cue
    if assertion in {Assertion.PRESENT, Assertion.PLANNED, Assertion.POSSIBLE}:
        assertion, cue = _taking(tokens, first, last)
    return Mention(span, note.at(span), sentence.section, assertion, cue)


def _taking(tokens: Sequence[Token], first: int, last: int) -> tuple[Assertion, str]:
    """Whether the drug is stopped or only considered, by the nearest such word before it, or right behind it."""
    for at in range(first - 1, max(-1, first - 7), -1):
        word = tokens[at].word
        if word in word_class("drug_stopped"):
            return Assertion.HISTORICAL, tokens[at].text
        if word in word_class("drug_considered"):
            return Assertion.PLANNED, tokens[at].text
        if word in word_class("drug_begun") and at and tokens[at - 1].word in word_class("drug_considered"):
            return Assertion.PLANNED, tokens[at - 1].text
        if word in word_class("drug_taken") or word in {".", ";", ","}:
            break
    for at in range(last, min(len(tokens), last + 4)):
        if tokens[at].word in word_class("drug_stopped_after"):
            return Assertion.HISTORICAL, tokens[at].text
    return Assertion.PRESENT, ""


def find_allergens(note: Note, sentence: Sentence) -> Iterator[Mention]:
    """Substances listed in an allergies section: one mention each, without the reaction. `NKDA` and `none` give nothing."""
    tokens = [token for token in sentence.tokens if token.word != "."]
    words = {token.word for token in tokens}
    if sentence.section != "allergies" or words & word_class("no_allergy") or words & word_class("running"):
        return
    start = 0
    for at in range(len(tokens) + 1):
        if at == len(tokens) or tokens[at].word in _SEPARATORS:
            piece = _substance(tokens[start:at])
            if piece:
                span = Span(piece[0].start, piece[-1].end)
                yield Mention(span, note.at(span), sentence.section, Assertion.PRESENT)
            start = at + 1


def _substance(piece: list[Token]) -> list[Token]:
    """The words before a reaction: `Penicillin (hives)`, `sulfa - rash`, `codeine causes nausea`."""
    if piece and piece[0].word in {"allergic", "to"}:
        return _substance(piece[1:])
    kept: list[Token] = []
    for token in piece:
        if not token.word[0].isalpha() or token.word in word_class("reaction"):
            break
        kept.append(token)
    return kept if 0 < len(kept) <= _LONGEST_ALLERGEN else []
