"""What to do about a claim, and what its patient owes now: decided by `rules.toml`, never by a guess."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from assistant.remit.money import PROVIDER_GROUPS, ClaimMoney, claim_money, disposition
from assistant.remit.rules import AmountRule, load_rules
from assistant.remit.values import Adjustment, Remark, RemitClaim
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

CLAIM_WIDE = frozenset({"qmb", "unprocessable"})
"""Effects that hold for the whole claim wherever their remark stands: they speak of the patient or the claim."""


PAYERS = (("TT", "next_payer"), ("PR", "first_payer"), ("GB", "other_coverage"))
"""NM1 roles in a claim that name another payer or its subscriber, and the fact each gives."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `why` is worded from `rule`, so that every language has it."""

    action: str
    amount: Decimal | None
    rule: str
    segments: tuple[int, ...]
    codes: tuple[str, ...] = ()
    """The adjustments behind it, as `CO-45`, and remarks."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What the same file says elsewhere about the same claim control number."""

    reversed_share: Decimal
    """Sum of PR over its reversals, usually negative."""
    corrected_share: Decimal | None
    """Sum of PR over the claims after the reversal; None when none follows."""
    reversals: tuple[int, ...]
    """Segments of the reversals."""

    @property
    def refund(self) -> Decimal:
        """How much less the patient's share is after the correction; zero when it is not less."""
        return max(ZERO, -(self.reversed_share + (self.corrected_share or ZERO)))


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one claim."""

    money: ClaimMoney
    final: bool
    patient_owes_now: Decimal
    to_pay: Decimal
    """The patient's by the amounts alone, whether final or not; negative where a reversal takes it back."""
    actions: tuple[Action, ...]
    sorted_amounts: tuple[tuple[Adjustment, str], ...]
    """Every adjustment with the id of the rule that decided it."""


def decide(claim: RemitClaim, chain: Chain | None = None) -> Decision:
    """Actions for `claim`, most urgent first. `chain` links it with its reversal or correction.

    A claim whose figures do not agree gets one action, a review, and nothing is asked of the patient.
    """
    money = claim_money(claim)
    rules = load_rules()
    remarks = claim.all_remarks()
    owes, found, sorted_amounts = _amounts(claim)
    facts = _facts(claim, money, chain, remarks, bool(found))
    final = True
    for rule in rules.claims:
        if not rule.fits(facts):
            continue
        final = final and rule.final
        if "all" in rule.replaces:
            found = []
        else:
            found = [action for action in found if action.action not in rule.replaces]
        amount = _figure(rule.amount, money, chain)
        segments, codes = _evidence(rule.needs, claim, remarks, chain)
        found.append(Action(rule.action, amount, rule.id, segments, codes))
    if not claim.sound:
        found = [Action("review", None, "unsound", _unsound(claim))]
    owed_now = max(ZERO, owes) if claim.sound and final and not claim.reversal else ZERO
    found.sort(key=lambda action: rules.urgency[action.action])
    return Decision(money, final, owed_now, owes, tuple(found), sorted_amounts)


def effects_of(remarks: list[Remark]) -> frozenset[str]:
    """Everything the remarks bring about, by the list of remark codes."""
    if not remarks:
        return frozenset()
    return frozenset().union(*(_effects(remark.code) for remark in remarks))


def _amounts(claim: RemitClaim) -> tuple[Decimal, list[Action], tuple[tuple[Adjustment, str], ...]]:
    """What the patient owes by the amounts alone, the actions they call for, and the rule behind each."""
    everywhere = effects_of(claim.all_remarks()) & CLAIM_WIDE
    own = effects_of(list(claim.remarks)) | everywhere
    parts = [(own, claim.adjustments)]
    parts += [(own | effects_of(list(line.remarks)), line.adjustments) for line in claim.lines]
    owes = ZERO
    grouped: dict[tuple[str, str], list[Adjustment]] = {}
    chosen: list[tuple[Adjustment, str]] = []
    for effects, adjustments in parts:
        for item in adjustments:
            rule, action = _rule(item.group, item.reason, effects)
            chosen.append((item, rule.id))
            if not item.amount:
                continue
            if rule.patient:
                owes += item.amount
            if action != "none":
                grouped.setdefault((action, rule.id), []).append(item)
    actions = []
    for (action, rule_id), items in grouped.items():
        amount = sum((item.amount for item in items if item.amount is not None), ZERO)
        codes = tuple(dict.fromkeys(f"{item.group}-{item.reason}" for item in items))
        actions.append(Action(action, amount, rule_id, tuple(dict.fromkeys(item.segment for item in items)), codes))
    return owes, actions, tuple(chosen)


