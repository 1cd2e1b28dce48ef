"""The one figure of a claim that the words of a question name."""

import re

from assistant.chat.papers import OpenClaim
from assistant.chat.tool import Said, Source, SourceKind
from assistant.chat.tools.common import words
from assistant.chat.tools.paid.claim import Asked, amount_of, is_capitated
from assistant.chat.tools.paid.money import contract_said, money
from assistant.chat.tools.paid.reasons import why
from assistant.chat.tools.paid.shares import owes
from assistant.chat.turn import Context
from assistant.remit.explanation import allowed_segments
from assistant.remit.money import claim_allowed, covered, is_primary, line_allowed
from assistant.remit.sentences import adjustment_segments
from assistant.x12.elements import ZERO


def amounts(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The figure that `words` names; all of them when it names none."""
    say, figures, asked_words = words(context), one.decision.money, str(asked.get("words", "")).lower()
    wanted = [name for name, cues in _FIGURES if any(_says(asked_words, cue) for cue in cues)]
    said: list[Said] = []
    own = one.source()
    for name in wanted:
        if name == "allowed":
            amount, origin = claim_allowed(one.claim)
            if amount is None or is_capitated(one):
                said.append(say.say("about.allowed_unknown", own, claim=one.number))
            else:
                said.append(
                    say.say(
                        "about.allowed",
                        one.source(*(allowed_segments(one.claim) or (one.claim.segment,))),
                        claim=one.number,
                        amount=say.money(amount),
                        source=say.text(f"about.allowed_{origin}"),
                    )
                )
        elif name in ("deductible", "coinsurance", "copay"):
            reason = {"deductible": "1", "coinsurance": "2", "copay": "3"}[name]
            segments = adjustment_segments(one.claim, ("PR",), reasons_in=(reason,)) or (one.claim.segment,)
            value = getattr(figures, name)
            said.append(say.say(f"about.{name}", one.source(*segments), claim=one.number, amount=say.money(value)))
        elif name in ("billed", "paid"):
            said.append(say.say(f"about.{name}", own, claim=one.number, amount=say.money(getattr(figures, name))))
        elif name == "contract":
            segments = adjustment_segments(one.claim, ("CO", "PI"), disposition="contractual") or (one.claim.segment,)
            values = {"claim": one.number, "amount": say.money(figures.contractual)}
            said.append(say.say("about.contract", one.source(*segments), **values))
        elif name == "denied_amount":
            said.append(say.say("about.denied_amount", own, claim=one.number, amount=say.money(figures.denied)))
        elif name == "patient_share":
            values = {"claim": one.number, "amount": say.money(figures.patient_responsibility)}
            said.append(say.say("about.patient_share", own, **values))
        elif name == "dates":
            days = sorted({line.date for line in one.claim.lines if line.date})
            days = days or [item.value for item in one.claim.dates if item.qualifier in ("232", "233") and item.value]
            if days:
                listed = say.listed([day.isoformat() for day in days])
                said.append(say.say("about.dates", own, claim=one.number, dates=listed))
        elif name == "services":
            told = [f"{line.code} {say.money(line.billed)}" for line in one.claim.lines]
            if told:
                source = one.source(*(line.segment for line in one.claim.lines))
                said.append(say.say("about.services", source, claim=one.number, lines=say.listed(told)))
        elif name == "member":
            party = one.claim.party("QC") or one.claim.party("IL")
            if party and party.id:
                values = {"claim": one.number, "member": party.id}
                said.append(say.say("about.member", one.source(party.segment), **values))
        elif name == "payer_number":
            values = {"claim": one.number, "number": one.claim.payer_control_number}
            said.append(say.say("about.payer_number", own, **values))
        elif name in _BY_REASON:
            said += why(context, one, {"code": _BY_REASON[name]})
        elif name == "percent":
            share = covered(figures.paid, figures.allowed)
            if share is not None:
                said.append(say.say("about.paid", own, claim=one.number, amount=say.money(figures.paid)))
                said.append(say.say("about.percent", own, percent=f"{share}"))
    return said or [*money(context, one, asked), *contract_said(context, one), *owes(context, one, asked)]


def _says(text: str, cue: str) -> bool:
    """Whether a word of the text begins with the cue, or a sign that is the cue stands in it."""
    return bool(re.search(rf"\b{re.escape(cue)}" if cue[0].isalpha() else re.escape(cue), text))


_BY_REASON = {"sequestration": "253", "earlier_payer": "23"}
"""Figures that are the amount under one reason."""
_FIGURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sequestration", ("sequest", "secuestro", "federal cut")),
    (
        "earlier_payer",
        (
            "the primary",
            "primary pay",
            "first payer",
            "other payer",
            "earlier payer",
            "primer seguro",
            "other insurance",
        ),
    ),
    ("allowed", ("allow", "approve", "permit", "aprob")),
    ("deductible", ("deductible", "deducible")),
    ("coinsurance", ("coinsurance", "co-insurance", "coseguro")),
    ("copay", ("copay", "co-pay", "copago")),
    ("billed", ("billed", "bill on", "charge", "factur", "cobr", "cargo")),
    ("percent", ("percent", "per cent", "%", "por ciento")),
    ("paid", ("paid", "pay", "pag")),
    ("contract", ("contract", "discount", "write-off", "write off", "written off", "descuento")),
    ("denied_amount", ("denied", "deneg", "rechaz")),
    ("patient_share", ("patient share", "patient responsib", "patient's share", "pr amount")),
    (
        "dates",
        (
            "date of service",
            "service date",
            "when was the service",
            "dos on",
            "dos and",
            "dos for",
            "dos of",
            "dos?",
            "fecha de servicio",
            "fecha del servicio",
        ),
    ),
    ("services", ("procedure", "service", "what was done", "cpt")),
    ("member", ("member",)),
    ("payer_number", ("payer's claim", "payer control", "payer's number", "icn", "dcn", "payer claim")),
)
"""Figures of a claim and the words that ask for them."""


def underpaid(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """The allowed amount of a line against the contract's rate that the question names."""
    say, rate = words(context), amount_of(asked)
    code = str(asked.get("code", "")).upper()
    lines_ = [line for line in one.claim.lines if code in ("", line.procedure)]
    if rate is None or not lines_:
        return [say.say("about.contract_unknown", one.source()), *amounts(context, one, {"words": "allowed paid"})]
    line = lines_[0]
    allowed = line_allowed(line, is_primary(one.claim))[0]
    expected = rate * (line.units if line.units is not None and line.units > 0 else 1)
    if allowed is None:
        return [say.say("about.allowed_unknown", one.source(line.segment), claim=one.number)]
    stated = line.stated_allowed
    source = one.source(line.segment, *((stated.segment,) if stated else ()))
    key = "under" if allowed < expected else "equal" if allowed == expected else "over"
    values = {"code": line.code, "claim": one.number, "allowed": say.money(allowed), "expected": say.money(expected)}
    asked_for = Source(SourceKind.QUESTION, "question")
    difference = say.money(abs(expected - allowed))
    said = [say.say(f"about.contract_{key}", source, asked_for, difference=difference, **values)]
    share = sum((item.amount or ZERO for item in line.adjustments if item.group == "PR"), ZERO)
    paid = {"paid": say.money(line.paid), "share": say.money(share)}
    return [*said, say.say("about.contract_paid", source, **paid)]
