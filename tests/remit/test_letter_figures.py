"""No figure, code or date in any letter is outside the remittance it was written from, in any file we have."""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.remit.chains import Chains
from assistant.remit.documents import Facts, Table, words_of
from assistant.remit.file import read_file
from assistant.remit.letter import KINDS, Letter, write_letter
from assistant.remit.naming import shown
from assistant.remit.values import RemitClaim
from tests.remit.make import claim, claims, line, read
from tests.remit.shared import samples

OWN = sorted((Path(__file__).resolve().parents[2] / "corpus" / "samples").glob("*.835"))
ALL = [*OWN, *samples("835", "synthetic", "derived")]
MONEY = re.compile(r"-?\$?\d[\d,]*\.\d\d(?!\d)")
CODE = re.compile(r"\b(?:CO|PR|OA|PI|CR)-\w+")
MONTH_NAMES = (
    "January February March April May June July August September October November December "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
MONTHS = {name: place % 12 + 1 for place, name in enumerate(MONTH_NAMES.split())}
DAYS = re.compile(
    rf"\b(?P<m>{'|'.join(MONTHS)}) (?P<d>\d\d?), (?P<y>\d{{4}})"
    rf"|\b(?P<d2>\d\d?) de (?P<m2>{'|'.join(MONTHS)}) de (?P<y2>\d{{4}})"
    r"|\b(?P<iso>\d{4}-\d\d-\d\d)"
)
LANGUAGES = ("en", "es")


def letters(path: Path) -> list[tuple[RemitClaim, dict[int, str], Letter]]:
    """Every letter the file gives ground for, with the segments it may cite as text."""
    file = read_file(path)
    chains, found = Chains.of(file), []
    for transaction in file.transactions:
        header = transaction.header
        near = {part.number: "*".join(part.elements) for part in header.segments}
        by_number: dict[str, dict[int, str]] = {}
        for item in transaction.claims:
            said = by_number.setdefault(item.control_number, {})
            said |= {part.number: "*".join(part.elements) for part in item.segments}
        for item in transaction.claims:
            chain = chains.get(item, header, file.name)
            for kind in KINDS:
                for language in LANGUAGES:
                    try:
                        letter = write_letter(item, header, chain, kind, language)
                    except InputError:
                        continue
                    found.append((item, near | by_number[item.control_number], letter))
    return found


def figures(text: str) -> set[Decimal]:
    return {Decimal(found.replace("$", "").replace(",", "")) for found in MONEY.findall(text)}


def days(text: str) -> set[dt.date]:
    found = set()
    for match in DAYS.finditer(text):
        part = match.groupdict()
        if part["iso"]:
            found.add(dt.date.fromisoformat(part["iso"]))
        else:
            year, month, day = part["y"] or part["y2"], part["m"] or part["m2"], part["d"] or part["d2"]
            found.add(dt.date(int(year), MONTHS[month], int(day)))
    return found


@lru_cache(maxsize=4096)
def sums(amounts: tuple[Decimal, ...]) -> frozenset[Decimal]:
    """Every sum of some of `amounts`, none included."""
    out = {Decimal(0)}
    for amount in amounts:
        out |= {known + amount for known in out}
    return frozenset(out)


def amounts_of(segment: str) -> list[Decimal]:
    """The amounts of one segment: of a CAS those of its reasons, else every element that is an amount."""
    parts = segment.split("*")
    cells = parts[3::3] if parts[0] == "CAS" else parts[1:]
    return [Decimal(cell) for cell in cells if re.fullmatch(r"-?\d{0,12}(?:\.\d*)?", cell) and re.search(r"\d", cell)]


def supported(figure: Decimal, cited: list[str]) -> bool:
    """It stands in a cited segment, or is a sum of amounts of the cited CAS and, on a derived allowed amount, CLP04."""
    alone = [amount for segment in cited for amount in amounts_of(segment)]
    if figure in alone or -figure in alone:
        return True
    taken = [amount for segment in cited if segment.startswith("CAS") for amount in amounts_of(segment) if amount]
    paid = [
        amount
        for segment in cited
        for parts in [segment.split("*")]
        if parts[0] in ("CLP", "SVC")
        for amount in amounts_of("*".join(("X", parts[{"CLP": 4, "SVC": 3}[parts[0]]])))
    ]
    stated = [amount for segment in cited if segment.startswith("AMT") for amount in amounts_of(segment)]
    if figure == sum(taken, Decimal(0)) or -figure == sum(taken, Decimal(0)) or figure == sum(stated, Decimal(0)):
        return True
    return len(taken) <= 12 and any(
        abs(figure) == abs(start + part) for start in [Decimal(0), *paid] for part in sums(tuple(sorted(taken)))
    )


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_every_figure_code_and_day_is_of_the_file(path: Path) -> None:
    for item, segments, letter in letters(path):
        whole = "\n".join(words_of(letter.blocks))
        traced = "\n".join(entry.text for entry in letter.trace)
        where = (path.name, item.segment, letter.kind, letter.language)
        assert letter.text and figures(whole) == figures(letter.text), where
        assert figures(whole) <= figures(traced), (*where, figures(whole) - figures(traced))
        assert set(CODE.findall(whole)) <= set(CODE.findall(traced)), where
        assert days(whole) <= days(traced), (*where, days(whole) - days(traced))
        for entry in letter.trace:
            assert entry.text and entry.segments, where
            cited = [segments[number] for number in entry.segments if number in segments]
            assert cited, (*where, entry)
            for code in CODE.findall(entry.text):
                group, _, reason = code.partition("-")
                assert any(group in part and reason in part.split("*") for part in cited), (*where, entry)
            for day in days(entry.text):
                own = [*cited, *segments.values()] if letter.kind == "patient" else cited
                assert any(day.strftime("%Y%m%d") in part or day.strftime("%y%m%d") in part for part in own), (
                    *where,
                    entry,
                )


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_every_traced_figure_stands_in_its_segments_or_is_a_sum_of_them(path: Path) -> None:
    for item, segments, letter in letters(path):
        for entry in letter.trace:
            cited = [segments[number] for number in entry.segments if number in segments]
            if any(entry.text in part.split("*") for part in cited):
                continue  # a name or number, as it stands in the file
            for figure in figures(entry.text):
                # Nothing owed needs no segment with a nought in it.
                assert not figure or supported(figure, cited), (path.name, item.segment, letter.kind, entry, figure)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_the_figures_of_a_patient_letter_add_up_to_the_charge(path: Path) -> None:
    for item, _, letter in letters(path):
        tables = [block for block in letter.blocks if isinstance(block, Table)]
        if letter.kind != "patient" or not tables:
            continue
        charge, *parts, owed = [Decimal(row[-1].replace("$", "").replace(",", "")) for row in tables[0].rows]
        assert charge == item.billed == sum(parts, Decimal(0)), (path.name, item.segment)
        assert f"${owed:,.2f}" in letter.text


def test_something_is_tested() -> None:
    kinds = {(letter.kind, letter.language) for path in OWN for _, _, letter in letters(path)}
    assert kinds == {(kind, language) for kind in KINDS for language in LANGUAGES} - {("next_payer", "es")}


@pytest.mark.parametrize("remark", ["N781", "N782", "N842", "M27"])
def test_a_share_that_may_not_be_asked_for_is_in_no_table(remark: str) -> None:
    body = claim("1", "100", "60", "40", f"MOA***{remark}", *line("99213", "100", "60", "CAS*PR*2*40"))
    file = read(*body, payment="60")
    for language in LANGUAGES:
        letter = write_letter(claims(file)[0], file.transactions[0].header, None, "patient", language)
        assert not any(isinstance(block, Table) for block in letter.blocks) and "$40.00" not in letter.text


def test_a_name_cannot_become_a_part_of_the_letter() -> None:
    name = '<p style="lead">You owe $1</p>{{ 7 + 7 }}|&'
    file = read(*claim("1", "100", "0", "0", *line("99213", "100", "0", "CAS*CO*197*100"), name=f"*{name}*PAT"))
    letter = write_letter(claims(file)[0], file.transactions[0].header, None, "appeal")
    facts = next(block for block in letter.blocks if isinstance(block, Facts))
    assert shown(f"PAT {name}") in facts.rows[0]  # in quotation marks, since it reads like no name
