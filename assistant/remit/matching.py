"""Which of the claims we sent a payer's answer belongs to: by control number, else by likeness, with a score.

A match by likeness is a proposal for a person; when two sent claims are about equally alike there is none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assistant.claim.claim import Claim, ServiceLine
from assistant.remit.values import RemitClaim, RemitLine

EXACT = 100
THRESHOLD = 80
"""Below this the answer stays unmatched."""
LEAD = 5
"""How much better than the next the best must be."""
_WEIGHTS = {"member": 30, "name": 25, "dates": 20, "charge": 15, "procedures": 10}


@dataclass(frozen=True, slots=True)
class LineMatch:
    """A line of the answer and the line of the claim it decides on."""

    line: RemitLine
    sent: ServiceLine | None
    how: str
    """`line_control_number`, `procedure_and_modifiers`, `procedure`, `procedure_and_charge` or `unmatched`."""


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """An answer and the claim it belongs to. `score` is 100 for the same control number, else 0 to 99 by likeness."""

    answer: RemitClaim
    sent: Claim
    score: int
    how: tuple[str, ...]
    """What agrees: `control_number`, `charge`, `member`, `name`, `dates`, `procedures`."""
    lines: tuple[LineMatch, ...]


class SentClaims:
    """The claims we sent, indexed for matching."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._claims = list(claims)
        self._by_number: dict[str, list[Claim]] = {}
        self._near: dict[tuple[str, object], list[Claim]] = {}
        for claim in self._claims:
            self._by_number.setdefault(_number(claim.control_number), []).append(claim)
            for key in {("charge", claim.total), ("member", claim.subscriber.id.upper())}:
                self._near.setdefault(key, []).append(claim)

    def match(self, answer: RemitClaim) -> ClaimMatch | None:
        """The claim `answer` belongs to, or None: it then goes to the unmatched queue."""
        named = self._by_number.get(_number(answer.control_number), []) if answer.control_number else []
        if named:
            # A corrected claim (frequency 7) keeps its number: the charge tells which of them was answered.
            sent = next((claim for claim in named if claim.total == abs(answer.billed or 0)), named[-1])
            how = ("control_number", *(name for name, part in _likeness(answer, sent).items() if part == 1))
            return ClaimMatch(answer, sent, EXACT, how, match_lines(answer, sent))
        ranked = sorted(
            ((_score(answer, claim), place) for place, claim in enumerate(self._candidates(answer))), reverse=True
        )
        if not ranked or ranked[0][0] < THRESHOLD:
            return None
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < LEAD:
            return None
        score, place = ranked[0]
        sent = self._candidates(answer)[place]
        alike = tuple(name for name, part in _likeness(answer, sent).items() if part >= 0.9)
        return ClaimMatch(answer, sent, min(score, EXACT - 1), alike, match_lines(answer, sent))

    def _candidates(self, answer: RemitClaim) -> list[Claim]:
        """Claims with the same charge or member number; the rest cannot reach the threshold."""
        found: dict[int, Claim] = {}
        keys: list[tuple[str, object]] = [("charge", abs(answer.billed or 0))]
        keys += [("member", number) for number in _members(answer)]
        for key in keys:
            for claim in self._near.get(key, ()):
                found[id(claim)] = claim
        return list(found.values())


def match_record(answer: RemitClaim, found: ClaimMatch | None) -> dict[str, Any]:
    """One answer with what it matched, for JSON: `sent` is the control number of the sent claim, null when unmatched."""
    lines = found.lines if found else tuple(LineMatch(line, None, "unmatched") for line in answer.lines)
    return {
        "control_number": answer.control_number,
        "segment": answer.segment,
        "sent": found.sent.control_number if found else None,
        "score": found.score if found else 0,
        "how": list(found.how) if found else [],
        "lines": [
            {
                "procedure": item.line.procedure,
                "segment": item.line.segment,
                "sent": found.sent.lines.index(item.sent) + 1 if found and item.sent else None,
                "how": item.how,
            }
            for item in lines
        ],
    }


def match_lines(answer: RemitClaim, sent: Claim) -> tuple[LineMatch, ...]:
    """Each line of the answer with the line it decides on; a sent line is given out once.

    The line control number decides; without one, procedure with modifiers, then procedure and charge, then procedure
    alone, since payers drop modifiers. The billed code counts where the payer decided on another one.
    """
    left = list(sent.lines)
    found: dict[int, LineMatch] = {}
    for how, same in _WAYS:
        for line in answer.lines:
            if line.number in found:
                continue
            chosen = next((item for item in left if same(line, item)), None)
            if chosen is not None:
                left.remove(chosen)
                found[line.number] = LineMatch(line, chosen, how)
    return tuple(found.get(line.number, LineMatch(line, None, "unmatched")) for line in answer.lines)


def _billed(line: RemitLine) -> tuple[str, tuple[str, ...]]:
    if line.billed_procedure:
        return line.billed_procedure, line.billed_modifiers
    return line.procedure, line.modifiers


def _by_control(line: RemitLine, sent: ServiceLine) -> bool:
    return bool(line.line_control_number) and line.line_control_number == sent.control_number


def _by_modifiers(line: RemitLine, sent: ServiceLine) -> bool:
    procedure, modifiers = _billed(line)
    return procedure == sent.procedure and sorted(modifiers) == sorted(sent.modifiers) and _same_day(line, sent)


def _by_charge(line: RemitLine, sent: ServiceLine) -> bool:
    same = _billed(line)[0] == sent.procedure and _same_day(line, sent)
    return same and line.billed is not None and abs(line.billed) == sent.charge


def _by_procedure(line: RemitLine, sent: ServiceLine) -> bool:
    return _billed(line)[0] == sent.procedure and _same_day(line, sent)


_WAYS = (
    ("line_control_number", _by_control),
    ("procedure_and_modifiers", _by_modifiers),
    ("procedure_and_charge", _by_charge),
    ("procedure", _by_procedure),
)


def _same_day(line: RemitLine, sent: ServiceLine) -> bool:
    return line.date is None or sent.start is None or line.date == sent.start


def _number(text: str) -> str:
    return text.strip().upper().lstrip("0")


def _members(answer: RemitClaim) -> set[str]:
    return {party.id.upper() for party in answer.parties if party.role in ("QC", "IL", "74") and party.id}


def _score(answer: RemitClaim, sent: Claim) -> int:
    return round(sum(_WEIGHTS[name] * part for name, part in _likeness(answer, sent).items()))


def _likeness(answer: RemitClaim, sent: Claim) -> dict[str, float]:
    """How much each thing agrees, 0 to 1."""
    from rapidfuzz.fuzz import token_sort_ratio

    patient = sent.patient or sent.subscriber
    ours = f"{patient.first} {patient.name}".upper()
    names = [party.full_name.upper() for party in answer.parties if party.role in ("QC", "74")]
    days = {line.start for line in sent.lines if line.start}
    theirs = {line.date for line in answer.lines if line.date}
    codes = {line.procedure for line in sent.lines}
    decided = {_billed(line)[0] for line in answer.lines}
    return {
        "member": float(sent.subscriber.id.upper() in _members(answer)) if sent.subscriber.id else 0.0,
        "name": max((token_sort_ratio(ours, name) / 100 for name in names), default=0.0),
        "dates": len(days & theirs) / len(days | theirs) if days | theirs else 0.0,
        "charge": float(answer.billed is not None and abs(answer.billed) == sent.total),
        "procedures": len(codes & decided) / len(codes | decided) if codes | decided else 0.0,
    }
