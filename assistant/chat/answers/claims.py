"""Questions about remittances and the claims on them."""

import re
from collections.abc import Callable
from decimal import Decimal

from assistant.chat.code_names import named as code_named
from assistant.chat.papers import OpenClaim, segments_of
from assistant.chat.reply import Reply
from assistant.chat.tool import Source, SourceKind
from assistant.chat.tools import claims_paid
from assistant.chat.tools.letters import kind_for
from assistant.chat.understanding import folded
from corpus.lexicon import reasons

MOST = 3
"""Claims of one person or reason that one answer speaks of."""


def _claims(reply: Reply) -> list[str]:
    return list(dict.fromkeys(one.number for one in reply.question.about))


def _amount(reply: Reply) -> str:
    return str(reply.slots.amounts[0]) if reply.slots.amounts else ""


def _code(reply: Reply) -> str:
    return reply.slots.adjustments[0][1] if reply.slots.adjustments else ""


_CHECKED = re.compile(
    r"\b(?:right|correct|true|isn.?t it|no|wrong|verdad|cierto|correcto)\W*$|^(?:is it|so|does|es cierto)\b"
)
_VOICE = re.compile(r"\b(?:i|me|my|tengo|debo|mi|yo|am i)\b")
_PAYS = re.compile(
    r"\b(?:does|do|must|should|has|have) (?:\S+ ){1,4}?(?:have to |need to )?pay\b|\btiene que pagar\b|"
    r"patient pay|\blost\b|\bpaga\b|owes?\b"
)


def _voice(reply: Reply) -> str:
    text = folded(reply.question.text)
    if _VOICE.search(text) and not re.search(
        r"\b(?:should|can|do|may) (?:i|we) (?:bill|send|charge|collect|write|ask)", text
    ):
        return "patient"
    return "pays" if _PAYS.search(text) else "biller"


def _which(reply: Reply) -> None:
    numbers = reply.question.papers.numbers()
    reply.asked = reply.words.text("about.which", numbers=reply.words.listed(numbers[:20]))
    if reply.question.papers:
        sources = [one.source() for one in reply.question.papers.claims[:20]]
        reply.say("about.which", *sources, numbers=reply.words.listed(numbers[:20]))
    else:
        reply.say("remit.none")


def _of_claim(aspect: str, passing: tuple[str, ...] = ()) -> Callable[[Reply], None]:
    def answer(reply: Reply) -> None:
        numbers = _claims(reply)
        if not numbers or len(numbers) > MOST:
            return _which(reply)
        given = {"amount": _amount(reply), "code": _code(reply), "words": reply.question.text, "voice": _voice(reply)}
        chosen = {name: given[name] for name in passing}
        for number in numbers:
            reply.use("explain_claim", claim=number, aspect=aspect, **chosen)

    return answer


def owes(reply: Reply) -> None:
    """What a patient owes now, claim by claim."""
    numbers = _claims(reply)
    if not numbers:
        if reply.question.papers and len(reply.question.papers.numbers()) <= 12:
            numbers = list(reply.question.papers.numbers())
        else:
            return _which(reply)
    _premise(reply, numbers)
    for number in numbers[:12]:
        reply.use("patient_owes", claim=number)


def _premise(reply: Reply, numbers: list[str]) -> None:
    """`She owes $45, right?` is answered with yes or no first."""
    if len(numbers) != 1 or not reply.slots.amounts or not _CHECKED.search(folded(reply.question.text)):
        return
    one = reply.question.papers.latest(numbers[0])
    if one is None or not one.claim.sound:
        return
    agrees = one.decision.patient_owes_now == reply.slots.amounts[0]
    reply.say("about.premise_yes" if agrees else "about.premise_no", one.source())


