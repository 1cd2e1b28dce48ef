"""One question understood: its kind, and how it hangs together with the one before."""

import re
from collections.abc import Callable

from assistant.chat.answers.topics import topic_claims
from assistant.chat.examples import masked, points
from assistant.chat.finding import bare, searchable
from assistant.chat.followups import CODE_KINDS, follow_up, with_earlier_codes
from assistant.chat.papers import OpenClaim, Papers
from assistant.chat.reply import Question
from assistant.chat.slots import Slots
from assistant.chat.subjects import claims_about
from assistant.chat.tools.common import day
from assistant.chat.turn import Context
from assistant.chat.understanding import FALLBACK, facts_of, folded, ranked
from corpus.codes import CodeSystem


def understand(text: str, slots: Slots, papers: Papers, context: Context) -> Question:
    """The kind of the question, what it is about, and how it hangs together with the one before."""
    last = context.turns[-1] if context.turns else None
    note = context.note is not None
    slots = with_earlier_codes(text, slots, last)
    about = claims_about(text, slots, papers, last)
    facts = facts_of(slots, papers, note, bool(context.turns), context.use_store, about)
    if context.encounter is not None:
        facts |= {"encounter"}
    if re.search(r"\bplb\b|provider[- ]level", text, re.I):
        facts |= {"plb_word"}
    order = ranked(text, facts, points(masked(text, slots, papers), encoder_of(context)))
    best, kind = order[0] if order else (0.0, "")
    if note and not papers and kind in ("", FALLBACK) and not _names_condition(text):
        kind = "in_note" if not order else kind
    if kind == FALLBACK and (slots.codes or slots.procedures):
        kind = _about_code(text, [name for _, name in order])
    if kind in ("", FALLBACK) and not slots.codes and not _names_condition(text) and (papers or note):
        kind = _of_the_papers(text, papers, about, context) or kind
    if kind == "missing_data" and about and topic_claims(text, tuple(about)):
        kind = "claim_why"
    if last is not None:
        follow = follow_up(text, slots, papers, about, last, best, kind)
        if follow is not None:
            return follow
    if not kind and slots.claims:
        kind = "explain_claim" if papers else ""
    if not kind:
        kind = "in_note" if note else "explain_claim" if about and papers else FALLBACK
    return Question(text, slots, papers, kind, tuple(about))


def _of_the_papers(text: str, papers: Papers, about: list[OpenClaim], context: Context) -> str:
    """What is asked of the open papers when no wording decides and the words are no condition of the code book either."""
    query = searchable(bare(text))
    hits = context.services.search(query, 1, day(context)) if query else []
    if hits and hits[0].score >= _CONDITION:
        return ""
    if papers:
        return "explain_claim" if about else "summary"
    return "in_note"


_CONDITION = 0.9
"""Score of a search from which words are taken for a condition although a paper is open."""


def _about_code(text: str, order: list[str]) -> str:
    """What is asked of a code that is named, when no wording decides: whether it may be billed, else what it is."""
    others = [name for name in order if name in CODE_KINDS and name != FALLBACK]
    if others:
        return others[0]
    return "billable" if re.search(r"^\W*(?:is|can|may|puedo|se puede)\b", folded(text)) else FALLBACK


def _names_condition(text: str) -> bool:
    return bool(re.search(r"\bcode|\bicd|\bdx\b|codigo", folded(text)))


def encoder_of(context: Context) -> object:
    """The encoder of the search over the codes of the day."""
    return getattr(context.services.searcher_on(day(context)), "encoder", None)


def known_service(context: Context) -> Callable[[str], bool]:
    """Whether a text is a HCPCS code of the day."""

    def known(code: str) -> bool:
        return context.services.codebook_on(day(context), CodeSystem.HCPCS).get(code) is not None

    return known
