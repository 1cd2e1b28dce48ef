"""Questions about the open note."""

import re
from collections.abc import Callable

from assistant.chat.passages import split
from assistant.chat.reply import Reply
from assistant.chat.tool import Source, SourceKind
from assistant.chat.tools.common import book_on, in_book
from assistant.chat.tools.notes import chosen_of, in_note, quoted, service_date, suggestions_of
from assistant.chat.understanding import folded
from corpus.index.words import terms

_UNCERTAIN = re.compile(
    r"\b(probabl\w*|suspected|possibl\w*|likely|rule[- ]?out|r/o|questionable|presumed|consistent with|"
    r"compatible with|sospech\w*|"
    r"presunt\w*|descartar|posible)\b",
    re.I,
)
_RULE = Source(SourceKind.GUIDELINE, "IV.H", "ICD-10-CM Official Guidelines")
_RULE_INPATIENT = Source(SourceKind.GUIDELINE, "II.H", "ICD-10-CM Official Guidelines")
_ASKED = re.compile(
    r"(?i)\b(?:is|are|was|were|can|could|should|do|does|may|would|must|the|a|an|i|we|you|be|coded?|codable|reported?|report|bill|add|include|"
    r"capture|use|on|this|that|for|of|inpatient|outpatient|claim|hospital's?|probable|suspected|possible|likely|as|if|it|existed|established|"
    r"confirmed|visit|note|in|at|discharge|diagnosis|professional|facility|office|still|her|his|patient's?|se|puede|codificar|codifica|una?|el|la|en|"
    r"reclamo|reportable|documented|enough|support(?:s|ed)?|there|yet|and|not|or)\b"
)


def _setting(reply: Reply) -> str:
    return reply.slots.setting or reply.context.setting


def codes(reply: Reply) -> None:
    """The codes that the note supports."""
    reply.use("suggest", setting=_setting(reply))


def first(reply: Reply) -> None:
    """The first-listed or principal diagnosis of the note, else of the open claim."""
    encounter = reply.context.encounter
    if reply.context.note is None and encounter is not None:
        for one in encounter.diagnoses[:1]:
            source = Source(SourceKind.CLAIM, "diagnoses[1]", "encounter")
            reply.say("claim.first", source, code=one.code, title=one.description)
            reply.codes.append(one.code)
        return
    reply.use("suggest", setting=_setting(reply), first_listed=True)


def where(reply: Reply) -> None:
    """What the note says."""
    reply.use("where_in_note", question=reply.question.text)


def why_not(reply: Reply) -> None:
    """Why something is not coded."""
    term = reply.slots.quoted[0] if reply.slots.quoted else reply.question.text
    reply.use("why_not_coded", term=term, setting=_setting(reply))


def evidence(reply: Reply) -> None:
    """The words of the note behind a code."""
    wanted = list(reply.slots.codes)
    if not wanted:
        asked = set(terms(_ASKED.sub(" ", reply.question.text)))
        found = suggestions_of(reply.context, _setting(reply)).suggestions
        wanted = [one.code for one in found if one.selected and asked & set(terms(one.description))]
        wanted = wanted or [one.code for one in found if one.selected]
    chosen = {one.code for one in chosen_of(reply.context, _setting(reply))}
    for code in wanted[:4]:
        if code in chosen:
            reply.use("suggest", code=code)
        else:
            whole = len(reply.context.note.text) if reply.context.note else 0
            reply.say("note.evidence_none", in_note(reply.context, 0, whole), code=code)
            reply.use("suggest", setting=_setting(reply))


def uncertain(reply: Reply) -> None:
    """Whether an uncertain diagnosis is coded, by setting."""
    setting = _setting(reply)
    match = _UNCERTAIN.search(reply.question.text)
    cue = match[1] if match else reply.words.text("uncertain.words")
    if setting == "inpatient":
        reply.say("uncertain.inpatient", _RULE_INPATIENT, cue=cue)
    else:
        reply.say("uncertain.outpatient", _RULE, cue=cue)
    if reply.context.note is None:
        if setting == "inpatient":
            reply.say("uncertain.inpatient_but", _RULE_INPATIENT)
        elif not reply.slots.setting:
            reply.say("uncertain.inpatient", _RULE_INPATIENT, cue=cue)
        return
    book = book_on(reply.context, service_date(reply.context))
    asked = set(terms(_ASKED.sub(" ", reply.question.text)))
    chosen = chosen_of(reply.context, setting)
    if setting == "inpatient":
        for one in chosen:
            if asked & set(terms(" ".join([one.description, *(item.text for item in one.evidence)]))):
                sources = [in_note(reply.context, item.start, item.end) for item in one.evidence[:1]]
                reply.say(
                    "uncertain.inpatient_code", in_book(book, one.code), *sources, code=one.code, title=one.description
                )
                reply.codes.append(one.code)
        return
    for start, end, text in split(reply.context.note):
        if asked & set(terms(text)) and _UNCERTAIN.search(text):
            reply.say("reason.sentence", in_note(reply.context, start, end), words=quoted(text))
            break
    if chosen:
        named = reply.words.listed([f"{one.code} ({one.description})" for one in chosen])
        reply.say("uncertain.outpatient_instead", *(in_book(book, one.code) for one in chosen), codes=named)
        reply.codes += [one.code for one in chosen]


def coded(reply: Reply) -> None:
    """Whether a condition of the note is coded."""
    if _UNCERTAIN.search(reply.question.text) or (reply.slots.setting and not reply.slots.codes and _possible(reply)):
        return uncertain(reply)
    if reply.slots.codes:
        return evidence(reply)
    reply.use("why_not_coded", term=reply.question.text, setting=_setting(reply))


def _possible(reply: Reply) -> bool:
    asked = set(terms(_ASKED.sub(" ", reply.question.text)))
    return any(
        one.reason.value == "possible" and asked & set(terms(one.text))
        for one in suggestions_of(reply.context, "outpatient").not_coded
    )


def draft(reply: Reply) -> None:
    """What a claim would hold and what it lacks."""
    text = folded(reply.question.text)
    form = "837i" if re.search(r"837i|ub-?04|facility|institutional|hospital", text) else ""
    reply.use("draft_claim", form=form)
    if reply.context.encounter is not None and re.search(r"ready|missing|lack|need|falta|list[oa]\b", text):
        reply.use("scrub_claim", form=form)


def scrub(reply: Reply) -> None:
    """What the scrubber says."""
    reply.use("scrub_claim")


def worth(reply: Reply) -> None:
    """What a claim is worth is not known before the payer says."""
    reply.say("claim.worth", Source(SourceKind.PROGRAM, "docs/concepts-claim.md", "Superbill"))


KINDS: dict[str, Callable[[Reply], None]] = {
    "note_codes": codes,
    "first_listed": first,
    "in_note": where,
    "why_not_coded": why_not,
    "coded_question": coded,
    "evidence": evidence,
    "uncertain": uncertain,
    "draft_claim": draft,
    "scrub_claim": scrub,
    "worth": worth,
}
