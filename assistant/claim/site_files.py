"""The files a site imports, told apart by their columns and read row by row: CSV, tab-separated text, .xlsx or zip.

Fee schedule, providers and payers are the site's own CSV files. NCCI pairs, unit limits (MUE) and add-on codes are the
files that CMS publishes, notices above and below the table included.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.claim.site_tables import OPEN_END, OPEN_START
from assistant.errors import InputError
from assistant.x12 import npi_is_valid, parse_amount, parse_date, whole_number

FEES, PROVIDERS, PAYERS = "fee schedule", "providers", "payers"
PAIRS, UNITS, ADDONS = "NCCI pairs", "unit limits", "add-on codes"
PRACTITIONER, HOSPITAL, EQUIPMENT = "practitioner", "hospital", "equipment"
Line = tuple[int, tuple[str, ...]]
Row = dict[str, Any]
_HEADER_WITHIN = 40
_MOST_FAULTS = 10
_CODE = re.compile(r"[0-9A-Z]{5}")
_STARTS = ("starts", "start", "effective", "effectivedate", "from")
_ENDS = ("ends", "end", "through", "to", "expires", "enddate")
PROVIDER_COLUMNS = (
    *("npi", "organization", "last_name", "first_name", "middle_name", "suffix", "taxonomy", "tax_id", "tax_id_kind"),
    *("line1", "line2", "city", "state", "zip", "contact_name", "phone"),
)
PAYER_COLUMNS = ("id", "name", "filing_indicator", "filing_days", "line1", "line2", "city", "state", "zip")


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file that was recognised. `setting` tells apart CMS files of one kind: practitioner, hospital, equipment."""

    name: str
    kind: str
    setting: str
    header: tuple[str, ...]
    lines: Sequence[Line] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """The rows for the store. Raises InputError at the end naming every line (ten at most) that cannot be used."""
        faults: list[str] = []
        empty = True
        for row in _READERS[self.kind](self, faults):
            empty = False
            yield row
        if faults:
            more = f"; and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
            raise InputError(
                f"{self.name} cannot be used: {'; '.join(faults[:_MOST_FAULTS])}{more}. Nothing was loaded."
            )
        if empty:
            raise InputError(f"{self.name} holds no row that can be used.")


def recognised(name: str, lines: Sequence[Line]) -> SiteFile:
    """The file with its kind. Raises InputError when its columns are those of no file that can be imported."""
    above = f"{name} "
    for place, (_, cells) in enumerate(lines[:_HEADER_WITHIN]):
        names = tuple(_plain(cell) for cell in cells)
        kind = _kind(names)
        if kind:
            setting = _setting(above + " ".join(cells)) if kind in (PAIRS, UNITS) else ""
            return SiteFile(name, kind, setting, names, lines[place + 1 :])
        above += " ".join(cells) + " "
    raise InputError(
        f"{name} is no fee schedule (columns code, charge), provider list (npi), payer list (id, name), NCCI pair file, "
        "unit limit file or add-on code file."
    )


def _plain(cell: str) -> str:
    return re.sub(r"[^0-9a-z]", "", cell.lower())


def _kind(names: tuple[str, ...]) -> str:
    known = set(names)
    if {"code", "charge"} <= known:
        return FEES
    if "npi" in known:
        return PROVIDERS
    if {"id", "name"} <= known:
        return PAYERS
    if any("muevalue" in name for name in names):
        return UNITS
    if any(name.startswith("column1") for name in names) and any(name.startswith("column2") for name in names):
        # A title line reads "Column1/Column 2 Edits" in one cell: two columns must be named.
        return PAIRS
    if any(name.startswith("addon") for name in names) and any("primary" in name for name in names):
        return ADDONS
    return ""


def _setting(text: str) -> str:
    """Which claims a CMS file is for, from its name and the notices above the table."""
    said = text.lower()
    if "dme" in said or "durable" in said:
        return EQUIPMENT
    hospital = ("hospital", "outpatient", "ccioph", "facility")
    return HOSPITAL if any(word in said for word in hospital) else PRACTITIONER


def _cells(file: SiteFile) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in file.lines:
        if any(cells):
            yield number, {name: cell.strip() for name, cell in zip(file.header, cells, strict=False) if name}


