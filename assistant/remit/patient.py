"""The patient's view of a claim: what is owed in the first sentence, then what the plan did, then what to do."""

from decimal import Decimal

from assistant.remit.actions import Decision
from assistant.remit.naming import shown
from assistant.remit.sentences import MoneyRow, Sentence, adjustment_segments
from assistant.remit.values import Adjustment, Header, RemitClaim
from assistant.remit.words import Words
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

CAPITATION = "24"
"""Paid for by a monthly sum per member: neither a discount nor a refusal."""
_SHARES = {"1": "deductible", "2": "coinsurance", "3": "copay"}
_WAITING = (("estimate", "estimate"), ("reversal", "reversal"), ("pended", "pended"), ("forwarded", "forwarded"))
_LOOK = ("pr_balance_bill", "pr_providers_duty", "pr_unknown", "pr_unprocessable")
"""Rules that keep an amount from the patient until a person has looked."""

_TOLD = frozenset({"do_not_bill_patient", "qmb", "no_surprises", "patient_must_act", "forwarded"})
"""Remarks with one of these effects matter to the patient; the others speak to the provider's office."""

Said = tuple[Sentence, tuple[Sentence, ...], tuple[Sentence, ...]]


def patient_sentences(claim: RemitClaim, header: Header, decision: Decision, words: Words) -> Said:
    """The headline, what the plan did, what to do."""
    if not claim.sound:
        own = (claim.segment,)
        todo = (_say(words, "do_not_pay", own), _say(words, "not_a_bill", own))
        return _say(words, "unsound", own), (), todo
    headline = _headline(claim, decision, words)
    return headline, tuple(_plan(claim, header, decision, words)), tuple(_todo(claim, decision, words))


def patient_rows(claim: RemitClaim, decision: Decision, words: Words) -> tuple[MoneyRow, ...]:
    """The charge and where each part of it went, then what is owed now; the parts add up to the charge.

    Empty where the sentences keep a figure back: figures that do not agree, a reversal, a share that may not be asked
    for.
    """
    money = decision.money
    told = (
        decision.patient_owes_now or not decision.final or _looked_at(decision)[0] or not money.patient_responsibility
    )
    if not claim.sound or claim.reversal or not told or money.billed is None or money.paid is None:
        return ()
    items = [item for item in claim.all_adjustments() if item.amount]
    provider = [item for item in items if item.group in ("CO", "PI")]
    capitated = [item for item in provider if item.reason == CAPITATION]
    discount = [item for item in provider if _disposition(item) == "contractual" and item not in capitated]
    label, own = words.tables["letter"], (claim.segment,)
    rows = [MoneyRow(label["row_charge"], money.billed, own), MoneyRow(label["row_paid"], money.paid, own)]
    for key, part in (
        ("row_discount", discount),
        ("row_capitated", capitated),
        ("row_not_paid", [item for item in provider if item not in discount and item not in capitated]),
        ("row_other", [item for item in items if item.group in ("OA", "CR")]),
        ("row_share", [item for item in items if item.group == "PR"]),
    ):
        if total := _total(part):
            rows.append(MoneyRow(label[key], total, _segments(part)))
    owed = adjustment_segments(claim, ("PR",)) or own
    return (*rows, MoneyRow(label["row_owed"], decision.patient_owes_now, owed))


def _say(words: Words, key: str, segments: tuple[int, ...], **values: str) -> Sentence:
    return Sentence(words.say("patient", key, **values), segments)


def _headline(claim: RemitClaim, decision: Decision, words: Words) -> Sentence:
    own = (claim.segment,)
    if claim.reversal or not decision.final:
        rules = {action.rule: action.segments for action in decision.actions}
        for rule, key in _WAITING:
            if rule in rules:
                return _say(words, key, rules[rule])
        if "not_ours" in rules:
            return _say(words, "forwarded", rules["not_ours"])
        basis = next(
            (action.segments for action in decision.actions if action.action in ("wait", "bill_next_payer")), own
        )
        return _say(words, "not_final", basis)
    shares = adjustment_segments(claim, ("PR",)) or own
    dates = sorted({line.date for line in claim.lines if line.date is not None})
    dated = {"date": words.day(dates[0])} if len(dates) == 1 else {}
    if decision.patient_owes_now:
        key = "owes_dated" if dated else "owes"
        return _say(words, key, shares, amount=words.money(decision.patient_owes_now), **dated)
    forbidden = [action for action in decision.actions if action.rule in ("pr_forbidden", "pr_barred")]
    if forbidden:
        remarks = tuple(remark.segment for remark in claim.all_remarks())
        return _say(words, "forbidden", (*forbidden[0].segments, *remarks))
    amount, segments = _looked_at(decision)
    if amount:
        return _say(words, "looked_at", segments, amount=words.money(amount))
    key = "nothing_now" if decision.money.denied else "nothing"
    return _say(words, f"{key}_dated" if dated else key, shares, **dated)