@lru_cache(maxsize=8192)
def _rule(group: str, reason: str, effects: frozenset[str]) -> tuple[AmountRule, str]:
    """The rule that decides an adjustment under these remarks, and its action."""
    words = reasons.reason(reason)
    kind, default = (words.disposition, words.action) if words else ("", "")
    for rule in load_rules().amounts:
        if rule.fits(group, reason, kind, default, effects):
            action = default if rule.action == "default" else rule.action
            if action in ("bill_patient", "post_payment") and rule.action == "default":
                action = "review"
            return rule, action
    raise AssertionError("rules.toml ends with a rule that fits everything")


@lru_cache(maxsize=8192)
def _effects(code: str) -> frozenset[str]:
    words = reasons.remark(code)
    if words is None:
        return frozenset()
    return words.effects - {"not_final"} if words.code in load_rules().final_remarks else words.effects


def _facts(
    claim: RemitClaim, money: ClaimMoney, chain: Chain | None, remarks: list[Remark], busy: bool
) -> frozenset[str]:
    """The facts claim rules ask for: `status:...`, `effect:...` and the names rules.toml lists."""
    status = reasons.claim_status(claim.status)
    found = {f"status:{flag}" for flag in (status.flags if status else ())}
    found |= {f"effect:{effect}" for effect in effects_of(remarks)}
    found |= {name for role, name in PAYERS if claim.party(role)}
    if money.patient_responsibility:
        found.add("patient")
    if money.denied:
        found.add("denied")
    if money.provider_responsibility or money.other_adjustments:
        found.add("barred")
    if _recoded(claim):
        found.add("recoded")
    if chain is not None and chain.refund and (not claim.reversal or chain.corrected_share is None):
        found.add("refund")
    if not busy and (status is None or not status.flags - {"only_4010"}):
        found.add("bare")
    return frozenset(found)


def _figure(name: str, money: ClaimMoney, chain: Chain | None) -> Decimal | None:
    if name == "barred":
        parts = (money.provider_responsibility, money.other_adjustments)
        return None if None in parts else sum((part for part in parts if part is not None), ZERO)
    if name == "refund":
        return chain.refund if chain else None
    return {"paid": money.paid, "patient": money.patient_responsibility, "denied": money.denied}.get(name)


def _evidence(
    needs: frozenset[str], claim: RemitClaim, remarks: list[Remark], chain: Chain | None
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The segments a claim rule rests on: the claim itself, and what its condition names."""
    segments, codes = [claim.segment], []
    wanted = {need.removeprefix("effect:") for need in needs if need.startswith("effect:")}
    for remark in remarks:
        words = reasons.remark(remark.code)
        if words is not None and words.effects & wanted:
            segments.append(remark.segment)
            codes.append(words.code)
    for need, role in ((name, role) for role, name in PAYERS):
        party = claim.party(role)
        if need in needs and party is not None:
            segments.append(party.segment)
    if "recoded" in needs:
        segments.extend(_recoded(claim))
    if "refund" in needs and chain is not None:
        segments.extend(chain.reversals)
    if needs & {"patient", "refund"}:
        segments.extend(item.segment for item in claim.all_adjustments() if item.group == "PR" and item.amount)
    if "denied" in needs:
        for item in claim.all_adjustments():
            if item.group in PROVIDER_GROUPS and item.amount and disposition(item.reason) == "denied":
                segments.append(item.segment)
                codes.append(f"{item.group}-{item.reason}")
    return tuple(dict.fromkeys(segments)), tuple(dict.fromkeys(codes))


def _recoded(claim: RemitClaim) -> list[int]:
    """Segments of the lines decided under another code than the one billed (SVC06)."""
    return [line.segment for line in claim.lines if line.billed_procedure not in ("", line.procedure)]


def _unsound(claim: RemitClaim) -> tuple[int, ...]:
    lines = [line.segment for line in claim.lines if not line.balance.balanced]
    return (claim.segment, *lines)