def explain(reply: Reply) -> None:
    """A claim explained; line by line, or in plain words, when asked so."""
    numbers, text = _claims(reply), folded(reply.question.text)
    if not numbers:
        return summary(reply) if reply.question.papers else _which(reply)
    plain = re.search(r"patient\b|plain|simple|paciente|sencill", text) or reply.context.audience == "patient"
    aspect = "plain" if plain else "all"
    for number in numbers[:MOST]:
        if re.search(r"line by line|each line|lines|renglon|linea", text):
            reply.use("explain_claim", claim=number, aspect="money")
            reply.use("explain_claim", claim=number, aspect="lines")
        else:
            reply.use("explain_claim", claim=number, aspect=aspect)
            if any(one.claim.reversal for one in reply.question.papers.named(number)):
                reply.use("explain_claim", claim=number, aspect="reversal")


def plain(reply: Reply) -> None:
    """A claim as its patient is told."""
    numbers = _claims(reply)
    if not numbers or len(numbers) > MOST:
        return _which(reply)
    for number in numbers:
        reply.use("explain_claim", claim=number, aspect="plain")


def why_owes(reply: Reply) -> None:
    """Why a patient owes; in the patient's words when the patient asks."""
    if _voice(reply) == "patient" or reply.context.audience == "patient":
        return plain(reply)
    if _other_amount(reply):
        return _of_claim("who_owes", ("amount",))(reply)
    _of_claim("why_owes")(reply)


def _other_amount(reply: Reply) -> bool:
    """Whether the amount named is one adjustment of the claim that is not the patient's share."""
    for amount in reply.slots.amounts[:1]:
        items = [item for one in reply.question.about for item in one.adjustments() if abs(item.amount or 0) == amount]
        owed = any(one.decision.patient_owes_now == amount for one in reply.question.about)
        return bool(items) and not owed and all(item.group != "PR" for item in items)
    return False


def why(reply: Reply) -> None:
    """Why a claim was not paid in full."""
    numbers = _claims(reply)
    if not numbers or len(numbers) > MOST:
        return _which(reply)
    unpaid = [number for number in numbers if (one := reply.question.papers.latest(number)) and not one.claim.paid]
    for number in unpaid if unpaid and not reply.slots.claims else numbers:
        one = reply.question.papers.latest(number)
        if one is None:
            continue
        key = "about.zero_paid" if not one.claim.paid else "about.not_denied"
        reply.say(key, one.source(), claim=one.number, paid=reply.words.money(one.claim.paid))
        reply.use("explain_claim", claim=number, aspect="why", code=_code(reply))
        reply.use("explain_claim", claim=number, aspect="next")
        reply.use("patient_owes", claim=number)


def next_step(reply: Reply) -> None:
    """What to do about a claim, or about everything here."""
    if not _claims(reply):
        return queue(reply)
    _of_claim("next")(reply)


def deadline(reply: Reply) -> None:
    """Until when: only what a public rule gives."""
    numbers = _claims(reply)
    if not numbers or len(numbers) > MOST:
        reply.say("about.deadline_general", Source(SourceKind.PROGRAM, "docs/concepts-remittance.md", "Superbill"))
        return
    for number in numbers:
        reply.use("explain_claim", claim=number, aspect="deadline")


def estimate(reply: Reply) -> None:
    """A predetermination is no bill."""
    found = [one for one in reply.question.papers.claims if one.claim.status == "25"]
    if not found:
        return bill(reply) if _claims(reply) else reply.say("decline.estimate_open")
    for one in found[:MOST]:
        say = "about.bill_no" if reply.slots.amounts else ""
        if say:
            values = {"amount": reply.words.money(reply.slots.amounts[0]), "patient": one.patient}
            reply.say(say, one.source(), **values)
        reply.say("about.estimate", one.source(), claim=one.number)
        reply.use("explain_claim", claim=one.number, aspect="next")


bill = _of_claim("bill_patient", ("amount", "code", "voice"))