def _looked_at(decision: Decision) -> tuple[Decimal, tuple[int, ...]]:
    items = [item for item, rule in decision.sorted_amounts if rule in _LOOK and item.amount]
    return sum((item.amount or ZERO for item in items), ZERO), tuple(dict.fromkeys(item.segment for item in items))


def _plan(claim: RemitClaim, header: Header, decision: Decision, words: Words) -> list[Sentence]:
    money, own, said = decision.money, (claim.segment,), []
    if claim.reversal:
        for key, amount, where in (
            ("took_back", money.paid, own),
            ("share_back", money.patient_responsibility, adjustment_segments(claim, ("PR",))),
        ):
            if amount is not None and amount < 0:
                said.append(_say(words, key, where, amount=words.money(-amount)))
        return said
    if money.billed is not None:
        said.append(_say(words, "charged", own, amount=words.money(money.billed)))
    if money.paid is not None:
        paid = words.money(money.paid)
        if header.payer is not None and header.payer.name:
            where = (claim.segment, header.payer.segment)
            said.append(_say(words, "paid_named", where, payer=shown(header.payer.full_name), amount=paid))
        else:
            said.append(_say(words, "paid", own, amount=paid))
    provider = [item for item in claim.all_adjustments() if item.group in ("CO", "PI") and item.amount]
    capitated = [item for item in provider if item.reason == CAPITATION]
    discount = [item for item in provider if _disposition(item) == "contractual" and item not in capitated]
    if total := _total(discount):
        said.append(_say(words, "discount", _segments(discount), amount=words.money(total)))
    for item in provider:
        if item not in discount:
            said.append(_bare_or_meant(item, words))
    kept = [item for item in provider if item not in discount and item not in capitated]
    if total := _total(kept):
        said.append(_say(words, "not_paid", _segments(kept), amount=words.money(total)))
    other = [item for item in claim.all_adjustments() if item.group in ("OA", "CR") and item.amount]
    if total := _total(other):
        said.append(_say(words, "other", _segments(other), amount=words.money(total)))
    if not decision.final or decision.patient_owes_now:
        said.extend(_shares(decision, words))
    for remark in claim.all_remarks():
        known = reasons.remark(remark.code)
        if known is not None and known.effects & _TOLD:
            said.append(Sentence(known.patient(words.language), (remark.segment,)))
    return said


def _shares(decision: Decision, words: Words) -> list[Sentence]:
    """The patient's amounts by kind, in the order deductible, coinsurance, copay, others."""
    said = []
    patient = [(item, rule) for item, rule in decision.sorted_amounts if item.group == "PR" and item.amount]
    for reason, key in _SHARES.items():
        items = [item for item, rule in patient if item.reason == reason and rule not in _LOOK]
        if total := _total(items):
            said.append(_say(words, key, _segments(items), amount=words.money(total)))
    said += [_bare_or_meant(item, words) for item, rule in patient if item.reason not in _SHARES and rule not in _LOOK]
    amount, segments = _looked_at(decision)
    if amount and decision.patient_owes_now:
        said.append(_say(words, "also_looked_at", segments, amount=words.money(amount)))
    return said


def _bare_or_meant(item: Adjustment, words: Words) -> Sentence:
    known = reasons.reason(item.reason)
    amount = words.money(item.amount or ZERO)
    if known is None:
        return _say(words, "share_unknown", (item.segment,), amount=amount, code=f"{item.group}-{item.reason}")
    return _say(words, "share", (item.segment,), amount=amount, meaning=known.patient(words.language))


def _todo(claim: RemitClaim, decision: Decision, words: Words) -> list[Sentence]:
    own, said = (claim.segment,), []
    actions = {action.action for action in decision.actions}
    if decision.patient_owes_now:
        shares = adjustment_segments(claim, ("PR",))
        said.append(_say(words, "not_in_file", shares))
        said.append(_say(words, "wait_bill", shares))
    elif claim.reversal or not decision.final or _looked_at(decision)[0]:
        said.append(_say(words, "do_not_pay", own))
    else:
        said.append(_say(words, "no_action", own))
    if decision.money.denied and actions & {"appeal", "correct_and_resubmit", "send_records", "review"}:
        said.append(_say(words, "we_follow", adjustment_segments(claim, ("CO", "PI"), disposition="denied") or own))
    for action in decision.actions:
        if action.action == "refund_patient":
            said.append(_say(words, "refund", action.segments))
            break
    said.append(_say(words, "not_a_bill", own))
    said.append(_say(words, "questions", own))
    return said


def _disposition(item: Adjustment) -> str:
    known = reasons.reason(item.reason)
    return known.disposition if known else ""


def _total(items: list[Adjustment]) -> Decimal:
    return sum((item.amount or ZERO for item in items), ZERO)


def _segments(items: list[Adjustment]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(item.segment for item in items))
