"""Questions about who pays: what a patient owes and why, and whether the patient may be billed."""

import re
from collections.abc import Callable

from assistant.chat.answers.asked_claims import MOST, ask_which, numbers_asked, of_claim, voice_of
from assistant.chat.reply import Reply
from assistant.chat.understanding import folded

_CHECKED = re.compile(
    r"\b(?:right|correct|true|isn.?t it|no|wrong|verdad|cierto|correcto)\W*$|^(?:is it|so|does|es cierto)\b"
)


_ALL = re.compile(
    r"\b(?:altogether|in (?:all|total)|all together|total|everyone|everybody|all (?:the )?patients|en total|todos)\b"
)


def owes(reply: Reply) -> None:
    """What a patient owes now, claim by claim."""
    numbers = numbers_asked(reply)
    if not numbers and _ALL.search(folded(reply.question.text)):
        found = reply.call("read_remittance", aspect="summary")
        if found is not None:
            reply.said += found.sentences[-1:]
        return
    if not numbers:
        if reply.question.papers and len(reply.question.papers.numbers()) <= 12:
            numbers = list(reply.question.papers.numbers())
        else:
            return ask_which(reply)
    _premise(reply, numbers)
    for number in numbers[:12]:
        reply.use("patient_owes", claim=number)


def _premise(reply: Reply, numbers: list[str]) -> None:
    """`She owes $45, right?` is answered with yes or no first."""
    if len(numbers) != 1 or not reply.slots.amounts or not _CHECKED.search(folded(reply.question.text)):
        return
    one = reply.question.papers.latest(numbers[0])
    if one is None or not one.claim.sound:
        return
    agrees = one.decision.patient_owes_now == reply.slots.amounts[0]
    reply.say("about.premise_yes" if agrees else "about.premise_no", one.source())


def plain(reply: Reply) -> None:
    """A claim as its patient is told."""
    numbers = numbers_asked(reply)
    if not numbers or len(numbers) > MOST:
        return ask_which(reply)
    for number in numbers:
        reply.use("explain_claim", claim=number, aspect="plain")


def why_owes(reply: Reply) -> None:
    """Why a patient owes; in the patient's words when the patient asks."""
    if voice_of(reply) == "patient" or reply.context.audience == "patient":
        return plain(reply)
    if _other_amount(reply):
        return of_claim("who_owes", ("amount",))(reply)
    of_claim("why_owes")(reply)


def _other_amount(reply: Reply) -> bool:
    """Whether the amount named is one adjustment of the claim that is not the patient's share."""
    for amount in reply.slots.amounts[:1]:
        items = [item for one in reply.question.about for item in one.adjustments() if abs(item.amount or 0) == amount]
        owed = any(one.decision.patient_owes_now == amount for one in reply.question.about)
        return bool(items) and not owed and all(item.group != "PR" for item in items)
    return False


def estimate(reply: Reply) -> None:
    """A predetermination is no bill."""
    found = [one for one in reply.question.papers.claims if one.claim.status == "25"]
    if not found:
        return bill(reply) if numbers_asked(reply) else reply.say("decline.estimate_open")
    for one in found[:MOST]:
        say = "about.bill_no" if reply.slots.amounts else ""
        if say:
            values = {"amount": reply.words.money(reply.slots.amounts[0]), "patient": one.patient}
            reply.say(say, one.source(), **values)
        reply.say("about.estimate", one.source(), claim=one.number)
        reply.use("explain_claim", claim=one.number, aspect="next")


bill = of_claim("bill_patient", ("amount", "code", "voice"))


def bill_patient(reply: Reply) -> None:
    """Whether the patient may be billed; a predetermination is answered as such."""
    if any(one.claim.status == "25" for one in reply.question.about):
        return estimate(reply)
    bill(reply)


KINDS: dict[str, Callable[[Reply], None]] = {
    "why_owes": why_owes,
    "owes": owes,
    "who_owes": of_claim("who_owes", ("amount", "code")),
    "bill_patient": bill_patient,
    "estimate": estimate,
    "plain": plain,
}