def bill_patient(reply: Reply) -> None:
    """Whether the patient may be billed; a predetermination is answered as such."""
    if any(one.claim.status == "25" for one in reply.question.about):
        return estimate(reply)
    bill(reply)


def _contract_amount(reply: Reply) -> str:
    amounts = reply.slots.amounts
    return str(amounts[-1]) if reply.question.again and amounts else str(amounts[0]) if amounts else ""


def underpaid(reply: Reply) -> None:
    """An allowed amount against the contract's rate."""
    numbers = _claims(reply)
    if not numbers or len(numbers) > MOST:
        return _which(reply)
    code = next((one for one in reply.slots.services), "")
    for number in numbers:
        reply.use("explain_claim", claim=number, aspect="underpaid", amount=_contract_amount(reply), code=code)
    if not reply.slots.amounts:
        reply.asked = reply.words.text("about.contract_what")


def duplicate(reply: Reply) -> None:
    """A duplicate denial: of which claim, and what to do."""
    found = [one for one in reply.question.about if one.adjustments(reason="18")]
    found = found or [one for one in reply.question.papers.claims if one.adjustments(reason="18")]
    for one in found[:MOST]:
        if re.search(r"appeal|apel", folded(reply.question.text)):
            reply.use("explain_claim", claim=one.number, aspect="appeal")
        reply.use("explain_claim", claim=one.number, aspect="duplicate")


def reversal(reply: Reply) -> None:
    """What was taken back."""
    papers = reply.question.papers
    numbers = [number for number in _claims(reply) if any(one.claim.reversal for one in papers.named(number))]
    numbers = numbers or list(dict.fromkeys(one.number for one in papers.claims if one.claim.reversal))
    if not numbers:
        if papers.provider_adjustments():
            reply.use("read_remittance", aspect="provider_adjustments")
        elif _claims(reply):
            return owes(reply)
        else:
            sources = [one.source() for one in papers.claims[:20]]
            reply.say("about.no_reversal", *sources)
        return
    for number in numbers[:MOST]:
        reply.use("explain_claim", claim=number, aspect="reversal")


def compare(reply: Reply) -> None:
    """Two claims side by side."""
    known = [number for number in reply.slots.claims if reply.question.papers.named(number)]
    if len(known) < 2:
        return explain(reply)
    reply.take(claims_paid.compare(reply.context, known))


def letter(reply: Reply) -> None:
    """The letter asked for, else the one that the claim calls for."""
    numbers, text = _claims(reply), folded(reply.question.text)
    if not numbers or len(numbers) > MOST:
        return _which(reply)
    kind = next((name for name, pattern in _LETTERS if re.search(pattern, text)), "")
    for number in numbers[:1]:
        one = reply.question.papers.latest(number)
        if one is not None and not kind and re.search(r"to (?:the )?payer|aseguradora", text):
            kind = kind_for(one)
        reply.use("letter", claim=number, kind=kind)


_LETTERS = (
    ("appeal", r"appeal|reconsider|apelac|apelar|dispute"),
    ("refund", r"refund|money back|reembols|devoluc"),
    ("corrected", r"correct|resubmi|corregi"),
    ("next_payer", r"second|next payer|supplement|otro seguro|siguiente"),
    ("patient", r"to (?:the |her|him|my )?patient|patient(?:'s)? letter|statement|paciente"),
)


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
        for one in here[:1]:
            codes = {f"{item.group}-{item.reason}" for item in one.adjustments(group, reason)}
            for action in one.decision.actions:
                if codes & set(action.codes) and action.action not in ("post_payment",):
                    reply.said.append(claims_paid._action(reply.context, one, action))


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
                    reply.said.append(claims_paid._action(reply.context, one, action))
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
            reply.said += claims_paid.money(reply.context, one, {})
            if one.claim.reversal:
                reply.use("explain_claim", claim=one.number, aspect="reversal")
            reply.said += claims_paid.forwarded_to(reply.context, one)
        others = [one for one in about if one.claim.status != code]
        if about and not here and len(numbers) == 1:
            one = others[0]
            reply.say("about.status_other", one.source(), claim=one.number, status=one.claim.status, asked=code)


