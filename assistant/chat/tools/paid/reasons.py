"""A claim's status and the reasons behind what was not paid."""

from assistant.chat.code_names import named as code_named
from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said, Source, SourceKind
from assistant.chat.tools.common import words
from assistant.chat.tools.paid.claim import Asked, unsound
from assistant.chat.tools.paid.money import balance
from assistant.chat.turn import Context
from assistant.remit.words import load_words
from corpus.lexicon import reasons


def status(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """What the claim's status means."""
    say = words(context)
    known = reasons.claim_status(one.claim.status)
    if known is None:
        return [say.say("about.status_unknown", one.source(), status=one.claim.status)]
    listed = Source(SourceKind.WORD_LIST, known.code, "CLP02")
    coded = code_named("status", one.claim.status, context.language)
    values = {"claim": one.number, "status": coded, "meaning": known.biller(context.language)}
    return [say.say("about.status_here", one.source(), listed, **values)]


def why(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The reasons behind what was not paid."""
    say, told = words(context), load_words(context.language)
    said: list[Said] = []
    if not one.claim.sound:
        return [*unsound(context, one), *balance(context, one, asked)]
    wanted = asked.get("code", "")
    items = [item for item in one.adjustments() if wanted in ("", item.reason)]
    for item in items:
        known = reasons.reason(item.reason)
        key = "about.reason" if known else "about.reason_unknown"
        code = code_named("reason", f"{item.group}-{item.reason}", context.language)
        listed = (Source(SourceKind.WORD_LIST, item.reason, "CARC"),) if known else ()
        values = {"code": code, "amount": say.money(item.amount), "meaning": told.reason(item.reason)}
        said.append(say.say(key, one.source(item.segment), *listed, **values))
    for remark in dict.fromkeys(one.claim.all_remarks()):
        meaning = told.remark(remark.code)
        key = "about.remark" if meaning else "about.rarc_unknown"
        said.append(
            say.say(
                key,
                one.source(remark.segment),
                code=code_named("remark", remark.code, context.language),
                meaning=meaning,
            )
        )
    return list(dict.fromkeys(said))
