"""A conversation without a model: the question understood, tools called, the answer put together from their sentences."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.chat.answers import answering
from assistant.chat.answers.asked_claims import unknown_claim, unknown_person
from assistant.chat.answers.codes import why_found
from assistant.chat.examples import masked, points
from assistant.chat.narrowing import narrowed, span_of
from assistant.chat.papers import Papers, papers_of
from assistant.chat.questions import encoder_of, known_service, understand
from assistant.chat.reply import Question, Reply
from assistant.chat.slots import Slots, read_slots
from assistant.chat.subjects import claims_about, stranger
from assistant.chat.tool import Said, Source, SourceKind
from assistant.chat.tools.common import day
from assistant.chat.turn import Answer, Context, Turn
from assistant.chat.understanding import FALLBACK, facts_of, folded, language_of, ranked
from assistant.errors import USER_ERRORS

_TRANSLATE = re.compile(
    r"^\W*(?:(?:please |now |and |ahora |por favor )*(?:put|say|give|translate|write|repeat|tell|show|ponlo|pon|"
    r"dilo|dime|traduce\w*|escribelo|repite\w*|explicalo|lo mismo|the same|same|can you (?:say|put|repeat)|"
    r"could you (?:say|put|repeat))?\b.{0,24}?)(?:in|into|to|en|al) (?:spanish|espanol|castellano|english|"
    r"ingles)(?: please| por favor)?\W*$|^\W*(?:spanish|espanol|en espanol|english|in spanish|"
    r"in english)(?: please| por favor)?\W*$"
)
_HALVES = re.compile(
    r"(?:\?\s+|;\s+|,?\s+and\s+(?=(?:what|who|whom|how|why|when|where|can|do|does|is|should|for how)\b)|"
    r",?\s+y\s+(?=(?:qué|quién|cómo|cuánto|por qué|cuándo)\b))",
    re.I,
)
_OF_SOMEBODY = frozenset(
    [
        "explain_claim",
        "owes",
        "why_owes",
        "who_owes",
        "amounts",
        "claim_why",
        "next_step",
        "bill_patient",
        "plain",
        "letter",
        "summary",
        "queue",
        "deadline",
        "appeal_possible",
        "find_code",
        "claim_balanced",
        "next_payer",
        "reversal",
        "status",
        "store_find",
    ]
)
"""Kinds of question in which a name is a patient's."""
_PLAIN = 3.0
"""Points from which one half of a question in two parts is understood."""


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
    slots = read_slots(text, papers, context.services.codebook_on(day(context)), known_service(context))
    if slots.language:
        context = replace(context, language=slots.language)
    if papers.kept and not slots.claims and not slots.people:
        context, papers = _narrowed(context, papers, text)
    understood = understand(text, slots, papers, context)
    reply = Reply(context, understood)
    when = span_of(text, dt.date.today()) if papers.kept and not papers.narrowed else None
    if when and understood.kind in ("summary", "payment", "store_find", "amounts", "owes"):
        reply.say("store.no_payment_then", Source(SourceKind.STORE, "payments"), first=when[0], last=when[1])
        return reply.finish()
    try:
        _answered(reply)
        _second(reply, text, slots, papers)
    except USER_ERRORS as error:
        reply.said.append(Said(str(error) if str(error).endswith(".") else f"{error}."))
    if not reply.said:
        return _not_understood(reply)
    return reply.finish()


def _narrowed(context: Context, papers: Papers, text: str) -> tuple[Context, Papers]:
    """The context with the part of the store that the question is about; as it was where that is nothing or everything."""
    fewer = narrowed(papers, text, dt.date.today())
    if not fewer or len(fewer.payments) == len(papers.payments):
        return context, papers
    of = (context.remittances, context.use_store)
    return replace(context, memo={**context.memo, "papers": (of, fewer)}), fewer


def _second(reply: Reply, text: str, slots: Slots, papers: Papers) -> None:
    """The other half of a question in two parts, when both halves are plainly of different kinds."""
    halves = [half for half in _HALVES.split(text) if len(half.split()) > 2]
    if len(halves) != 2 or not papers or reply.question.again:
        return
    read = [
        (
            half,
            read_slots(
                half, papers, reply.context.services.codebook_on(day(reply.context)), known_service(reply.context)
            ),
        )
        for half in halves
    ]
    kinds = []
    for half, named in read:
        about = claims_about(half, named, papers, None) or list(reply.question.about)
        facts = facts_of(named, papers, reply.context.note is not None, False, reply.context.use_store, about)
        order = ranked(half, facts, points(masked(half, named, papers), encoder_of(reply.context)))
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


def _in_language(text: str, last: Turn, context: Context) -> Answer:
    """The last answer once more in the language asked for."""
    language = "en" if re.search(r"english|ingles", folded(text)) else "es"
    earlier = str(last.answer.slots.get("question") or last.question)
    again = replace(context, language=language, turns=context.turns[:-1])
    papers = papers_of(again)
    slots = read_slots(earlier, papers, again.services.codebook_on(day(again)), known_service(again))
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
    named = question.slots.claims or question.slots.people
    somebody = papers and not named and not question.again and question.kind in _OF_SOMEBODY
    if somebody and (name := stranger(question.text, papers)):
        unknown_person(reply, name)
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