def own_status(reply: Reply) -> None:
    """What the status of a claim is."""
    _of_claim("status")(reply)


def _of_remittance(aspect: str) -> Callable[[Reply], None]:
    def answer(reply: Reply) -> None:
        reply.use("read_remittance", aspect=aspect)

    return answer


def summary(reply: Reply) -> None:
    """The remittance as a whole, or how many claims are in it."""
    text = folded(reply.question.text)
    counting = re.search(r"how many|cuant[oa]s|list|which (?:claims|patients)", text)
    reply.use("read_remittance", aspect="count" if counting else "summary")


def payment(reply: Reply) -> None:
    """Who paid whom, how much, when, with which number."""
    found = reply.call("read_remittance", aspect="payment")
    if found is None:
        return
    text = folded(reply.question.text)
    wanted = [name for name, pattern in _PAYMENT if re.search(pattern, text)]
    head, words = [], reply.words
    for name in wanted:
        start = words.text(
            f"remit.{name}", **dict.fromkeys(("payer", "payee", "trace", "date", "amount", "method"), "\x00")
        )
        begin = start.partition("\x00")[0]
        head += [one for one in found.sentences if one.text.startswith(begin)]
    reply.said += head or found.sentences


_PAYMENT = (
    ("trace", r"trace|(?:check|eft|cheque|reference) (?:number|no|#|id)|numero|rastreo"),
    ("date", r"date|when|fecha|cuando"),
    ("payer", r"payer|insur|plan\b|who (?:paid|sent|is paying|issued)|company|quien pago|aseguradora|carrier|from wh"),
    ("payee", r"payee|paid to|who (?:got|received|was paid)|to whom"),
    ("amount", r"amount|how (?:much|big|large)|total|monto|cuanto"),
    ("method", r"method|how was|ach|eft\b|check or|paper|electronic"),
)


def entries(reply: Reply) -> None:
    """Provider-level adjustments."""
    for code in reply.slots.provider_reasons or ("",):
        reply.use("read_remittance", aspect="provider_adjustments", code=code)
    if not reply.question.papers.provider_adjustments():
        for one in reply.question.about[:1]:
            reply.use("explain_claim", claim=one.number, aspect="why")


def balanced(reply: Reply) -> None:
    """Whether the payment agrees."""
    reply.use("read_remittance", aspect="balance")


def queue(reply: Reply) -> None:
    """What needs work; the largest denial; what was denied in all."""
    text = folded(reply.question.text)
    if re.search(r"largest|biggest|highest|most expensive|worst|top|mayor", text):
        reply.use("read_remittance", aspect="largest")
        return
    if re.search(r"how much|dollars|total|sum|in all|cuanto|altogether|amount", text):
        code = reply.slots.groups[0] if reply.slots.groups else ""
        reply.use("read_remittance", aspect="denied", code=code)
        return
    if re.search(r"den(?:y|ied|ial)|rechaz|deneg|not paid|unpaid|zero", text) and not re.search(
        r"need|work|do first|action", text
    ):
        reply.use("read_remittance", aspect="denied")
    if reply.question.papers.kept:
        reply.use("work_queue")
    else:
        reply.use("read_remittance", aspect="queue")


def next_payer(reply: Reply) -> None:
    """Whether claims went on to another payer; without one named, those that did."""
    numbers = _claims(reply)
    if not numbers:
        sent = [one for one in reply.question.papers.claims if claims_paid.forwarded_to(reply.context, one)]
        numbers = list(dict.fromkeys(one.number for one in sent))
    if not numbers or len(numbers) > MOST:
        return _which(reply)
    for number in numbers:
        reply.use("explain_claim", claim=number, aspect="next_payer")


