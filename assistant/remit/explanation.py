"""A claim in sentences, for the biller or the patient, each with the segments it rests on.

Only what the file says is said: figures are its amounts or exact sums of them, meanings come from our code lists.
"""

from dataclasses import dataclass
from decimal import Decimal

from assistant.remit.actions import Chain, Decision, decide
from assistant.remit.money import ALLOWED_SHARES, DERIVED, SEQUESTRATION, claim_allowed, is_primary, line_allowed
from assistant.remit.naming import shown
from assistant.remit.patient import CAPITATION, patient_sentences
from assistant.remit.references import References
from assistant.remit.sentences import MoneyRow, Sentence, adjustment_segments
from assistant.remit.values import Adjustment, Balance, Header, RemitClaim, RemitLine, Transaction
from assistant.remit.words import LANGUAGES, Words, load_words
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

AUDIENCES = ("biller", "patient")


@dataclass(frozen=True, slots=True)
class LineExplanation:
    """One service line: what it is, its figures, its reasons."""

    title: str
    segment: int
    money: tuple[MoneyRow, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One code of the claim and what it means."""

    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One claim, or the check when `control_number` is None."""

    audience: str
    language: str
    control_number: str | None
    title: str
    headline: Sentence
    money: tuple[MoneyRow, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    lines: tuple[LineExplanation, ...] = ()
    actions: tuple[Sentence, ...] = ()
    glossary: tuple[Term, ...] = ()


def explain_claim(
    claim: RemitClaim, header: Header, chain: Chain | None = None, audience: str = "biller", language: str = "en"
) -> Explanation:
    """`claim` explained to `audience` (biller or patient) in `language` (en or es)."""
    if audience not in AUDIENCES or language not in LANGUAGES:
        raise ValueError(f"no explanation for {audience} in {language}")
    words, decision = load_words(language), decide(claim, chain)
    title = f"{words.say('label', 'claim')} {claim.control_number}"
    if audience == "patient":
        said = patient_sentences(claim, header, decision, words)
        return Explanation(audience, language, claim.control_number, title, said[0], sentences=said[1], actions=said[2])
    return Explanation(
        audience=audience,
        language=language,
        control_number=claim.control_number,
        title=title,
        headline=_status(claim, words),
        money=_claim_rows(claim, decision, words),
        sentences=tuple(
            _soundness(claim, decision, words) + _reasons(claim.adjustments, words) + _remarks(claim, words)
        ),
        lines=tuple(_line(line, is_primary(claim), words) for line in claim.lines),
        actions=tuple(
            Sentence(
                words.say("action", action.action)
                + (f" {action.amount + ZERO:.2f}" if action.amount is not None else "")
                + f": {words.why(action)}",
                action.segments,
            )
            for action in decision.actions
        ),
        glossary=_glossary(claim, words),
    )


def explain_payment(
    transaction: Transaction, language: str = "en", references: References | None = None, file: str = ""
) -> Explanation:
    """The check of one transaction, for the biller: who paid whom, whether it agrees, money beside the claims.

    `references` tells what the provider adjustments refer to, in `file` or in the other files it was made from.
    """
    words, header = load_words(language), transaction.header
    label = words.tables["label"]
    title = f"{label['payment']} {_amount(header.payment_amount, words)}"
    parts = [
        f"{label['payer']}: {shown(header.payer.full_name)}" if header.payer else "",
        f"{label['payee']}: {shown(header.payee.full_name)}" if header.payee else "",
        f"{label['trace']}: {header.trace_number}" if header.trace_number else "",
        header.payment_date.isoformat() if header.payment_date else "",
    ]
    segments = [header.payment_segment, header.trace_segment]
    segments += [party.segment for party in (header.payer, header.payee) if party]
    headline = Sentence("; ".join(part for part in parts if part) + ".", _numbers(segments))
    return Explanation(
        "biller", language, None, title, headline, sentences=tuple(_check(transaction, words, references, file))
    )


def _check(transaction: Transaction, words: Words, references: References | None, file: str) -> list[Sentence]:
    header, trailer = transaction.header, transaction.trailer
    paid_by = [header.payment_segment, *(claim.segment for claim in transaction.claims)]
    segments = _numbers([*paid_by, *(item.segment for item in trailer.provider_adjustments)])
    moved = sum((item.amount or ZERO for item in trailer.provider_adjustments), ZERO)
    if trailer.balance.balanced and trailer.paid is not None:
        text = words.say(
            "biller",
            "check_ok",
            paid=f"{trailer.paid:.2f}",
            moved=f"{moved:.2f}",
            payment=f"{trailer.balance.stated:.2f}",
        )
    elif trailer.balance.imbalance is not None:
        text = words.say("biller", "check_bad", difference=f"{trailer.balance.imbalance:.2f}")
    else:
        text = words.say("biller", "check_unknown")
    said = [Sentence(text, segments)]
    for item in trailer.provider_adjustments:
        known = reasons.plb_reason(item.reason)
        meaning = known.biller(words.language) if known else ""
        direction = words.say("biller", "lowers" if (item.amount or ZERO) >= 0 else "raises")
        key = "plb" if meaning else "plb_unknown"
        values = {"reason": item.reason, "amount": _amount(item.amount, words), "direction": direction}
        said.append(Sentence(words.say("biller", key, meaning=meaning, **values), (item.segment,)))
        target = references.of(item, file) if references else None
        if target is not None:
            where = (item.segment, target.segment) if target.file == file else (item.segment,)
            elsewhere = "" if target.file == file else f" ({target.file})"
            said.append(Sentence(words.say("biller", f"plb_{target.kind}", label=target.label) + elsewhere, where))
    if trailer.provider_adjustments:
        numbers = tuple(dict.fromkeys(item.segment for item in trailer.provider_adjustments))
        said.append(Sentence(words.say("biller", "plb_note"), numbers))
    return said


def _status(claim: RemitClaim, words: Words) -> Sentence:
    known = reasons.claim_status(claim.status)
    if known is None:
        return Sentence(words.say("biller", "status_unknown", status=claim.status), (claim.segment,))
    return Sentence(
        words.say("biller", "status", status=claim.status, meaning=known.biller(words.language)), (claim.segment,)
    )


def _claim_rows(claim: RemitClaim, decision: Decision, words: Words) -> tuple[MoneyRow, ...]:
    money, own = decision.money, (claim.segment,)
    label = words.tables["label"]
    rows = [MoneyRow(label["billed"], money.billed, own)]
    capitated = any(item.reason == CAPITATION and item.amount for item in claim.all_adjustments())
    if money.allowed_source is not None and not (capitated and money.allowed_source == DERIVED):
        rows.append(
            MoneyRow(f"{label['allowed']} ({label[money.allowed_source]})", money.allowed, allowed_segments(claim))
        )
    else:
        rows.append(MoneyRow(f"{label['allowed']} ({label['not_said']})", None, ()))
    rows.append(MoneyRow(label["paid"], money.paid, own))
    provider = adjustment_segments(claim, ("CO", "PI"))
    if provider:
        rows.append(MoneyRow(label["provider_responsibility"], money.provider_responsibility, provider))
        for key, kind, amount in (
            ("contractual", "contractual", money.contractual),
            ("denied", "denied", money.denied),
        ):
            if amount:
                rows.append(MoneyRow(label[key], amount, adjustment_segments(claim, ("CO", "PI"), disposition=kind)))
    if other := adjustment_segments(claim, ("OA", "CR")):
        rows.append(MoneyRow(label["other_adjustments"], money.other_adjustments, other))
    if patient := adjustment_segments(claim, ("PR",)):
        rows.append(MoneyRow(label["patient_responsibility"], money.patient_responsibility, patient))
        for key, reason, amount in (
            ("deductible", "1", money.deductible),
            ("coinsurance", "2", money.coinsurance),
            ("copay", "3", money.copay),
        ):
            if amount:
                rows.append(MoneyRow(label[key], amount, adjustment_segments(claim, ("PR",), reasons_in=(reason,))))
    rows.append(MoneyRow(label["patient_owes_now"], decision.patient_owes_now, patient or own))
    return tuple(rows)


def allowed_segments(claim: RemitClaim) -> tuple[int, ...]:
    """Where the claim's allowed amount comes from: amounts stated, else the payment and the shares it is made of."""
    amount, source = claim_allowed(claim)
    if source == DERIVED:
        cuts = adjustment_segments(claim, ("CO",), reasons_in=(SEQUESTRATION,))
        return (claim.segment, *adjustment_segments(claim, ("PR",), reasons_in=tuple(ALLOWED_SHARES)), *cuts)
    covered = [item.segment for item in claim.amounts if item.qualifier == "AU" and item.value == amount]
    stated = [line.stated_allowed.segment for line in claim.lines if line.stated_allowed is not None]
    return tuple(covered or stated)


def _soundness(claim: RemitClaim, decision: Decision, words: Words) -> list[Sentence]:
    said = [_balance(claim.balance, claim.segment, words)]
    for line in claim.lines:
        if line.balance.balanced:
            continue
        difference, number = line.balance.imbalance, str(line.number)
        if difference is None:
            text = words.say("biller", "line_unknown", number=number)
        else:
            text = words.say("biller", "line_bad", number=number, difference=f"{difference:.2f}")
        said.append(Sentence(text, (line.segment,)))
    difference = claim.line_charges.imbalance
    if difference:
        text = words.say("biller", "lines_bad", difference=f"{-difference:.2f}")
        said.append(Sentence(text, (claim.segment, *(line.segment for line in claim.lines))))
    if not claim.complete:
        said.append(Sentence(words.say("biller", "incomplete"), (claim.segment,)))
    stated, computed = claim.stated_patient_responsibility or ZERO, decision.money.patient_responsibility
    if not claim.reversal and computed is not None and stated != computed:
        text = words.say("biller", "clp05", stated=f"{stated:.2f}", computed=f"{computed:.2f}")
        said.append(Sentence(text, (claim.segment, *adjustment_segments(claim, ("PR",)))))
    if not decision.final:
        basis = next((action.segments for action in decision.actions if action.action == "wait"), (claim.segment,))
        said.append(Sentence(words.say("biller", "not_final"), basis))
    return said


def _balance(balance: Balance, segment: int, words: Words) -> Sentence:
    if balance.balanced:
        return Sentence(words.say("biller", "balance_ok"), (segment,))
    if balance.imbalance is None:
        return Sentence(words.say("biller", "balance_unknown"), (segment,))
    return Sentence(words.say("biller", "balance_bad", difference=f"{balance.imbalance:.2f}"), (segment,))


def _reasons(adjustments: tuple[Adjustment, ...], words: Words) -> list[Sentence]:
    said = []
    for item in adjustments:
        code, amount = f"{item.group}-{item.reason}", _amount(item.amount, words)
        known = reasons.reason(item.reason)
        if known is None:
            text = words.say("biller", "adjustment_unknown", code=code, amount=amount)
        else:
            text = words.say("biller", "adjustment", code=code, amount=amount, meaning=words.reason(item.reason))
            if known.status == "retired":
                text += " " + words.say("biller", "retired")
            evidence = known.to_attach(words.language)
            if evidence and known.disposition == "denied":
                text += " " + words.say("biller", "evidence", evidence=evidence.rstrip("."))
        said.append(Sentence(text, (item.segment,)))
    return said


def _remarks(part: RemitClaim | RemitLine, words: Words) -> list[Sentence]:
    said = []
    for remark in part.remarks:
        meaning = words.remark(remark.code)
        key = "remark" if meaning else "remark_unknown"
        said.append(Sentence(words.say("biller", key, code=remark.code, meaning=meaning), (remark.segment,)))
    return said


def _line(line: RemitLine, primary: bool, words: Words) -> LineExplanation:
    label, own = words.tables["label"], (line.segment,)
    allowed, source = line_allowed(line, primary)
    rows = [MoneyRow(label["billed"], line.billed, own)]
    if source is not None:
        stated = line.stated_allowed
        where = (stated.segment,) if stated else (line.segment, *(item.segment for item in line.adjustments))
        rows.append(MoneyRow(f"{label['allowed']} ({label[source]})", allowed, tuple(dict.fromkeys(where))))
    rows.append(MoneyRow(label["paid"], line.paid, own))
    said = []
    if line.billed_procedure and line.billed_procedure != line.procedure:
        billed = "-".join((line.billed_procedure, *line.billed_modifiers))
        said.append(Sentence(words.say("biller", "recoded", code=line.code, billed=billed), own))
    day = f", {line.date.isoformat()}" if line.date else ""
    title = f"{label['line']} {line.number}: {line.code}{day}"
    return LineExplanation(
        title, line.segment, tuple(rows), tuple(said + _reasons(line.adjustments, words) + _remarks(line, words))
    )


def _glossary(claim: RemitClaim, words: Words) -> tuple[Term, ...]:
    """Groups and codes of this claim only; reason and remark meanings already stand with their amounts."""
    terms = []
    for code in dict.fromkeys(item.group for item in claim.all_adjustments()):
        known = reasons.group(code)
        if known is not None:
            terms.append(Term(code, known.biller(words.language)))
    return tuple(terms)


def _amount(amount: Decimal | None, words: Words) -> str:
    return words.say("label", "unreadable") if amount is None else f"{amount + ZERO:.2f}"


def _numbers(segments: list[int | None]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for number in segments if number is not None))
