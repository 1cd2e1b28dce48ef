"""Explanations and summaries as plain text. A number in square brackets is the segment of the file it comes from."""

from collections.abc import Iterable, Sequence

from assistant.remit.actions import decide
from assistant.remit.chains import Chains
from assistant.remit.explanation import Explanation
from assistant.remit.fees import Underpayment
from assistant.remit.letter import Letter
from assistant.remit.matching import EXACT, ClaimMatch
from assistant.remit.sentences import MoneyRow, Sentence
from assistant.remit.values import RemitClaim, RemitFile
from assistant.remit.words import load_words
from assistant.remit.worklist import SEE_NOTICE, Cause, WorkItem
from assistant.x12.elements import ZERO

_MOST = 8
"""Segments listed after one sentence; a check with hundreds of claims would drown in them."""


def cite(segments: Iterable[int]) -> str:
    """` [17, 22]`, or nothing."""
    numbers = [str(number) for number in segments]
    if not numbers:
        return ""
    shown = ", ".join(numbers[:_MOST]) + (f", +{len(numbers) - _MOST}" if len(numbers) > _MOST else "")
    return f" [{shown}]"


def render_explanation(explanation: Explanation) -> str:
    """The whole explanation as text."""
    words = load_words(explanation.language)
    if explanation.audience == "patient":
        parts = [explanation.headline, *explanation.sentences]
        blocks = [_said(parts), words.say("label", "what_to_do") + ":\n" + _listed(explanation.actions)]
        return explanation.title + "\n\n" + "\n\n".join(blocks)
    blocks = [f"== {explanation.title} ==\n{_said([explanation.headline])}"]
    if explanation.money:
        blocks.append(_table(explanation.money))
    if explanation.sentences:
        blocks.append(_listed(explanation.sentences))
    for line in explanation.lines:
        money = "; ".join(f"{row.label} {_figure(row)}{cite(row.segments)}" for row in line.money)
        block = f"{line.title}{cite([line.segment])}\n  {money}"
        blocks.append(block + ("\n" + _listed(line.sentences) if line.sentences else ""))
    if explanation.actions:
        blocks.append(words.say("label", "next") + ":\n" + _numbered(explanation.actions))
    if explanation.glossary:
        terms = "\n".join(f"  {term.code}: {term.meaning}" for term in explanation.glossary)
        blocks.append(words.say("label", "glossary") + ":\n" + terms)
    return "\n\n".join(blocks)


def render_summary(file: RemitFile, chains: Chains) -> str:
    """One file: its payments, one row per claim, its problems."""
    out = [file.name]
    for transaction in file.transactions:
        header, trailer = transaction.header, transaction.trailer
        payer = header.payer.full_name if header.payer else "payer not named"
        verdict = (
            "agrees with its claims" if trailer.balance.balanced else f"is off by {_text(trailer.balance.imbalance)}"
        )
        day = f" on {header.payment_date.isoformat()}" if header.payment_date else ""
        out.append(
            f"  {payer}: {_text(header.payment_amount)}{day}, trace {header.trace_number or '-'}; the check {verdict}."
        )
        if transaction.claims:
            out.append(f"  {'claim':<20} {'st':>2} {'billed':>11} {'allowed':>11} {'paid':>11} {'owes now':>11}  next")
        for claim in transaction.claims:
            decision = decide(claim, chains.get(claim, header, file.name))
            money = decision.money
            figures = (money.billed, money.allowed, money.paid, decision.patient_owes_now)
            row = " ".join(f"{_text(figure):>11}" for figure in figures)
            steps = ", ".join(dict.fromkeys(action.action for action in decision.actions))
            mark = "" if claim.sound else f"  (off by {_text(claim.balance.imbalance)})"
            out.append(f"  {claim.control_number:<20} {claim.status:>2} {row}  {steps}{mark}")
        for item in trailer.provider_adjustments:
            out.append(f"  provider adjustment {item.reason} {_text(item.amount)} {item.reference} [{item.segment}]")
    for problem in file.problems:
        where = f" [{problem.segment}]" if problem.segment else ""
        out.append(f"  {problem.severity}: {problem.message}{where}")
    return "\n".join(out)


