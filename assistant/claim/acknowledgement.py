"""What the receiver says about a file: TA1 about the interchange, 999 about its syntax, 277CA about each claim."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

from assistant.errors import InputError
from assistant.x12 import Envelopes, Problem, Segment, read_segments, whole_number


class AckStatus(StrEnum):
    """What became of the thing acknowledged, as far as this answer says."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PARTLY = "partly"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class AckItem:
    """One verdict or one error. `claim` is the claim control number when the answer names it."""

    kind: str
    """`TA1`, `999` or `277CA`."""
    scope: str
    """`interchange`, `group`, `transaction`, `segment`, `claim` or `line`."""
    reference: str
    """Control number of the interchange, group or transaction, or the claim's."""
    status: AckStatus | None
    """None for an error that explains the verdict after it."""
    message: str
    segment: int
    """Number of the segment in the acknowledgement file."""
    claim: str = ""
    group: str = ""
    """Control number of our functional group (999)."""
    position: int | None = None
    """Place of the faulty segment in our transaction set, ST being 1 (999)."""
    field: str = ""
    """Segment and element that is at fault, e.g. `CLM02`."""
    payer_control_number: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Everything one file says, in order, and what is wrong with the file itself."""

    items: tuple[AckItem, ...]
    problems: tuple[Problem, ...]

    @property
    def rejected(self) -> bool:
        """Whether anything was rejected, in whole or in part."""
        return any(item.status in (AckStatus.REJECTED, AckStatus.PARTLY) for item in self.items)


VERDICTS = {
    "A": AckStatus.ACCEPTED,
    "E": AckStatus.ACCEPTED,
    "P": AckStatus.PARTLY,
    "R": AckStatus.REJECTED,
    "M": AckStatus.REJECTED,
    "W": AckStatus.REJECTED,
    "X": AckStatus.REJECTED,
}
CATEGORIES = {
    "A0": AckStatus.RECEIVED,
    "A1": AckStatus.RECEIVED,
    "A2": AckStatus.ACCEPTED,
    "A5": AckStatus.ACCEPTED,
    **dict.fromkeys(("A3", "A4", "A6", "A7", "A8"), AckStatus.REJECTED),
}
SCOPES = {"20": "interchange", "21": "transaction", "19": "provider", "PT": "claim"}


def read_acknowledgement(source: Path | bytes, name: str = "") -> Acknowledgement:
    """The verdicts in a TA1, 999 or 277CA file, or several in one. Raises InputError when it holds none."""
    name = name or (source.name if isinstance(source, Path) else "The file")
    envelopes = Envelopes()
    stream = read_segments(source)
    items: list[AckItem] = []
    try:
        reader: _Syntax | _Status | None = None
        for segment in stream:
            envelopes.take(segment)
            if segment.id == "TA1":
                items.append(_interchange(segment))
            elif segment.id == "ST":
                component = stream.delimiters.component
                version = segment.get(3) or envelopes.version
                if segment.get(1) == "999":
                    reader = _Syntax()
                elif segment.get(1) == "277" and version.startswith("005010X214"):
                    reader = _Status(component)
                else:
                    reader = None
            elif reader is not None:
                items += reader.take(segment)
    except OSError as error:
        raise InputError(f"{name} cannot be read ({error.strerror}); check the path.") from None
    except InputError as error:
        raise InputError(f"{name} cannot be read: {error}.") from None
    if not items:
        raise InputError(f"{name} holds no TA1, 999 or 277CA.")
    envelopes.close()
    return Acknowledgement(tuple(items), tuple(stream.problems + envelopes.problems))


@cache
def _words() -> dict[tuple[str, str], str]:
    text = (files("assistant.claim.words") / "acknowledgement.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith(("#", "list\t")))
    return {(listed, code): meaning for listed, code, meaning in rows}


def _said(listed: str, code: str) -> str:
    """Our words for a code, the bare code when we have none."""
    return _words().get((listed, code)) or f"code {code}"


def _interchange(segment: Segment) -> AckItem:
    number, verdict, why = segment.get(1), segment.get(4), segment.get(5)
    message = f"Interchange {number} was {_said('ta1_status', verdict)}"
    message += f": {_said('ta1', why)}." if why not in ("", "000") else "."
    return AckItem("TA1", "interchange", number, VERDICTS.get(verdict), message, segment.number, codes=(verdict, why))


class _Syntax:
    """A 999: AK1 names the group, AK2 a transaction set, IK3 and IK4 its errors, IK5 and AK9 the verdicts."""

    def __init__(self) -> None:
        self._group = self._set = self._claim = self._name = ""
        self._position: int | None = None
        self._waiting: list[AckItem] = []

    def take(self, segment: Segment) -> Iterator[AckItem]:
        """The items this segment completes: an error waits for the context (CTX) that names its claim."""
        name = segment.id
        if name != "CTX":
            yield from (replace(item, claim=self._claim) for item in self._waiting)
            self._waiting = []
        if name == "AK1":
            self._group = segment.get(2)
        elif name == "AK2":
            self._set, self._claim, self._name, self._position = segment.get(2), "", "", None
        elif name in ("IK3", "AK3"):
            self._name, self._claim = segment.get(1), ""
            place = segment.get(2)
            self._position = whole_number(place)
            where = f"segment {place} ({self._name})" + (f" in loop {segment.get(3)}" if segment.get(3) else "")
            said = f"{where}: {_said('segment', segment.get(4))}"
            self._waiting = [self._error(segment, said, self._name, segment.get(4))]
        elif name == "CTX" and segment.get(1).startswith("CLM01") and len(segment.get(1)) > 6:
            self._claim = segment.get(1)[6:]
        elif name in ("IK4", "AK4"):
            # IK404 repeats the bad value: it may be patient data and is not shown.
            element = segment.get(1)[:2].rstrip(":>|")
            field = f"{self._name}{element.zfill(2)}"
            self._waiting = [
                self._error(segment, f"{field}: {_said('element', segment.get(3))}", field, segment.get(3))
            ]
        elif name in ("IK5", "AK5"):
            verdict = segment.get(1)
            message = f"Transaction {self._set} of group {self._group} was {_said('set', verdict)}."
            yield self._item(segment, "transaction", self._set, VERDICTS.get(verdict), message, verdict)
        elif name == "AK9":
            verdict, sent, accepted = segment.get(1), segment.get(2), segment.get(4)
            message = f"Group {self._group} was {_said('set', verdict)}: {accepted} of {sent} transactions accepted."
            yield self._item(segment, "group", self._group, VERDICTS.get(verdict), message, verdict)

    def _error(self, segment: Segment, message: str, field: str, code: str) -> AckItem:
        made = self._item(segment, "segment", self._set, None, f"Transaction {self._set}, {message}.", code)
        return replace(made, claim=self._claim, position=self._position, field=field)

    def _item(
        self, segment: Segment, scope: str, reference: str, status: AckStatus | None, message: str, code: str
    ) -> AckItem:
        return AckItem("999", scope, reference, status, message, segment.number, group=self._group, codes=(code,))


class _Status:
    """A 277CA: HL levels, TRN naming what we sent, STC the verdicts, REF*1K the payer's number."""

    def __init__(self, component: str) -> None:
        self._component = component
        self._scope = self._reference = ""
        self._line = False
        self._waiting: list[AckItem] = []

    def take(self, segment: Segment) -> Iterator[AckItem]:
        """The items this segment completes: a claim's verdicts wait for the payer's number behind them."""
        name = segment.id
        if name in ("HL", "SE"):
            yield from self._done()
            self._scope, self._reference, self._line = SCOPES.get(segment.get(3), "transaction"), "", False
        elif name == "TRN":
            self._reference = segment.get(2)
        elif name == "SVC":
            self._line = True
        elif name == "STC":
            for position in (1, 10, 11):
                if said := segment.get(position):
                    self._waiting.append(self._verdict(segment, said))
        elif name == "REF" and segment.get(1) == "1K":
            number = segment.get(2)
            self._waiting = [replace(item, payer_control_number=number) for item in self._waiting]

    def _done(self) -> list[AckItem]:
        made, self._waiting = self._waiting, []
        return made

    def _verdict(self, segment: Segment, said: str) -> AckItem:
        category, status, entity = (*said.split(self._component), "", "", "")[:3]
        scope = "line" if self._line else self._scope
        what = {"claim": "Claim", "line": "A line of claim"}.get(
            scope, "The file" if scope != "provider" else "Provider"
        )
        reference = self._reference if scope in ("claim", "line") else ""
        message = f"{what} {reference}".strip() + f": {_said('category', category)}; {_said('status', status)}"
        message += f" ({_said('entity', entity)})." if entity else "."
        return AckItem(
            "277CA",
            scope,
            self._reference,
            CATEGORIES.get(category),
            message,
            segment.number,
            claim=reference,
            codes=tuple(code for code in (category, status, entity) if code),
        )
