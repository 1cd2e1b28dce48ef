"""A conversation without a model: the question understood, tools called, the answer put together from their sentences."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from assistant.chat.answers import answering
from assistant.chat.answers.change import change_in, merged
from assistant.chat.answers.claims import topic_claims, unknown_claim
from assistant.chat.answers.codes import why_found
from assistant.chat.examples import masked, points
from assistant.chat.papers import OpenClaim, Papers, papers_of
from assistant.chat.reply import Question, Reply
from assistant.chat.slots import Slots, read_slots
from assistant.chat.tool import Said
from assistant.chat.tools.common import day
from assistant.chat.turn import Answer, Context, Turn
from assistant.chat.understanding import FALLBACK, facts_of, folded, language_of, ranked
from assistant.errors import USER_ERRORS
from corpus.codes import CodeSystem

_AGAIN = re.compile(
    r"^\W*(?:and|y|what about|how about|what if|que tal|also|same for|now|but|and for|and if|so|for|instead|"
    r"pero|then|ok(?:ay)?|what would|if)\b"
)
_WHY = re.compile(
    r"^\W*(?:but |and |so |y |pero )?(?:why|how come|why is that|why so|por que|explain|how so|why\?)(?:\W*|"
    r" is that| so| that code| this code| it)\W*$"
)
_TRANSLATE = re.compile(
    r"^\W*(?:(?:please |now |and |ahora |por favor )*(?:put|say|give|translate|write|repeat|tell|show|ponlo|pon|"
    r"dilo|dime|traduce\w*|escribelo|repite\w*|explicalo|lo mismo|the same|same|can you (?:say|put|repeat)|"
    r"could you (?:say|put|repeat))?\b.{0,24}?)(?:in|into|to|en|al) (?:spanish|espanol|castellano|english|"
    r"ingles)(?: please| por favor)?\W*$|^\W*(?:spanish|espanol|en espanol|english|in spanish|"
    r"in english)(?: please| por favor)?\W*$"
)
_THAT_CODE = re.compile(
    r"\b(?:it|its|that|this|this code|that code|the code|that one|this one|ese codigo|este codigo|eso)\b"
)
_THOSE = re.compile(
    r"\b(?:they|them|those|these|both (?:of them|codes|are|be|together|on)|the two|all of them|esos|estos|ambos)\b"
)
_CODE_KINDS = frozenset(
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
_HALVES = re.compile(
    r"(?:\?\s+|;\s+|,?\s+and\s+(?=(?:what|who|whom|how|why|when|where|can|do|does|is|should|for how)\b)|"
    r",?\s+y\s+(?=(?:qué|quién|cómo|cuánto|por qué|cuándo)\b))",
    re.I,
)
_PLAIN = 3.0
"""Points from which one half of a question in two parts is understood."""
_NEW_QUESTION = 2.0
"""Points from which a follow-up's own words decide its kind."""


def answer(question: str, context: Context) -> Answer:
    """The answer to one question over what lies open. Never raises for what the question says."""
    text = " ".join(question.split())
    language = "es" if language_of(text) == "es" else context.language
    context = replace(context, language=language)
    if not text:
        return _not_understood(Reply(context, Question("", Slots(), Papers((), ()), "")))
    last = context.turns[-1] if context.turns else None
    if last is not None and _TRANSLATE.search(folded(text)):
        return _in_language(text, last, context)
    papers = papers_of(context)
    slots = read_slots(text, papers, context.services.codebook_on(day(context)), _services(context))
    if slots.language:
        context = replace(context, language=slots.language)
    understood = understand(text, slots, papers, context)
    reply = Reply(context, understood)
    try:
        _answered(reply)
        _second(reply, text, slots, papers)
    except USER_ERRORS as error:
        reply.said.append(Said(str(error) if str(error).endswith(".") else f"{error}."))
    if not reply.said:
        return _not_understood(reply)
    return reply.finish()


