"""A remittance as a whole: what was paid, whether it agrees, money beside the claims, what is denied."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.chat.papers import OpenClaim, Papers, papers_of, segments_of
from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolError, ToolResult
from assistant.chat.tools.common import TEXT, parameters, result, words
from assistant.chat.turn import Context
from assistant.remit.actions import Action
from assistant.remit.money import disposition
from assistant.remit.naming import shown
from assistant.remit.record import claim_record, header_record, trailer_record
from assistant.remit.values import Transaction
from assistant.remit.words import load_words
from assistant.remit.worklist import WORK, denials
from assistant.x12.elements import ZERO
from corpus.lexicon import reasons

SHOWN = 12
_METHODS = {"ACH": "method_ach", "CHK": "method_chk", "NON": "method_non", "FWT": "method_fwt"}


def open_papers(context: Context) -> Papers:
    """The remittances at hand. Raises ToolError when there are none."""
    found = papers_of(context)
    if not found:
        raise ToolError(words(context).text("remit.none"))
    return found


def _head(file: str, part: Transaction, kept: bool) -> Source:
    header = part.header
    numbers = [header.payment_segment, header.trace_segment, header.payer.segment if header.payer else None]
    return segments_of(file, [number for number in numbers if number is not None] or [header.segment], kept)


def _data(papers: Papers) -> dict[str, Any]:
    return {
        "payments": [
            {"file": file, **header_record(part.header), **trailer_record(part.trailer)}
            for file, part in papers.payments
        ],
        "claims": [claim_record(one.claim, one.decision) for one in papers.claims[:100]],
    }


def claims_counted(context: Context, count: int) -> str:
    """`1 claim`, `6 claims`."""
    say = words(context)
    return say.text("remit.claims_one") if count == 1 else say.text("remit.claims_many", count=count)


def _summary(context: Context, papers: Papers, _: str) -> list[Said]:
    say, said = words(context), []
    for file, part in papers.payments[:SHOWN]:
        header = part.header
        said.append(
            say.say(
                "remit.summary",
                _head(file, part, papers.kept),
                payer=shown(header.payer.full_name) if header.payer else say.text("word.not_stated"),
                amount=say.money(header.payment_amount),
                date=header.payment_date or say.text("word.not_stated"),
                trace=header.trace_number or say.text("word.not_stated"),
                claims=claims_counted(context, len({claim.control_number for claim in part.claims})),
            )
        )
        if not part.trailer.balance.balanced:
            said += _balance_of(context, file, part, papers.kept)
    said += [_row(context, one) for one in papers.claims[:SHOWN]]
    if len(papers.claims) > SHOWN:
        said.append(say.say("remit.row_skipped", papers.claims[SHOWN].source(), count=len(papers.claims) - SHOWN))
    if len(papers.claims) > 1:
        said.append(_totals(context, papers))
    return said


def _row(context: Context, one: OpenClaim) -> Said:
    say, money = words(context), one.decision.money
    return say.say(
        "remit.claim_row",
        one.source(),
        claim=one.number,
        patient=one.patient or say.text("word.not_stated"),
        billed=say.money(money.billed),
        paid=say.money(money.paid),
        owes=say.money(one.decision.patient_owes_now),
    )


def _totals(context: Context, papers: Papers) -> Said:
    say = words(context)
    total = {"billed": ZERO, "paid": ZERO, "owes": ZERO, "denied": ZERO}
    for one in papers.claims:
        money = one.decision.money
        total["billed"] += money.billed or ZERO
        total["paid"] += money.paid or ZERO
        total["denied"] += money.denied or ZERO
        total["owes"] += one.decision.patient_owes_now
    sources = [one.source() for one in papers.claims]
    return say.say("remit.totals", *sources, **{name: say.money(value) for name, value in total.items()})


def _count(context: Context, papers: Papers, _: str) -> list[Said]:
    say, numbers = words(context), papers.numbers()
    sources = [one.source() for one in papers.claims]
    key = "remit.count_one" if len(numbers) == 1 else "remit.count_kept" if papers.kept else "remit.count"
    listed = say.listed(numbers[:50])
    said = [say.say(key, *sources, count=claims_counted(context, len(numbers)), numbers=listed)]
    return [*said, *(_row(context, one) for one in papers.claims[:SHOWN])]


def _payment(context: Context, papers: Papers, _: str) -> list[Said]:
    say, said = words(context), []
    for file, part in papers.payments[:SHOWN]:
        header, source = part.header, _head(file, part, papers.kept)
        if header.payer:
            said.append(say.say("remit.payer", source, payer=shown(header.payer.full_name)))
        if header.trace_number:
            said.append(say.say("remit.trace", source, trace=header.trace_number))
        if header.payment_date:
            said.append(say.say("remit.date", source, date=header.payment_date))
        said.append(say.say("remit.amount", source, amount=say.money(header.payment_amount)))
        key = _METHODS.get(header.method, "method_other")
        said.append(say.say("remit.method", source, method=say.text(f"remit.{key}", code=header.method)))
        if header.payee:
            payee = segments_of(file, [header.payee.segment], papers.kept)
            said.append(say.say("remit.payee", payee, payee=shown(header.payee.full_name)))
    return said


def _balance_of(context: Context, file: str, part: Transaction, kept: bool) -> list[Said]:
    say, trailer = words(context), part.trailer
    moved = sum((item.amount or ZERO for item in trailer.provider_adjustments), ZERO)
    numbers = [part.header.payment_segment or part.header.segment, *(claim.segment for claim in part.claims)]
    source = segments_of(file, [*numbers, *(item.segment for item in trailer.provider_adjustments)], kept)
    balance = trailer.balance
    if balance.balanced and trailer.paid is not None:
        values = {"paid": say.money(trailer.paid), "moved": say.money(-moved), "payment": say.money(balance.stated)}
        return [say.say("remit.balanced_yes", source, **values)]
    if balance.imbalance is None:
        return [say.say("remit.balanced_unknown", source)]
    said = [
        say.say(
            "remit.balanced_no",
            source,
            payment=say.money(balance.stated),
            computed=say.money(balance.computed),
            difference=say.money(abs(balance.imbalance)),
        )
    ]
    bad = [claim.control_number for claim in part.claims if not claim.sound]
    if bad:
        said.append(say.say("remit.claims_bad", source, claims=say.listed(bad)))
    else:
        said.append(say.say("remit.claim_ok_check_off", source))
    said.append(say.say("remit.unsafe", source))
    return said


def _balance(context: Context, papers: Papers, _: str) -> list[Said]:
    said = []
    for file, part in papers.payments[:SHOWN]:
        said += _balance_of(context, file, part, papers.kept)
        bad = [claim for claim in part.claims if not claim.sound]
        if part.trailer.balance.balanced and bad:
            source = segments_of(file, [claim.segment for claim in bad], papers.kept)
            names = words(context).listed([claim.control_number for claim in bad])
            said.append(words(context).say("remit.claims_bad", source, claims=names))
    return said


def _entries(context: Context, papers: Papers, reason: str) -> list[Said]:
    say, said = words(context), []
    entries = papers.provider_adjustments(reason.upper())
    if not entries:
        known = reasons.plb_reason(reason) if reason else None
        sources = [_head(file, part, papers.kept) for file, part in papers.payments]
        if known:
            listed = Source(SourceKind.WORD_LIST, known.code, "PLB")
            said.append(say.say("remit.plb_meaning", listed, reason=known.code, meaning=known.biller(context.language)))
            said.append(say.say("remit.plb_absent", *sources, reason=known.code))
        else:
            said.append(say.say("remit.plb_none", *sources))
        return said
    if not reason:
        for file, part in papers.payments:
            items = part.trailer.provider_adjustments
            if items and part.trailer.paid is not None:
                moved = sum((item.amount or ZERO for item in items), ZERO)
                source = segments_of(
                    file, [part.header.payment_segment or 1, *(item.segment for item in items)], papers.kept
                )
                said.append(
                    say.say(
                        "remit.plb_sum",
                        source,
                        paid=say.money(part.trailer.paid),
                        moved=say.money(-moved),
                        payment=say.money(part.header.payment_amount),
                    )
                )
    for file, item in entries[:SHOWN]:
        known = reasons.plb_reason(item.reason)
        source = segments_of(file, [item.segment], papers.kept)
        direction = say.text("remit.plb_lowers" if (item.amount or ZERO) >= 0 else "remit.plb_raises")
        key = "remit.plb_entry" if known else "remit.plb_entry_unknown"
        meaning = known.biller(context.language) if known else ""
        amount = say.money(abs(item.amount) if item.amount is not None else None)
        values = {"reason": item.reason, "amount": amount, "direction": direction, "meaning": meaning}
        said.append(say.say(key, source, **values))
        if item.reference:
            said.append(say.say("remit.plb_reference", source, reference=item.reference))
    source = segments_of(entries[0][0], [item.segment for file, item in entries if file == entries[0][0]], papers.kept)
    said.append(say.say("remit.plb_not_patient", source))
    return said


def _denied(context: Context, papers: Papers, group: str) -> list[Said]:
    """What was denied and may still be won, in all and by reason; with a group, under that group."""
    say = words(context)
    by_code: dict[str, list[tuple[OpenClaim, Decimal, int]]] = {}
    for one in papers.claims:
        for item in one.adjustments():
            if item.group != "PR" and disposition(item.reason) == "denied" and group in ("", item.group):
                by_code.setdefault(f"{item.group}-{item.reason}", []).append((one, item.amount or ZERO, item.segment))
    if not by_code:
        return [say.say("about.queue_none", *(one.source() for one in papers.claims))]
    total = sum((amount for items in by_code.values() for _, amount, _ in items), ZERO)
    sources = [one.source(segment) for items in by_code.values() for one, _, segment in items]
    numbers = {one.number for items in by_code.values() for one, _, _ in items}
    said = []
    if group:
        parts = [f"{code} {say.money(sum((item[1] for item in items), ZERO))}" for code, items in by_code.items()]
        values = {"group": group, "amount": say.money(total), "parts": say.listed(parts)}
        said.append(say.say("about.denied_group", *sources, **values))
    else:
        counted = claims_counted(context, len(numbers))
        said.append(say.say("about.denied_total", *sources, amount=say.money(total), count=counted))
    for code, items in sorted(by_code.items(), key=lambda entry: -sum(item[1] for item in entry[1])):
        said.append(
            say.say(
                "about.denied_by",
                *(one.source(segment) for one, _, segment in items),
                code=code,
                amount=say.money(sum((amount for _, amount, _ in items), ZERO)),
                claims=say.listed(tuple(dict.fromkeys(one.number for one, _, _ in items))),
            )
        )
    return said


def _largest(context: Context, papers: Papers, _: str) -> list[Said]:
    say = words(context)
    best = max(papers.claims, key=lambda one: one.decision.money.denied or ZERO, default=None)
    if best is None or not best.decision.money.denied:
        return [say.say("about.queue_none", *(one.source() for one in papers.claims))]
    listed = denials(best.claim)
    codes = say.listed(tuple(dict.fromkeys(code for code, _ in listed)))
    meaning = load_words(context.language).reason(listed[0][0].partition("-")[2])
    return [
        say.say(
            "about.largest",
            best.source(),
            amount=say.money(best.decision.money.denied),
            claim=best.number,
            patient=best.patient,
            codes=codes,
            meaning=meaning,
        )
    ]


def action_text(context: Context, action: Action) -> tuple[str, str]:
    """(name of the action, its amount with a blank before it or nothing)."""
    told = load_words(context.language).say("action", action.action)
    amount = f" {words(context).money(action.amount)}" if action.amount else ""
    return told, amount


def _queue(context: Context, papers: Papers, _: str) -> list[Said]:
    say, told = words(context), load_words(context.language)
    items = [(one, action) for one in papers.claims for action in one.decision.actions if action.action in WORK]
    if not items:
        return [say.say("about.queue_none", *(one.source() for one in papers.claims))]
    items.sort(key=lambda item: -(item[1].amount or ZERO))
    count = claims_counted(context, len({one.number for one, _ in items}))
    said = [say.say("about.queue", *(one.source() for one, _ in items[:SHOWN]), count=count)]
    for one, action in items[: 2 * SHOWN]:
        name, amount = action_text(context, action)
        values = {"claim": one.number, "patient": one.patient, "action": name.lower(), "amount": amount}
        said.append(say.say("about.queue_item", one.source(*action.segments), why=told.why(action), **values))
    return said


ASPECTS: dict[str, Callable[[Context, Papers, str], Sequence[Said]]] = {
    "summary": _summary,
    "count": _count,
    "payment": _payment,
    "balance": _balance,
    "provider_adjustments": _entries,
    "denied": _denied,
    "largest": _largest,
    "queue": _queue,
}


def _read(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    papers = open_papers(context)
    said = ASPECTS[arguments.get("aspect", "summary")](context, papers, arguments.get("code", ""))
    return result(_data(papers), said)


TOOLS = (
    Tool(
        "read_remittance",
        "The open remittance (or everything kept in the store): summary, number of claims, payment facts, "
        "balance, provider-level "
        "adjustments (code: a PLB reason), what was denied (code: a group), the largest denial, what needs work.",
        parameters(aspect={"type": "string", "enum": list(ASPECTS)}, code=TEXT),
        _read,
    ),
)