def _one_of(row: dict[str, str], names: Sequence[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _days(row: dict[str, str]) -> tuple[str, str] | None:
    """First and last day as CCYYMMDD; open where empty; None when one is no date or they are the wrong way round."""
    found = []
    for names, without in ((_STARTS, OPEN_START), (_ENDS, OPEN_END)):
        text = _one_of(row, names)
        day = _date(text)
        if text and not day:
            return None
        found.append(day or without)
    return (found[0], found[1]) if found[0] <= found[1] else None


def _date(text: str) -> str:
    """A date as CCYYMMDD from CCYYMMDD, ISO or M/D/CCYY; empty when it is none."""
    bare = text.strip()
    if american := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", bare):
        bare = f"{american[3]}{int(american[1]):02}{int(american[2]):02}"
    bare = bare.replace("-", "")
    return bare if parse_date(bare) else ""


def _fees(file: SiteFile, faults: list[str]) -> Iterator[Row]:
    met: dict[tuple[str, str, str], list[tuple[str, str, int]]] = {}
    for number, row in _cells(file):
        code, modifier, payer = (
            row.get("code", "").upper(),
            row.get("modifier", "").upper(),
            _one_of(row, ("payer", "payerid")),
        )
        amount = parse_amount(row.get("charge", "").replace("$", "").replace(",", ""))
        days = _days(row)
        if len(code) == 4 and code.isdigit():
            faults.append(
                f"line {number}: code {code} has lost a leading zero or is a revenue code; give five characters"
            )
        elif not _CODE.fullmatch(code):
            faults.append(f"line {number}: a code of five characters is needed")
        elif amount is None or amount < 0 or amount != round(amount, 2):
            faults.append(f"line {number}: the charge of {code} is not dollars and cents")
        elif len(modifier) not in (0, 2):
            faults.append(f"line {number}: a modifier has two characters")
        elif days is None:
            faults.append(f"line {number}: the days of {code} are no dates, or the last lies before the first")
        else:
            others = met.setdefault((code, modifier, payer), [])
            clash = next((line for start, end, line in others if start <= days[1] and days[0] <= end), None)
            if clash is not None:
                faults.append(
                    f"line {number}: {' '.join(filter(None, (code, modifier, payer)))} stands twice (line {clash})"
                )
                continue
            others.append((*days, number))
            said = {"code": code, "modifier": modifier, "payer": payer, "cents": int(amount * 100)}
            yield {**said, "starts": days[0], "ends": days[1]}


def _providers(file: SiteFile, faults: list[str]) -> Iterator[Row]:
    met: set[str] = set()
    for number, row in _cells(file):
        said = _named(row, PROVIDER_COLUMNS)
        npi = said.get("npi", "")
        tax_id = said.get("tax_id", "").replace("-", "")
        if not npi_is_valid(npi):
            faults.append(f"line {number}: the NPI fails its check digit")
        elif npi in met:
            faults.append(f"line {number}: NPI {npi} stands twice")
        elif bool(said.get("organization")) == bool(said.get("last_name")):
            faults.append(f"line {number}: give either organization or last_name")
        elif tax_id and not (len(tax_id) == 9 and tax_id.isdigit()):
            faults.append(f"line {number}: the tax id has not nine digits")
        elif said.get("tax_id_kind", "ein").lower() not in ("ein", "ssn"):
            faults.append(f"line {number}: tax_id_kind is ein or ssn")
        elif said.get("taxonomy") and not re.fullmatch(r"[A-Z0-9]{9}X", said["taxonomy"]):
            faults.append(f"line {number}: the taxonomy code has ten characters and ends in X")
        elif why := _address_fault(said):
            faults.append(f"line {number}: {why}")
        else:
            met.add(npi)
            yield {**said, "tax_id": tax_id, "tax_id_kind": said.get("tax_id_kind", "ein").lower()}


def _payers(file: SiteFile, faults: list[str]) -> Iterator[Row]:
    met: set[str] = set()
    for number, row in _cells(file):
        said = _named(row, PAYER_COLUMNS)
        payer, days = said.get("id", ""), said.get("filing_days", "")
        if not payer or not said.get("name"):
            faults.append(f"line {number}: id and name are needed")
        elif payer in met:
            faults.append(f"line {number}: payer {payer} stands twice")
        elif days and not 0 < (whole_number(days) or 0) < 10_000:
            faults.append(f"line {number}: filing_days is a number of days")
        elif len(said.get("filing_indicator", "CI")) not in (1, 2):
            faults.append(f"line {number}: the filing indicator has one or two characters")
        elif why := _address_fault(said):
            faults.append(f"line {number}: {why}")
        else:
            met.add(payer)
            yield said


def _named(row: dict[str, str], columns: Sequence[str]) -> dict[str, str]:
    return {name: value for name in columns if (value := row.get(_plain(name), ""))}


def _address_fault(said: dict[str, str]) -> str:
    parts = ("line1", "city", "state", "zip")
    given = [name for name in parts if said.get(name)]
    if given and len(given) < len(parts):
        return f"the address lacks {', '.join(name for name in parts if name not in given)}"
    digits = said.get("zip", "").replace("-", "")
    if digits and not (digits.isdigit() and len(digits) in (5, 9)):
        return "the ZIP code has not five or nine digits (a spreadsheet may have dropped its leading zero)"
    return ""


def _pairs(file: SiteFile, faults: list[str]) -> Iterator[Row]:
    """Column 1, column 2, prior mark, first day, last day (`*` open), modifier indicator (0, 1; 9 means no edit)."""
    starts = _place(file.header, "effective", 3)
    ends = _place(file.header, "deletion", 4)
    marks = _place(file.header, "modifier", 5)
    met = False
    for number, cells in file.lines:
        usable = len(cells) > max(starts, ends, marks) and _CODE.fullmatch(cells[0]) and _CODE.fullmatch(cells[1])
        first_day = _date(cells[starts]) if usable else ""
        if not usable or not first_day or cells[marks][:1] not in ("0", "1", "9"):
            if met and not _notice(cells):
                faults.append(f"line {number} is not a pair")
            continue
        met = True
        if cells[marks][:1] in ("0", "1"):
            said = {"setting": file.setting, "first": cells[0], "second": cells[1], "modifier": int(cells[marks][0])}
            yield {**said, "starts": first_day, "ends": _date(cells[ends]) or OPEN_END}


def _limits(file: SiteFile, faults: list[str]) -> Iterator[Row]:
    """Code, units at most, adjudication indicator: 1 counts by line, 2 and 3 by day."""
    value = next(place for place, name in enumerate(file.header) if "muevalue" in name)
    told = _place(file.header, "indicator", value + 1)
    met: set[str] = set()
    for number, cells in file.lines:
        most = whole_number(cells[value]) if len(cells) > value else None
        if most is None or not _CODE.fullmatch(cells[0]):
            if met and not _notice(cells):
                faults.append(f"line {number} is not a unit limit")
            continue
        indicator = cells[told][:1] if len(cells) > told else ""
        if cells[0] in met:
            faults.append(f"line {number}: {cells[0]} stands twice")
            continue
        met.add(cells[0])
        kind = int(indicator) if indicator in ("1", "2", "3") else 1
        yield {"setting": file.setting, "code": cells[0], "most": most, "indicator": kind}


def _addons(file: SiteFile, faults: list[str]) -> Iterator[Row]:
    """Add-on code and a primary code it goes with; a row without a five-character primary code says `any`."""
    code = _place(file.header, "addon", 0)
    parent = _place(file.header, "primarycode", _place(file.header, "primary", 1))
    met = False
    for number, cells in file.lines:
        if len(cells) <= max(code, parent) or not _CODE.fullmatch(cells[code]):
            if met and not _notice(cells):
                faults.append(f"line {number} is not an add-on code")
            continue
        met = True
        dates = [
            (_plain_name, _date(cell))
            for _plain_name, cell in zip(file.header, cells, strict=False)
            if "date" in _plain_name and _date(cell)
        ]
        starts = max((day for name, day in dates if "eff" in name), default=OPEN_START)
        ends = min((day for name, day in dates if "del" in name or "end" in name), default=OPEN_END)
        named = cells[parent] if _CODE.fullmatch(cells[parent]) and not cells[parent].startswith("CCCCC") else ""
        yield {"code": cells[code], "parent": named, "starts": starts, "ends": ends}


def _place(header: tuple[str, ...], word: str, otherwise: int) -> int:
    return next((place for place, name in enumerate(header) if word in name), otherwise)


def _notice(cells: tuple[str, ...]) -> bool:
    """Whether a line is empty, or the publisher's notice: one cell of several words."""
    filled = [cell for cell in cells if cell]
    return not filled or (len(filled) == 1 and " " in filled[0])


_READERS: dict[str, Callable[[SiteFile, list[str]], Iterator[Row]]] = {
    FEES: _fees,
    PROVIDERS: _providers,
    PAYERS: _payers,
    PAIRS: _pairs,
    UNITS: _limits,
    ADDONS: _addons,
}
