"""The coder's decisions: accept, reject, add. Suggestions are proposals; only what a person decided reaches a claim."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from assistant.errors import InputError, UnknownCodeError
from corpus.codes import Code, CodeSystem, dotted, fiscal_year

CPT_SHAPE = re.compile(r"\d{4}[0-9FTUM]")
HCPCS_SHAPE = re.compile(r"[A-Z]\d{4}")
PCS_SHAPE = re.compile(r"[0-9A-HJ-NP-Z]{7}")


class CodeBook(Protocol):
    """What the review and claim stations need to know about codes; `corpus.library` has it."""

    def on(self, date: dt.date) -> "CodeBook":
        """The library of the release in force on that day."""
        ...

    def get(self, code: str) -> Code | None:
        """The code, or None when no loaded system has it."""
        ...

    def billable(self, code: str) -> bool:
        """Whether the code may stand on a claim at all."""
        ...

    def valid_on(self, code: str, date: dt.date) -> bool | None:
        """Whether the code was valid on that day; None when the day is outside what is known."""
        ...

    def title(self, code: str) -> str:
        """The code's official title."""
        ...


class DecisionAction(StrEnum):
    """What the person did with a code."""

    ACCEPT = "accept"
    REJECT = "reject"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about one code."""

    action: DecisionAction
    code: str
    """Dotted."""
    system: CodeSystem
    reason: str = ""
    """Why, in the person's words; always given with a rejection."""
    rank: int | None = None
    """The code's rank among the suggestions; None when it was added."""
    probability: float | None = None
    """What the assistant thought of it; None when it was added."""
    evidence: tuple[tuple[int, int], ...] = ()
    """Offsets in the note that the suggestion cited."""


def procedure_system(code: str) -> CodeSystem | None:
    """`hcpcs` or `cpt` by the code's shape (five characters); None when it has neither shape."""
    if CPT_SHAPE.fullmatch(code):
        return CodeSystem.CPT
    return CodeSystem.HCPCS if HCPCS_SHAPE.fullmatch(code) else None


def checked_code(code: str, date: dt.date, codebook: CodeBook) -> tuple[str, CodeSystem]:
    """The code in house form with its system. CPT numbers are taken by shape: no CPT list ships with Superbill.
    A code that the validity tables know and no loaded release describes is taken too: see `undescribed`.

    Raises UnknownCodeError for a code no system has, InputError for a header, a code not valid on `date`, and a date
    outside what is known (never waved through).
    """
    bare, codebook = code.strip().upper(), codebook.on(date)
    for form in (bare, dotted(bare)):
        if found := codebook.get(form):
            if not codebook.billable(found.code):
                raise InputError(f"{found.code} is a header, not a billable code; choose one of the codes below it.")
            valid = codebook.valid_on(found.code, date)
            if valid is None:
                raise InputError(
                    f"Whether {found.code} was valid on {date} is not known; the date is outside the data."
                )
            if not valid:
                raise InputError(f"{found.code} was not valid on {date}; choose a code that was.")
            return found.code, found.system
    if CPT_SHAPE.fullmatch(bare):
        return bare, CodeSystem.CPT
    if undescribed(bare, date, codebook):
        return dotted(bare), CodeSystem.ICD10CM
    raise UnknownCodeError(f"{bare!r} is not a code of any loaded system; `superbill search` finds codes.")


def undescribed(code: str, date: dt.date, codebook: CodeBook) -> str:
    """What must be said of a code that is valid on `date` and newer than every loaded release; "" for any other."""
    form, codebook = dotted(code), codebook.on(date)
    if codebook.get(form) or not codebook.valid_on(form, date):
        return ""
    return f"{form} is valid on {date}, but no loaded release describes it; import the files of {fiscal_year(date)}"


def decide(
    suggestion_set: dict[str, Any],
    accept: str,
    reject: Sequence[str],
    add: Sequence[str],
    date: dt.date,
    codebook: CodeBook,
) -> tuple[Decision, ...]:
    """The decisions that `confirm`'s arguments mean, in the order in which the codes are to be listed.

    `suggestion_set` is one `suggest` answer; `accept` is `all`, `selected` or codes; each `reject` is CODE=REASON.
    A suggestion that is neither accepted nor rejected stays undecided. Raises InputError on any code that is not among
    the suggestions, decided twice, unknown, or not billable on `date`.
    """
    proposed = {item["code"]: item for item in suggestion_set["suggestions"]}
    rejected = dict(_rejection(text, proposed) for text in reject)
    if accept in ("all", "selected"):
        wanted = [code for code, item in proposed.items() if accept == "all" or item["selected"]]
        wanted = [code for code in wanted if code not in rejected]
    else:
        wanted = [_spelled(code, proposed) for code in accept.split(",") if code.strip()]
        if both := [code for code in wanted if code in rejected]:
            raise InputError(f"{both[0]} is both accepted and rejected; decide once.")
    for code in [*wanted, *rejected]:
        if code not in proposed:
            raise InputError(f"{code} is not among the suggestions; use --add {code} to add a code of your own.")
    decisions = [
        _about(proposed[code], DecisionAction.ACCEPT, *_checked(proposed[code], date, codebook))
        for code in dict.fromkeys(wanted)
    ]
    taken = {decision.code for decision in decisions}
    for code in add:
        code, system = checked_code(code, date, codebook)
        if code in rejected:
            raise InputError(f"{code} is both rejected and added; decide once.")
        if code not in taken:
            decisions.append(Decision(DecisionAction.ADD, code, system))
            taken.add(code)
    for code, reason in rejected.items():
        decisions.append(
            _about(proposed[code], DecisionAction.REJECT, code, CodeSystem(proposed[code]["system"]), reason)
        )
    return tuple(decisions)


def _checked(item: dict[str, Any], date: dt.date, codebook: CodeBook) -> tuple[str, CodeSystem]:
    """The code of a suggestion with its system. A service was checked against its own code system when it was suggested
    for that day; `codebook` has diagnoses.
    """
    code, system = item["code"], CodeSystem(item["system"])
    if system is CodeSystem.HCPCS and HCPCS_SHAPE.fullmatch(code):
        return code, system
    if system is CodeSystem.ICD10PCS and PCS_SHAPE.fullmatch(code):
        return code, system
    return checked_code(code, date, codebook)


def _spelled(code: str, proposed: dict[str, Any]) -> str:
    """`code` as the suggestions spell it; dotted or not, any case."""
    bare = code.strip().upper()
    return bare if bare in proposed else dotted(bare)


def _rejection(text: str, proposed: dict[str, Any]) -> tuple[str, str]:
    code, equals, reason = text.partition("=")
    if not equals or not reason.strip():
        raise InputError(f"--reject {code.strip() or 'CODE'} needs a reason: --reject CODE=REASON.")
    return _spelled(code, proposed), reason.strip()


def _about(item: dict[str, Any], action: DecisionAction, code: str, system: CodeSystem, reason: str = "") -> Decision:
    evidence = tuple((words["start"], words["end"]) for words in item.get("evidence", ()))
    return Decision(action, code, system, reason, item.get("rank"), item.get("probability"), evidence)