def _second(reply: Reply, text: str, slots: Slots, papers: Papers) -> None:
    """The other half of a question in two parts, when both halves are plainly of different kinds."""
    halves = [half for half in _HALVES.split(text) if len(half.split()) > 2]
    if len(halves) != 2 or not papers or reply.question.again:
        return
    read = [
        (
            half,
            read_slots(half, papers, reply.context.services.codebook_on(day(reply.context)), _services(reply.context)),
        )
        for half in halves
    ]
    kinds = []
    for half, named in read:
        about = _about(half, named, papers, None) or list(reply.question.about)
        facts = facts_of(named, papers, reply.context.note is not None, False, reply.context.use_store, about)
        order = ranked(half, facts, points(masked(half, named, papers), _encoder(reply.context)))
        if not order or order[0][0] < _PLAIN or order[0][1] == FALLBACK:
            return
        kinds.append((order[0][1], about, named, half))
    if kinds[0][0] == kinds[1][0]:
        return
    said, reply.said = reply.said, []
    first = reply.question.kind
    for kind, about, named, half in kinds:
        reply.question = Question(half, named, papers, kind, tuple(about))
        _answered(reply)
    reply.said += [one for one in said if one not in reply.said] if first not in [one[0] for one in kinds] else []
    reply.question = replace(reply.question, text=text, slots=slots, kind=first)


def converse(questions: Iterable[str], context: Context) -> Answer:
    """The answer to the last of several questions asked one after the other. Raises ValueError without any."""
    given: Answer | None = None
    for question in questions:
        given = answer(question, context)
        context = replace(context, turns=(*context.turns, Turn(question, given)))
    if given is None:
        raise ValueError("a conversation has at least one question")
    return given


def understand(text: str, slots: Slots, papers: Papers, context: Context) -> Question:
    """The kind of the question, what it is about, and how it hangs together with the one before."""
    last = context.turns[-1] if context.turns else None
    note = context.note is not None
    slots = _with_earlier_codes(text, slots, last)
    about = _about(text, slots, papers, last)
    facts = facts_of(slots, papers, note, bool(context.turns), context.use_store, about)
    if re.search(r"\bplb\b|provider[- ]level", text, re.I):
        facts |= {"plb_word"}
    order = ranked(text, facts, points(masked(text, slots, papers), _encoder(context)))
    best, kind = order[0] if order else (0.0, "")
    if note and not papers and kind in ("", FALLBACK) and not _names_condition(text):
        kind = "in_note" if not order else kind
    if kind == FALLBACK and (slots.codes or slots.procedures):
        kind = _about_code(text, [name for _, name in order])
    if last is not None:
        follow = _followed(text, slots, papers, about, last, best, kind)
        if follow is not None:
            return follow
    if not kind and slots.claims:
        kind = "explain_claim" if papers else ""
    if not kind:
        kind = "in_note" if note else "explain_claim" if about and papers else FALLBACK
    return Question(text, slots, papers, kind, tuple(about))


def _about_code(text: str, order: list[str]) -> str:
    """What is asked of a code that is named, when no wording decides: whether it may be billed, else what it is."""
    others = [name for name in order if name in _CODE_KINDS and name != FALLBACK]
    if others:
        return others[0]
    return "billable" if re.search(r"^\W*(?:is|can|may|puedo|se puede)\b", folded(text)) else FALLBACK


def _names_condition(text: str) -> bool:
    return bool(re.search(r"\bcode|\bicd|\bdx\b|codigo", folded(text)))


def _with_earlier_codes(text: str, slots: Slots, last: Turn | None) -> Slots:
    """Codes of the answer before, for `it`, `that code` or `those`."""
    if last is None or slots.codes or slots.procedures or slots.services or slots.claims:
        return slots
    known = tuple(last.answer.codes)
    plain = folded(text)
    if not known or last.answer.kind not in _CODE_KINDS:
        return slots
    if _THOSE.search(plain):
        return replace(slots, codes=known[:6])
    if _THAT_CODE.search(plain) and not _AGAIN.search(plain):
        return replace(slots, codes=known[:1])
    return slots


