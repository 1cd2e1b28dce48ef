"""Questions about the codes of a remittance: adjustment reasons, groups, remarks, claim status."""

from collections.abc import Callable
from decimal import Decimal

from assistant.chat.answers.asked_claims import MOST
from assistant.chat.code_names import named as code_named
from assistant.chat.reply import Reply
from assistant.chat.tool import Source, SourceKind
from assistant.chat.tools.paid.claim import action_said, forwarded_to
from assistant.chat.tools.paid.money import money
from corpus.lexicon import reasons


def adjustment(reply: Reply) -> None:
    """What an adjustment reason means, and where it stands here."""
    words, language = reply.words, reply.context.language
    for group, reason in reply.slots.adjustments[:4]:
        known = reasons.reason(reason)
        code = f"{group}-{reason}" if group else reason
        if known is None:
            reply.say("about.carc_unknown", Source(SourceKind.WORD_LIST, "CARC", "carc.tsv"), code=reason)
            continue
        listed = Source(SourceKind.WORD_LIST, reason, "CARC")
        here = [one for one in reply.question.about or reply.question.papers.claims if one.adjustments(group, reason)]
        groups = {item.group for one in here for item in one.adjustments(group, reason)}
        shown = code if group or len(groups) != 1 else f"{next(iter(groups))}-{reason}"
        reply.say("about.carc", listed, code=code_named("reason", shown, language), meaning=known.biller(language))
        for one in here[:4]:
            items = one.adjustments(group, reason)
            amount = sum((item.amount or Decimal(0) for item in items), Decimal(0))
            source = one.source(*(item.segment for item in items))
            reply.say("about.carc_here", source, claim=one.number, amount=words.money(amount))
        if reply.question.papers and not here:
            reply.say("about.carc_not_here", *(one.source() for one in reply.question.papers.claims[:20]))
        for name in sorted(groups or ({group} if group else set())):
            if key := _GROUPS.get(name):
                key = "about.group_patient_short" if name == "PR" else key
                reply.say(key, Source(SourceKind.WORD_LIST, name, "group code"))
        if check := known.to_check(language):
            reply.say("about.carc_check", listed, check=check)
        for one in here if len(here) == 1 else ():
            codes = {f"{item.group}-{item.reason}" for item in one.adjustments(group, reason)}
            for action in one.decision.actions:
                if codes & set(action.codes) and action.action not in ("post_payment",):
                    reply.said.append(action_said(reply.context, one, action))


_GROUPS = {
    "CO": "about.group_provider",
    "PR": "about.group_patient",
    "OA": "about.group_other",
    "PI": "about.group_payer",
    "CR": "about.group_cr",
}


def group(reply: Reply) -> None:
    """What group codes mean."""
    for name in reply.slots.groups:
        reply.say(_GROUPS[name], Source(SourceKind.WORD_LIST, name, "group code"))


def remark(reply: Reply) -> None:
    """What a remark code means, and where it stands here."""
    language = reply.context.language
    for code in reply.slots.remarks[:4]:
        known = reasons.remark(code)
        if known is None:
            reply.say("about.rarc_unknown", Source(SourceKind.WORD_LIST, "RARC", "rarc.tsv"), code=code)
            continue
        listed = Source(SourceKind.WORD_LIST, code, "RARC")
        reply.say("about.remark", listed, code=code_named("remark", code, language), meaning=known.biller(language))
        here = reply.question.papers.with_remark(code)
        named = [one for one in here if one in reply.question.about] or here
        for one in named[:MOST]:
            segments = [item.segment for item in one.claim.all_remarks() if item.code == code]
            reply.say("about.rarc_here", one.source(*segments), claim=one.number)
        if known.check:
            reply.say("about.rarc_check", listed, check=known.check) if language == "en" else None
        for one in named[:1]:
            for action in one.decision.actions:
                if code in action.codes or action.rule in (
                    "unprocessable",
                    "qmb",
                    "forwarded",
                    "pr_forbidden",
                    "bundled",
                ):
                    reply.said.append(action_said(reply.context, one, action))
            reply.use("patient_owes", claim=one.number)


def status(reply: Reply) -> None:
    """What a claim status means, and whether it is the claim's."""
    language = reply.context.language
    about = list(reply.question.about) or list(reply.question.papers.claims)
    for code in reply.slots.statuses[:2]:
        known = reasons.claim_status(code)
        if known is None:
            reply.say("about.status_unknown", Source(SourceKind.WORD_LIST, "CLP02", "claim_status.tsv"), status=code)
            continue
        listed = Source(SourceKind.WORD_LIST, code, "CLP02")
        reply.say("about.status", listed, status=code_named("status", code, language), meaning=known.biller(language))
        numbers = {one.number for one in about}
        here = [one for one in reply.question.papers.claims if one.claim.status == code and one.number in numbers]
        for one in here[:2]:
            reply.said += money(reply.context, one, {})
            if one.claim.reversal:
                reply.use("explain_claim", claim=one.number, aspect="reversal")
            reply.said += forwarded_to(reply.context, one)
        others = [one for one in about if one.claim.status != code]
        if about and not here and len(numbers) == 1:
            one = others[0]
            reply.say("about.status_other", one.source(), claim=one.number, status=one.claim.status, asked=code)


KINDS: dict[str, Callable[[Reply], None]] = {
    "adjustment": adjustment,
    "remark": remark,
    "group": group,
    "status": status,
}
