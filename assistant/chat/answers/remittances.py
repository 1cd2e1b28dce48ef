"""Questions about a remittance as a whole, and about the store."""

import datetime as dt
import re
from collections.abc import Callable

from assistant.chat.narrowing import span_of
from assistant.chat.reply import Reply
from assistant.chat.understanding import folded


def summary(reply: Reply) -> None:
    """The remittance as a whole, or how many claims are in it."""
    text = folded(reply.question.text)
    counting = re.search(r"how many|cuant[oa]s|list|which (?:claims|patients)", text)
    summing = re.search(r"how much|in all|altogether|total|amount|\bget\b|got\b|came in|cuanto|en total", text)
    for aspect in ("summary", "count") if counting and summing else ("count",) if counting else ("summary",):
        reply.use("read_remittance", aspect=aspect)


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


def _until(text: str) -> dt.date | None:
    """The last day of the span that a question about what is due names; without a span a week from today."""
    if not re.search(
        r"\bdue\b|deadlines?|expir|time limit|run(?:s|ning)? out|venc|plazo|last day|by (?:the end|friday)", text
    ):
        return None
    today = dt.date.today()
    named = span_of(text, today)
    return named[1] if named else today + dt.timedelta(days=7)


def queue(reply: Reply) -> None:
    """What needs work; what is due by a day; the largest denial; what was denied in all."""
    text = folded(reply.question.text)
    if reply.question.papers.kept and (until := _until(text)):
        reply.use("work_queue", until=until.isoformat(), order="deadline")
        return
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


def store_find(reply: Reply) -> None:
    """What the store has for a name, number, payer or span of time."""
    text = folded(reply.question.text)
    if reply.question.papers.narrowed:
        reply.use("read_remittance", aspect="payment" if re.search(r"\bwhen\b|cuando", text) else "summary")
        return
    query = " ".join(_STORE_FRAME.sub(" ", reply.question.text).split()).strip(" ?.,!")
    reply.use("find_in_store", query=query or reply.question.text)


_STORE_FRAME = re.compile(
    r"(?i)\b(?:find|search|look up|show|list|me|all|every|the|a|an|claims?|patients?|payments?|checks?|for|of|"
    r"from|by|with|in|store|which|what|do|we|have|"
    r"has|is|are|there|any|anything|on|about|number|trace|payer|history|please|busca|reclamos?|de|del|la|el|paciente|when|did|pay|us|was|were|kept)\b"
)
KINDS: dict[str, Callable[[Reply], None]] = {
    "summary": summary,
    "payment": payment,
    "provider_adjustment": entries,
    "balanced": balanced,
    "queue": queue,
    "store_find": store_find,
}
