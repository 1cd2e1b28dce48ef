"""What is declined, said of the program itself, or explained in general."""

import re
from collections.abc import Callable

from assistant.chat.reply import Reply
from assistant.chat.tool import Source, SourceKind
from assistant.chat.tools.measures import releases
from assistant.chat.tools.notes import first_listed
from assistant.chat.tools.paid.claim import claim_of
from assistant.chat.understanding import folded

_TERMS = (
    ("deductible", r"deductible|deducible"),
    ("copay", r"co-?pay|copago"),
    ("coinsurance", r"co-?insurance|coseguro"),
    ("allowed", r"allowed|allowance|permitid"),
    ("balance_bill", r"balance bill"),
    ("remittance", r"remittance|\beob\b|\bera\b|\b835\b"),
    ("claim837", r"\b837"),
    ("contractual", r"contractual"),
    ("writeoff", r"write-?off"),
    ("carc", r"\bcarc\b"),
    ("rarc", r"\brarc\b"),
    ("plb", r"\bplb\b"),
    ("trace", r"trace"),
    ("crossover", r"crossover"),
    ("cob", r"\bcob\b|coordination of"),
    ("capitation", r"capitation"),
    ("sequestration", r"sequest"),
    ("qmb", r"\bqmb\b"),
    ("timely", r"timely filing"),
    ("authorization", r"authorization"),
    ("necessity", r"necessity"),
    ("recoupment", r"recoup|takeback"),
    ("control_number", r"control number"),
    ("first_listed", r"first-listed"),
    ("excludes1", r"excludes ?1"),
    ("excludes2", r"excludes ?2"),
    ("abn", r"\babn\b"),
    ("premium", r"premium"),
)
_PROGRAM = Source(SourceKind.PROGRAM, "docs/questions.md", "Superbill")


def _declined(key: str) -> Callable[[Reply], None]:
    def answer(reply: Reply) -> None:
        reply.say(f"decline.{key}", _PROGRAM)

    return answer


def em_level(reply: Reply) -> None:
    """No visit level; the diagnoses instead."""
    reply.say("decline.em_level", _PROGRAM)
    if reply.context.note is not None:
        _diagnoses(reply)


def upcoding(reply: Reply) -> None:
    """Only what the record supports."""
    reply.say("decline.upcoding", _PROGRAM)
    if reply.context.note is not None:
        _diagnoses(reply)


def _diagnoses(reply: Reply) -> None:
    ordered = first_listed(reply.context)
    if ordered:
        reply.use("suggest", setting=reply.context.setting)


def medical(reply: Reply) -> None:
    """No treatment advice; what the note says of it, where it says something."""
    reply.say("decline.medical", _PROGRAM)


def missing(reply: Reply) -> None:
    """What no paper here states."""
    text = folded(reply.question.text)
    if re.search(r"deductible|deducible|benefit|visits|sessions|maximum|limit|out-of-pocket|eligib|coverage", text):
        reply.say("decline.missing_deductible", _PROGRAM)
    elif re.search(r"already paid|paid at|paid in|account balance|already collected", text):
        reply.say("decline.missing_paid", _PROGRAM)
    elif re.search(
        r"address|phone|telephone|fax|mail|\bssn\b|social|birth|\bdob\b|direccion|telefono|correo|seguro social|"
        r"live|vive|zip|employer|credit|bank",
        text,
    ):
        reply.say("decline.missing_contact", _PROGRAM)
    elif "weather" in text:
        reply.say("decline.missing_weather", _PROGRAM)
    reply.say("decline.missing", _PROGRAM)
    for one in reply.question.about[:1]:
        if re.search(r"deductible|deducible", text) and one.decision.money.deductible:
            reply.use(
                "explain_claim", claim=claim_of(reply.context, one.number).number, aspect="amounts", words="deductible"
            )


def accuracy(reply: Reply) -> None:
    """The published figures."""
    certified = bool(re.search(r"certified|checked|validated|tested|certificad", folded(reply.question.text)))
    reply.use("eval_summary", certified=certified or None)


def release(reply: Reply) -> None:
    """Which releases are loaded."""
    reply.take(releases(reply.context))


def terms(reply: Reply) -> None:
    """Words of billing."""
    text = folded(reply.question.text)
    found = [name for name, pattern in _TERMS if re.search(pattern, text)]
    for name in found[:4]:
        reply.say(f"about.term_{name}", Source(SourceKind.WORD_LIST, name, "glossary"))
    if not found:
        reply.say("about.term_none", Source(SourceKind.WORD_LIST, "glossary", "glossary"))


KINDS: dict[str, Callable[[Reply], None]] = {
    "upcoding": upcoding,
    "em_level": em_level,
    "medical_advice": medical,
    "legal_advice": _declined("legal"),
    "submit": lambda reply: reply.say("claim.not_sent", _PROGRAM),
    "missing_data": missing,
    "accuracy": accuracy,
    "release": release,
    "help": _declined("help"),
    "thanks": _declined("thanks"),
    "terms": terms,
}
