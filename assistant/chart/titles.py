"""Lines that name a problem: numbered items, short lines and bullets of an assessment, a problem list, a diagnosis list."""

from assistant.chart.chunks import is_modifier, is_plain
from assistant.chart.rules import word_classes
from assistant.chart.sections import ACTION_KINDS
from assistant.chart.sentences import Sentence

_TITLED = ACTION_KINDS | {"past_medical_history", "chief_complaint"}
_ENDS = frozenset({".", ":", ";", "-", "–", "—", "=", ">", "?"})
_NAMING = frozenset({"", "diagnosis", "diagnoses", "problem", "impression", "assessment"})
_MAX_TITLE = 14


def title_end(sentence: Sentence) -> int:
    """Number of leading tokens that name a problem on a line of its own; 0 when the line does not."""
    if sentence.section not in _TITLED or not sentence.first or not sentence.tokens or sentence.label not in _NAMING:
        return 0
    tokens = sentence.tokens
    end = 0
    while end < len(tokens):
        word = tokens[end].word
        if word in _ENDS or (word == "," and _leaves(sentence, end + 1)):
            break
        end += 1
    if not 0 < end <= _MAX_TITLE or any(is_plain(token.word) for token in tokens[:end]):
        return 0
    listed = bool(sentence.bullet) and (sentence.last or sentence.bullet[0] not in "-•*·")
    alone = sentence.last and end >= len(tokens) - 1
    marked = end < len(tokens) and tokens[end].word in {":", "-", "–", "—"}
    return end if listed or alone or marked else 0


def _leaves(sentence: Sentence, at: int) -> bool:
    """Whether the words after a comma leave the title: a status or an instruction, not a side or an episode."""
    if at >= len(sentence.tokens):
        return True
    word = sentence.tokens[at].word
    return (
        is_plain(word)
        or word in word_classes()["state"]
        or not (is_modifier(word) or word in {"initial", "subsequent"})
    )