def render_worklist(items: Sequence[WorkItem], reasons: Sequence[Cause], below: Sequence[Underpayment] = ()) -> str:
    """The queue as text, then the causes, then what was allowed below the contract."""
    if not items and not below:
        return "Nothing to work on in these remittances."
    out = [f"{len(items)} to work on; where no deadline is named: {SEE_NOTICE}."]
    for place, item in enumerate(items, 1):
        age = "" if item.age_days is None else f", {item.age_days} days old"
        amount = "" if item.amount is None else f" {_text(item.amount)}"
        out.append(
            f"{place:>3}. {item.action}{amount}  claim {item.control_number}, {item.payer or 'payer not named'}{age}"
        )
        out.append(f"     {item.why}{cite(item.segments)}")
        if item.deadline != SEE_NOTICE:
            out.append(f"     By {item.deadline} ({item.deadline_source}).")
    return "\n".join([*out, *render_causes(reasons), *render_underpayments(below)])


def render_causes(causes: Sequence[Cause]) -> list[str]:
    """Where the money is lost, one line a cause."""
    if not causes:
        return []
    rows = [
        f"  {cause.code:<8} {cause.count:>5} x {_text(cause.amount):>12}  {cause.payer + ': ' if cause.payer else ''}"
        f"{cause.meaning}"
        for cause in causes
    ]
    return ["\nNot paid, by cause:", *rows]


def render_underpayments(below: Sequence[Underpayment]) -> list[str]:
    """What was allowed below the contract, one line a service."""
    out = ["\nAllowed below the contract:"] if below else []
    for line in below:
        code = "-".join((line.procedure, *line.modifiers))
        figures = f"allowed {_text(line.allowed)}, the contract says {_text(line.expected)}"
        out.append(
            f"  {_text(line.difference):>10}  claim {line.control_number}, {code}: {figures}{cite(line.segments)}"
        )
    return out


def render_matches(found: Sequence[tuple[RemitClaim, ClaimMatch | None]]) -> str:
    """Each answer with the claim it belongs to; the unmatched last."""
    out = []
    for answer, match in sorted(found, key=lambda pair: pair[1] is None):
        where = cite([answer.segment])
        if match is None:
            out.append(f"claim {answer.control_number or '(no number)'}{where}: unmatched; find it by hand")
            continue
        how = ", ".join(match.how).replace("_", " ")
        sure = "" if match.score == EXACT else "; a proposal, confirm it"
        out.append(
            f"claim {answer.control_number}{where}: sent claim {match.sent.control_number}, {match.score} ({how}{sure})"
        )
        for item in match.lines:
            code = item.line.code + cite([item.line.segment])
            sent = "-".join((item.sent.procedure, *item.sent.modifiers)) if item.sent else "no line"
            out.append(f"    {code}: {sent} ({item.how.replace('_', ' ')})")
    return "\n".join(out)


def render_letter(letter: Letter) -> str:
    """The letter, and below a line the source of each of its figures (not part of the letter)."""
    rule = "-" * 72
    return f"{letter.text}\n{rule}\nFor your file, not part of the letter: where each figure comes from\n{_listed(letter.trace)}"


def _said(sentences: Iterable[Sentence]) -> str:
    return "\n".join(f"{sentence.text}{cite(sentence.segments)}" for sentence in sentences)


def _listed(sentences: Iterable[Sentence]) -> str:
    return "\n".join(f"  - {sentence.text}{cite(sentence.segments)}" for sentence in sentences)


def _numbered(sentences: Iterable[Sentence]) -> str:
    return "\n".join(f"  {place}. {item.text}{cite(item.segments)}" for place, item in enumerate(sentences, 1))


def _table(rows: Iterable[MoneyRow]) -> str:
    listed = list(rows)
    width = max(len(row.label) for row in listed)
    return "\n".join(f"  {row.label:<{width}} {_figure(row):>12}{cite(row.segments)}" for row in listed)


def _figure(row: MoneyRow) -> str:
    return _text(row.amount)


def _text(amount: object) -> str:
    return "-" if amount is None else f"{amount + ZERO:.2f}"  # type: ignore[operator]
