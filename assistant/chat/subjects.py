"""The claims that a question is about."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from assistant.chat.answers.topics import topic_claims
from assistant.chat.names import is_never
from assistant.chat.papers import OpenClaim, Papers
from assistant.chat.slots import Slots
from assistant.chat.turn import Turn
from assistant.chat.understanding import folded


def claims_about(text: str, slots: Slots, papers: Papers, last: Turn | None) -> list[OpenClaim]:
    """The claims a question is about: those named, else those of the patient, remark, reason or amount named; the only claim;
    the one spoken of before.
    """
    if not papers:
        return []
    if slots.claims:
        return [one for number in slots.claims for one in papers.named(number)]
    if slots.people:
        named = [one for number in slots.people for one in papers.named(number)]
        narrowed = [one for one in named if _fits(one, slots)]
        return narrowed or named
    if slots.remarks or slots.adjustments or slots.amounts:
        found = [one for one in papers.claims if _fits(one, slots)]
        if found:
            return found
    if slots.statuses:
        found = [one for one in papers.claims if one.claim.status in slots.statuses]
        if found:
            return found
    if len(papers.numbers()) == 1:
        return list(papers.claims)
    if by_topic := topic_claims(text, papers.claims):
        return by_topic
    if by_service := _by_service(text, slots, papers):
        return by_service
    if last is not None and not re.search(
        r"\b(?:all|every|any other|file|remittance|which claims|whole)\b", folded(text)
    ):
        earlier = [one for number in last.answer.slots.get("about", ()) for one in papers.named(number)]
        if len({one.number for one in earlier}) <= 2:
            return earlier
    return []


def _fits(one: OpenClaim, slots: Slots) -> bool:
    from assistant.chat.papers import figures

    remarks = {item.code for item in one.claim.all_remarks()}
    if slots.remarks and not remarks & set(slots.remarks):
        return False
    if slots.adjustments and not any(one.adjustments(group, reason) for group, reason in slots.adjustments):
        return False
    stated = figures(one)
    return (
        not slots.amounts
        or any(amount in stated for amount in slots.amounts)
        or bool(slots.remarks or slots.adjustments)
    )


def _by_service(text: str, slots: Slots, papers: Papers) -> list[OpenClaim]:
    if not slots.services:
        return []
    return [one for one in papers.claims if any(line.procedure in slots.services for line in one.claim.lines)]


def stranger(text: str, papers: Papers) -> str:
    """A person whom the question names and the papers do not; empty when there is none.

    Two capital words that stand together and are neither at the beginning, nor words of the papers, nor words that are
    never a name, are taken for one.
    """
    words = list(re.finditer(r"[^\W\d_][\w'’-]*", text))
    if sum(word[0][0].isupper() for word in words) * 2 > len(words):
        return ""
    known = {part for name in _names(papers) for part in re.findall(r"[\w-]+", folded(name))}
    for one, other in pairwise(words[1:]):
        pair = (one[0], other[0].removesuffix("'s").removesuffix("’s"))
        together = text[one.end() : other.start()] == " " and not text[: one.start()].rstrip().endswith(
            (".", "?", "!", ":")
        )
        people = all(word[0].isupper() and word[1:].islower() and len(word) > 2 and not is_never(word) for word in pair)
        if together and people and not {folded(word) for word in pair} & (known | _no_person()):
            return " ".join(pair)
    return ""


@cache
def _no_person() -> frozenset[str]:
    data = tomllib.loads(Path(__file__).with_name("slots.toml").read_text("utf-8"))
    return frozenset(data["no_person"]["words"].split())


def _names(papers: Papers) -> Iterator[str]:
    for one in papers.claims:
        yield from (party.full_name for party in one.claim.parties)
    for _, part in papers.payments:
        yield from (party.full_name for party in (part.header.payer, part.header.payee) if party)
