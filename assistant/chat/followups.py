"""A question that follows another: what it takes over from the one before."""

import re
from dataclasses import replace

from assistant.chat.answers.change import change_in, merged
from assistant.chat.papers import OpenClaim, Papers
from assistant.chat.reply import Question
from assistant.chat.slots import Slots
from assistant.chat.turn import Turn
from assistant.chat.understanding import FALLBACK, folded

_AGAIN = re.compile(
    r"^\W*(?:and|y|what about|how about|what if|que tal|also|same for|now|but|and for|and if|so|for|instead|"
    r"pero|then|ok(?:ay)?|what would|if)\b"
)
_WHY = re.compile(
    r"^\W*(?:but |and |so |y |pero )?(?:why|how come|why is that|why so|por que|explain|how so|why\?)(?:\W*|"
    r" is that| so| that code| this code| it)\W*$"
)
_THAT_CODE = re.compile(
    r"\b(?:it|its|that|this|this code|that code|the code|that one|this one|ese codigo|este codigo|eso)\b"
)
_THOSE = re.compile(
    r"\b(?:they|them|those|these|both (?:of them|codes|are|be|together|on)|the two|all of them|esos|estos|ambos)\b"
)
CODE_KINDS = frozenset(
    [
        "find_code",
        "meaning",
        "billable",
        "validity",
        "replaced",
        "children",
        "excludes",
        "inclusion",
        "instruction",
        "sequence",
        "seventh",
        "compare_codes",
        "check_codes",
        "check_one",
        "find_hcpcs",
        "find_procedure",
    ]
)
_NOTE_KINDS = frozenset(("note_codes", "first_listed", "uncertain", "coded_question", "draft_claim"))
_NEW_QUESTION = 2.0
"""Points from which a follow-up's own words decide its kind."""


def with_earlier_codes(text: str, slots: Slots, last: Turn | None) -> Slots:
    """Codes of the answer before, for `it`, `that code` or `those`."""
    if last is None or slots.codes or slots.procedures or slots.services or slots.claims:
        return slots
    known = tuple(last.answer.codes)
    plain = folded(text)
    if not known or last.answer.kind not in CODE_KINDS:
        return slots
    if _THOSE.search(plain):
        return replace(slots, codes=known[:6])
    if _THAT_CODE.search(plain) and not _AGAIN.search(plain):
        return replace(slots, codes=known[:1])
    return slots


def follow_up(
    text: str, slots: Slots, papers: Papers, about: list[OpenClaim], last: Turn, points: float, kind: str
) -> Question | None:
    """The question as a follow-up of the last one; None when it stands on its own."""
    before, plain = last.answer.kind, folded(text)
    again = bool(_AGAIN.search(plain)) or len(plain.split()) <= 3
    if _WHY.search(plain):
        return Question(text, slots, papers, _why_kind(before), tuple(about), again=True)
    if kind == "letter" and points >= _NEW_QUESTION:
        return None
    if not again and not slots.dates and points >= _NEW_QUESTION:
        return None
    if before in ("underpayment",) and slots.amounts and (again or points < _NEW_QUESTION):
        services = slots.services or tuple(last.answer.slots.get("services", ()))
        return Question(text, replace(slots, services=services), papers, before, tuple(about), again=True)
    if (
        again
        and (slots.claims or slots.people)
        and before
        and before not in ("compare_claims", "queue", "summary", "balanced")
    ):
        if points >= 2.5 and kind not in ("explain_claim", "claim_why"):
            return None
        return Question(text, _keeping(slots, last), papers, before, tuple(about), again=True)
    named = slots.groups or slots.adjustments or slots.remarks or slots.statuses or slots.provider_reasons
    if again and named and before in ("group", "adjustment", "remark", "status", "provider_adjustment"):
        for name, values in (
            ("adjustment", slots.adjustments),
            ("remark", slots.remarks),
            ("status", slots.statuses),
            ("group", slots.groups),
            ("provider_adjustment", slots.provider_reasons),
        ):
            if values:
                return Question(text, slots, papers, name, tuple(about), again=True)
    if again and (slots.places or slots.modifiers):
        return Question(text, slots, papers, "place" if slots.places else "modifier", again=True)
    if before in _NOTE_KINDS and (slots.setting or again) and points < _NEW_QUESTION + 1 and slots.setting:
        earlier = str(last.answer.slots.get("question", ""))
        return Question(earlier or text, slots, papers, before, tuple(about), again=True)
    if before in CODE_KINDS and again:
        return _code_follow(text, slots, papers, last, points, kind)
    if again and kind in ("", FALLBACK) and before:
        return Question(text, slots, papers, before, tuple(about), again=True)
    return None


def _keeping(slots: Slots, last: Turn) -> Slots:
    """The slots with what the earlier question asked for, where this one names nothing of it."""
    earlier = last.answer.slots.get("adjustments", ())
    if last.answer.kind == "adjustment" and not slots.adjustments:
        return replace(slots, adjustments=tuple((group, reason) for group, reason in earlier))
    return slots


def _code_follow(text: str, slots: Slots, papers: Papers, last: Turn, points: float, kind: str) -> Question | None:
    before, known = last.answer.kind, tuple(last.answer.codes)
    if slots.dates and known and not slots.codes:
        return Question(text, replace(slots, codes=known[:1]), papers, "validity", again=True)
    if slots.dates and not slots.codes and (earlier := tuple(last.answer.slots.get("codes", ()))):
        return Question(text, replace(slots, codes=earlier[:1]), papers, "validity", again=True)
    if slots.codes or slots.services or slots.procedures:
        if points >= _NEW_QUESTION:
            return None
        earlier = tuple(last.answer.slots.get("codes", ()))
        if before == "compare_codes" and earlier:
            return Question(text, replace(slots, codes=(earlier[0], *slots.codes)), papers, before, again=True)
        if before == "check_codes":
            return Question(text, replace(slots, codes=(*earlier, *slots.codes)), papers, before, again=True)
        return Question(text, slots, papers, before, again=True)
    if kind not in ("", FALLBACK, "seventh", "note_codes") and points >= _NEW_QUESTION:
        return None
    if before != FALLBACK and not last.answer.slots.get("query"):
        return None
    query = str(last.answer.slots.get("query") or last.answer.slots.get("question") or last.question)
    from assistant.chat.finding import bare, searchable

    change = change_in(text)
    anchor = known[0] if len(known) >= 1 else ""
    return Question(
        text, slots, papers, FALLBACK, query=merged(searchable(bare(query)), change), anchor=anchor, again=True
    )


def _why_kind(before: str) -> str:
    if before in ("owes", "who_owes", "bill_patient", "plain", "explain_claim", "amounts"):
        return "why_owes"
    if before in ("note_codes", "first_listed"):
        return "evidence"
    if before in CODE_KINDS:
        return "why_found"
    return "claim_why"