def _about(text: str, slots: Slots, papers: Papers, last: Turn | None) -> list[OpenClaim]:
    """The claims a question is about: those named, else those of the patient, remark, reason or amount named; the only claim;
    the one spoken of before.
    """
    if not papers:
        return []
    if slots.claims:
        return [one for number in slots.claims for one in papers.named(number)]
    if slots.people:
        named = [one for number in slots.people for one in papers.named(number)]
        narrowed = [one for one in named if _fits(one, slots)]
        return narrowed or named
    if slots.remarks or slots.adjustments or slots.amounts:
        found = [one for one in papers.claims if _fits(one, slots)]
        if found:
            return found
    if slots.statuses:
        found = [one for one in papers.claims if one.claim.status in slots.statuses]
        if found:
            return found
    if len(papers.numbers()) == 1:
        return list(papers.claims)
    if by_topic := topic_claims(text, papers.claims):
        return by_topic
    if by_service := _by_service(text, slots, papers):
        return by_service
    if last is not None and not re.search(
        r"\b(?:all|every|any other|file|remittance|which claims|whole)\b", folded(text)
    ):
        earlier = [one for number in last.answer.slots.get("about", ()) for one in papers.named(number)]
        if len({one.number for one in earlier}) <= 2:
            return earlier
    return []


def _fits(one: OpenClaim, slots: Slots) -> bool:
    from assistant.chat.papers import figures

    remarks = {item.code for item in one.claim.all_remarks()}
    if slots.remarks and not remarks & set(slots.remarks):
        return False
    if slots.adjustments and not any(one.adjustments(group, reason) for group, reason in slots.adjustments):
        return False
    stated = figures(one)
    return (
        not slots.amounts
        or any(amount in stated for amount in slots.amounts)
        or bool(slots.remarks or slots.adjustments)
    )


def _by_service(text: str, slots: Slots, papers: Papers) -> list[OpenClaim]:
    if not slots.services:
        return []
    return [one for one in papers.claims if any(line.procedure in slots.services for line in one.claim.lines)]


def _followed(
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
    if before in _CODE_KINDS and again:
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
    if before in _CODE_KINDS:
        return "why_found"
    return "claim_why"


def _in_language(text: str, last: Turn, context: Context) -> Answer:
    """The last answer once more in the language asked for."""
    language = "en" if re.search(r"english|ingles", folded(text)) else "es"
    earlier = str(last.answer.slots.get("question") or last.question)
    again = replace(context, language=language, turns=context.turns[:-1])
    papers = papers_of(again)
    slots = read_slots(earlier, papers, again.services.codebook_on(day(again)), _services(again))
    reply = Reply(again, understand(earlier, slots, papers, again))
    try:
        _answered(reply)
    except USER_ERRORS as error:
        reply.said.append(Said(f"{error}"))
    return reply.finish() if reply.said else _not_understood(reply)


def _answered(reply: Reply) -> None:
    question = reply.question
    papers = question.papers
    unknown = [number for number in question.slots.claims if papers and not papers.named(number)]
    if unknown and question.kind not in ("missing_data", "legal_advice", "submit") and not question.about:
        unknown_claim(reply, unknown)
        return
    if question.kind == "why_found":
        last = reply.context.turns[-1].answer
        code = next(iter(last.codes), "")
        if code:
            why_found(reply, code, str(last.slots.get("query", "")))
        return
    answering()[question.kind](reply)


def _not_understood(reply: Reply) -> Answer:
    reply.say("decline.not_understood")
    reply.asked = reply.words.text("find.ask_what")
    return reply.finish()


def _encoder(context: Context) -> object:
    return getattr(context.services.searcher_on(day(context)), "encoder", None)


def _services(context: Context):  # type: ignore[no-untyped-def]
    def known(code: str) -> bool:
        return context.services.codebook_on(day(context), CodeSystem.HCPCS).get(code) is not None

    return known


__all__ = ["Decimal", "answer", "converse", "understand"]
