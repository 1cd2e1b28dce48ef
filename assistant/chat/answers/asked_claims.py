"""Which claims a question asks about, with the figures it names, and the answer when that cannot be told."""

import re
from collections.abc import Callable

from assistant.chat.papers import segments_of
from assistant.chat.reply import Reply
from assistant.chat.tool import Source
from assistant.chat.understanding import folded

MOST = 3
"""Claims of one person or reason that one answer speaks of."""


def numbers_asked(reply: Reply) -> list[str]:
    """Numbers of the claims that the question is about, each once."""
    return list(dict.fromkeys(one.number for one in reply.question.about))


def amount_asked(reply: Reply) -> str:
    """The first amount it names, as a tool takes it; empty without any."""
    return str(reply.slots.amounts[0]) if reply.slots.amounts else ""


def reason_asked(reply: Reply) -> str:
    """The first adjustment reason it names; empty without any."""
    return reply.slots.adjustments[0][1] if reply.slots.adjustments else ""


_VOICE = re.compile(r"\b(?:i|me|my|tengo|debo|mi|yo|am i)\b")
_PAYS = re.compile(
    r"\b(?:does|do|must|should|has|have) (?:\S+ ){1,4}?(?:have to |need to )?pay\b|\btiene que pagar\b|"
    r"patient pay|\blost\b|\bpaga\b|owes?\b"
)


def voice_of(reply: Reply) -> str:
    """To whom is answered: `patient` who asks for themselves, `pays` when asked whether somebody pays, else `biller`."""
    text = folded(reply.question.text)
    if _VOICE.search(text) and not re.search(
        r"\b(?:should|can|do|may) (?:i|we) (?:bill|send|charge|collect|write|ask)", text
    ):
        return "patient"
    return "pays" if _PAYS.search(text) else "biller"


def ask_which(reply: Reply) -> None:
    """Ask which claim is meant, naming those that are there; a part of the store that the question names is summed up."""
    if reply.question.papers.narrowed:
        reply.use("read_remittance", aspect="summary")
        return
    numbers = reply.question.papers.numbers()
    reply.asked = reply.words.text("about.which", numbers=reply.words.listed(numbers[:20]))
    if reply.question.papers:
        sources = [one.source() for one in reply.question.papers.claims[:20]]
        reply.say("about.which", *sources, numbers=reply.words.listed(numbers[:20]))
    else:
        reply.say("remit.none")


def of_claim(aspect: str, passing: tuple[str, ...] = ()) -> Callable[[Reply], None]:
    """What answers with one aspect of each claim asked about; `passing` names what of the question the tool is given."""

    def answer(reply: Reply) -> None:
        numbers = numbers_asked(reply)
        if not numbers or len(numbers) > MOST:
            return ask_which(reply)
        given = {
            "amount": amount_asked(reply),
            "code": reason_asked(reply),
            "words": reply.question.text,
            "voice": voice_of(reply),
        }
        chosen = {name: given[name] for name in passing}
        for number in numbers:
            reply.use("explain_claim", claim=number, aspect=aspect, **chosen)

    return answer


def unknown_claim(reply: Reply, numbers: list[str]) -> None:
    """The claims asked for are not here."""
    key = "about.unknown_store" if reply.question.papers.kept else "about.unknown"
    for number in numbers[:3]:
        reply.say(key, *_payments(reply), claim=number)
    _known(reply)


def unknown_person(reply: Reply, name: str) -> None:
    """The person asked about has no claim here."""
    key = "about.unknown_person_store" if reply.question.papers.kept else "about.unknown_person"
    reply.say(key, *_payments(reply), name=name)
    _known(reply)


def _payments(reply: Reply) -> list[Source]:
    papers = reply.question.papers
    return [segments_of(file, [part.header.segment], papers.kept) for file, part in papers.payments[:5]]


def _known(reply: Reply) -> None:
    papers = reply.question.papers
    if papers.claims and len(papers.numbers()) <= 20:
        reply.say("about.known", *(one.source() for one in papers.claims), numbers=reply.words.listed(papers.numbers()))
