"""What the contract allows against what the payer allowed: lines paid below the site's own fee schedule."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from assistant.errors import InputError
from assistant.remit.chains import payer_key
from assistant.remit.money import is_primary, line_allowed
from assistant.remit.values import RemitFile, RemitLine
from assistant.x12.elements import parse_amount

COLUMNS = ("procedure", "modifiers", "allowed")


@dataclass(frozen=True, slots=True)
class Underpayment:
    """A line whose allowed amount is below the contract's."""

    file: str
    payer: str
    control_number: str
    procedure: str
    modifiers: tuple[str, ...]
    expected: Decimal
    """The contract's amount times the units."""
    allowed: Decimal
    difference: Decimal
    segments: tuple[int, ...]


class FeeSchedule:
    """Allowed amounts per unit by procedure and modifiers."""

    def __init__(self, fees: dict[tuple[str, tuple[str, ...]], Decimal]) -> None:
        self._fees = fees

    @classmethod
    def load(cls, path: Path) -> "FeeSchedule":
        """From a CSV with the columns procedure, modifiers (apart by blanks, may be empty), allowed (per unit).

        Raises InputError naming the line that cannot be used.
        """
        fees: dict[tuple[str, tuple[str, ...]], Decimal] = {}
        try:
            with path.open("r", encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream)
                if not reader.fieldnames or not set(COLUMNS) <= set(reader.fieldnames):
                    raise InputError(f"{path}: the first line must name the columns {', '.join(COLUMNS)}.")
                for row in reader:
                    amount = parse_amount(row["allowed"] or "")
                    if not (row["procedure"] or "").strip() or amount is None:
                        raise InputError(f"{path}, line {reader.line_num}: a procedure and an amount are needed.")
                    fees[_key(row["procedure"], (row["modifiers"] or "").split())] = amount
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{path}: cannot be read as a CSV file in UTF-8.") from error
        return cls(fees)

    def fee(self, line: RemitLine) -> Decimal | None:
        """The amount per unit for the line, with its modifiers or, failing that, for the bare procedure."""
        with_modifiers = self._fees.get(_key(line.procedure, line.modifiers))
        return with_modifiers if with_modifiers is not None else self._fees.get(_key(line.procedure, ()))


def underpayments(files: Iterable[RemitFile], fees: FeeSchedule) -> list[Underpayment]:
    """Lines allowed below the contract, largest difference first.

    Only where the payer decided in first place and allowed something: a line allowed nothing is a denial, not an
    underpayment. Answers that were taken back, with their reversals, and claims whose figures do not agree are left
    out.
    """
    files = list(files)
    taken_back = _taken_back(files)
    found = []
    for file in files:
        for transaction in file.transactions:
            payer = transaction.header.payer
            for claim in transaction.claims:
                if not claim.sound or not is_primary(claim) or (file.name, claim.segment) in taken_back:
                    continue
                for line in claim.lines:
                    fee, allowed = fees.fee(line), line_allowed(line, True)[0]
                    if fee is None or not allowed:
                        continue
                    expected = fee * (line.units if line.units is not None else 1)
                    if allowed < expected:
                        stated = line.stated_allowed
                        found.append(
                            Underpayment(
                                file=file.name,
                                payer=payer.full_name if payer else "",
                                control_number=claim.control_number,
                                procedure=line.procedure,
                                modifiers=line.modifiers,
                                expected=expected,
                                allowed=allowed,
                                difference=expected - allowed,
                                segments=(line.segment, stated.segment) if stated else (line.segment,),
                            )
                        )
    return sorted(found, key=lambda item: (-item.difference, item.control_number, item.segments))


def _taken_back(files: Iterable[RemitFile]) -> set[tuple[str, int]]:
    """File and segment of every answer that a later reversal of the same payer, claim and charge takes back."""
    standing: dict[tuple[str, str, Decimal], list[tuple[str, int]]] = {}
    found = set()
    for file in files:
        for transaction in file.transactions:
            payer = payer_key(transaction.header.payer)
            for claim in transaction.claims:
                if not claim.sound or claim.billed is None:
                    continue
                answers = standing.setdefault((payer, claim.control_number, abs(claim.billed)), [])
                if not claim.reversal:
                    answers.append((file.name, claim.segment))
                elif answers:
                    found.add(answers.pop())
    return found


def _key(procedure: str, modifiers: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    return procedure.strip().upper(), tuple(sorted(modifier.strip().upper() for modifier in modifiers))