def unknown_claim(reply: Reply, numbers: list[str]) -> None:
    """The claim asked for is not here."""
    papers = reply.question.papers
    key = "about.unknown_store" if papers.kept else "about.unknown"
    sources = [segments_of(file, [part.header.segment], papers.kept) for file, part in papers.payments[:5]]
    for number in numbers[:3]:
        reply.say(key, *sources, claim=number)
    if papers.claims and len(papers.numbers()) <= 20:
        reply.say("about.known", *(one.source() for one in papers.claims), numbers=reply.words.listed(papers.numbers()))


def store_find(reply: Reply) -> None:
    """What the store has for a name, number or date."""
    query = " ".join(_STORE_FRAME.sub(" ", reply.question.text).split()).strip(" ?.,!")
    reply.use("find_in_store", query=query or reply.question.text)


_STORE_FRAME = re.compile(
    r"(?i)\b(?:find|search|look up|show|list|me|all|every|the|a|an|claims?|patients?|payments?|checks?|for|of|"
    r"from|by|with|in|store|which|what|do|we|have|"
    r"has|is|are|there|any|anything|on|about|number|trace|payer|history|please|busca|reclamos?|de|del|la|el|paciente|when|did|pay|us|was|were|kept)\b"
)


def topic_claims(text: str, claims: tuple[OpenClaim, ...]) -> list[OpenClaim]:
    """Claims with a reason that the words speak of (`late filing`: reason 29)."""
    plain_text = folded(text)
    wanted = {reason for pattern, found in _TOPICS if re.search(pattern, plain_text) for reason in found}
    return [one for one in claims if any(item.reason in wanted for item in one.adjustments())]


_TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"late|timely|filing (?:limit|deadline)|too old|fuera de plazo|tarde", ("29",)),
    (r"duplicat|duplicad", ("18",)),
    (r"authori[sz]|pre-?cert|autorizaci", ("197", "198", "15", "284")),
    (r"medical(?:ly)? necess|necesidad medica|necessity", ("50", "55", "56", "57")),
    (r"bundl|included in|part of another|incluid", ("97", "234", "236", "B15")),
    (
        r"coverage (?:end|term)|not (?:eligible|covered on)|terminated|eligib|sin cobertura|cobertura termin",
        ("26", "27", "31"),
    ),
    (r"capitat|per[- ]member|monthly", ("24",)),
    (r"records?\b|documentation|documents|papers|expediente|documentos", ("252", "163", "164", "226", "227")),
    (r"other insurance|another (?:payer|plan|insur)|coordination|otro seguro|primary insur", ("22",)),
    (r"sequest", ("253",)),
    (r"non-?covered|not covered|no cubr", ("96", "204")),
    (r"out[- ]of[- ]network|balance bill|fuera de (?:la )?red", ("45", "242")),
    (r"incomplete|missing information|unprocessable|lacks", ("16",)),
)
"""Wording of a denial and the reasons it stands for."""


KINDS: dict[str, Callable[[Reply], None]] = {
    "summary": summary,
    "payment": payment,
    "explain_claim": explain,
    "why_owes": why_owes,
    "owes": owes,
    "who_owes": _of_claim("who_owes", ("amount", "code")),
    "amounts": _of_claim("amounts", ("words",)),
    "adjustment": adjustment,
    "remark": remark,
    "group": group,
    "status": status,
    "provider_adjustment": entries,
    "balanced": balanced,
    "claim_balanced": _of_claim("balance"),
    "reversal": reversal,
    "next_payer": next_payer,
    "bill_patient": bill_patient,
    "duplicate": duplicate,
    "claim_why": why,
    "next_step": next_step,
    "deadline": deadline,
    "appeal_possible": _of_claim("appeal"),
    "queue": queue,
    "underpayment": underpaid,
    "letter": letter,
    "compare_claims": compare,
    "estimate": estimate,
    "plain": plain,
    "store_find": store_find,
}
