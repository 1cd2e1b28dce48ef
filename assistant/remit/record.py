"""Remittances as the JSON records that other programs read. The keys are a contract: add, never rename."""

from decimal import Decimal
from typing import Any

from assistant.record import to_record
from assistant.remit.actions import Action, Decision, decide
from assistant.remit.chains import Chains
from assistant.remit.money import covered, is_primary, line_allowed
from assistant.remit.values import Adjustment, Header, Party, RemitClaim, RemitFile, RemitLine, Trailer, Transaction
from assistant.remit.words import Words, load_words
from assistant.x12.elements import ZERO
from assistant.x12.problems import Problem


def file_record(file: RemitFile, chains: Chains | None = None) -> dict[str, Any]:
    """One entry of `files`: name, problems, transactions. `chains` links it with other files."""
    chains = chains or Chains.of(file)
    return {
        "file": file.name,
        "problems": [problem_record(problem) for problem in file.problems],
        "transactions": [transaction_record(transaction, chains, file.name) for transaction in file.transactions],
    }


def transaction_record(transaction: Transaction, chains: Chains, file: str) -> dict[str, Any]:
    """One transaction with its claims."""
    header = transaction.header
    record = header_record(header) | trailer_record(transaction.trailer)
    record["claims"] = [
        claim_record(claim, decide(claim, chains.get(claim, header, file))) for claim in transaction.claims
    ]
    return record


def problem_record(problem: Problem) -> dict[str, Any]:
    """Severity, message, segment (null when it concerns the whole file)."""
    return {"severity": problem.severity, "message": problem.message, "segment": problem.segment}


def header_record(header: Header) -> dict[str, Any]:
    """What is known of a transaction before its claims."""
    return {
        "trace_number": header.trace_number,
        "payer": _name(header.payer),
        "payee": _name(header.payee),
        "payment_date": to_record(header.payment_date),
        "payment_amount": _money(header.payment_amount),
        "payment_method": header.method,
        "production_date": to_record(header.production_date),
        "version": header.version,
        "segment": header.segment,
    }


def trailer_record(trailer: Trailer) -> dict[str, Any]:
    """What is known once all claims have passed."""
    return {
        "balanced": trailer.balance.balanced,
        "imbalance": _money(trailer.balance.imbalance),
        "complete": trailer.complete,
        "claim_count": trailer.claims,
        "line_count": trailer.lines,
        "claims_paid": _money(trailer.paid),
        "provider_adjustments": [
            {"reason": item.reason, "amount": _money(item.amount), "reference": item.reference, "segment": item.segment}
            for item in trailer.provider_adjustments
        ],
    }


def claim_record(claim: RemitClaim, decision: Decision) -> dict[str, Any]:
    """One claim."""
    money, words = decision.money, load_words("en")
    primary = is_primary(claim)
    patient = claim.party("QC")
    return {
        "control_number": claim.control_number,
        "payer_control_number": claim.payer_control_number,
        "status": claim.status,
        "reversal": claim.reversal,
        "final": decision.final,
        "patient": patient.full_name if patient else "",
        "segment": claim.segment,
        "billed": _money(money.billed),
        "allowed": _money(money.allowed),
        "allowed_source": money.allowed_source,
        "paid": _money(money.paid),
        "provider_responsibility": _money(money.provider_responsibility),
        "contractual": _money(money.contractual),
        "denied": _money(money.denied),
        "other_adjustments": _money(money.other_adjustments),
        "patient_responsibility": _money(money.patient_responsibility),
        "deductible": _money(money.deductible),
        "coinsurance": _money(money.coinsurance),
        "copay": _money(money.copay),
        "patient_owes_now": _money(decision.patient_owes_now),
        "paid_percent_of_allowed": _percent(covered(money.paid, money.allowed)),
        "paid_percent_of_billed": _percent(covered(money.paid, money.billed)),
        "balanced": claim.balance.balanced,
        "imbalance": _money(claim.balance.imbalance),
        "adjustments": [_adjustment(item) for item in claim.adjustments],
        "remarks": [remark.code for remark in claim.remarks],
        "actions": [action_record(action, words) for action in decision.actions],
        "lines": [line_record(line, primary) for line in claim.lines],
    }


def action_record(action: Action, words: Words) -> dict[str, Any]:
    """One action with its reason in words."""
    return {
        "action": action.action,
        "amount": _money(action.amount),
        "why": words.why(action),
        "segments": list(action.segments),
        "rule": action.rule,
    }


def line_record(line: RemitLine, primary: bool) -> dict[str, Any]:
    """One service line. `primary` tells whether its allowed amount may be derived."""
    allowed, source = line_allowed(line, primary)
    return {
        "procedure": line.procedure,
        "modifiers": list(line.modifiers),
        "billed_procedure": line.billed_procedure or None,
        "revenue_code": line.revenue_code or None,
        "date": to_record(line.date),
        "billed": _money(line.billed),
        "allowed": _money(allowed),
        "allowed_source": source,
        "paid": _money(line.paid),
        "units": None if line.units is None else _plain(line.units),
        "line_control_number": line.line_control_number,
        "segment": line.segment,
        "balanced": line.balance.balanced,
        "imbalance": _money(line.balance.imbalance),
        "adjustments": [_adjustment(item) for item in line.adjustments],
        "remarks": [remark.code for remark in line.remarks],
    }


def _adjustment(item: Adjustment) -> dict[str, Any]:
    return {"group": item.group, "reason": item.reason, "amount": _money(item.amount), "segment": item.segment}


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount + ZERO:.2f}"


def _percent(share: Decimal | None) -> str | None:
    return None if share is None else f"{share:.1f}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _name(party: Party | None) -> str:
    return party.full_name if party else ""
