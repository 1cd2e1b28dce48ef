"""Encounters and claims that tests start from."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

from assistant.claim.claim import Batch, Claim
from assistant.claim.draft import draft_claim
from assistant.claim.transmission import Envelope, batch_of, write_837
from assistant.review.encounter import Encounter, encounter_from_record

DETAILS = Path(__file__).resolve().parents[2] / "corpus" / "samples" / "office_visit.details.json"
CLOCK = dt.datetime(2026, 11, 10, 9, 30)  # noqa: DTZ001
CODES = ("E11.22", "N18.32", "I12.9", "E78.5", "S93.402A", "Z79.84")


def record(**more: Any) -> dict[str, Any]:
    """The demo visit as a JSON record, with fields replaced."""
    from tests.review.fakes import TITLES

    diagnoses = [{"code": code, "status": "confirmed", "description": TITLES[code]} for code in CODES]
    base = {"id": "office_visit", "date_of_service": "2026-11-09", "diagnoses": diagnoses}
    return {**base, **json.loads(DETAILS.read_text("utf-8")), **more}


def encounter(**more: Any) -> Encounter:
    """The demo visit."""
    return encounter_from_record(record(**more), "visit")


def claim(**more: Any) -> Claim:
    """The demo claim, with fields of the claim replaced."""
    return dataclasses.replace(draft_claim(encounter()), **more)


def written(*batches: Batch, **more: Any) -> str:
    """The batches as one file with fixed control numbers and clock."""
    envelope = Envelope("311234567", "BMHP1", 7, 8, 9, CLOCK)
    return "".join(write_837(batches, dataclasses.replace(envelope, **more)))


def file_of(*claims: Claim) -> str:
    """The claims as one file."""
    return written(batch_of(claims, "000000001", CLOCK))


def facility_record(**more: Any) -> dict[str, Any]:
    """A hospital stay of the same patient, ready for an 837I."""
    attending = {"npi": "1234567893", "last_name": "Okafor", "first_name": "Chidi", "taxonomy": "207R00000X"}
    details = record()
    for field in ("services", "place_of_service", "clia_number", "rendering_provider", "diagnoses"):
        details.pop(field)
    codes = (("J18.9", "Y"), ("E11.22", "Y"), ("N18.32", "Y"), ("W19.XXXA", "exempt"))
    return {
        **details,
        "setting": "inpatient",
        "date_of_service": "2026-11-02",
        "end_date": "2026-11-06",
        "control_number": "STAY1001",
        "diagnoses": [{"code": code, "status": "confirmed", "present_on_admission": poa} for code, poa in codes],
        "procedures": [
            {"code": "0BH17EZ", "system": "icd10pcs", "status": "confirmed", "date": "2026-11-03"},
            {"code": "5A1935Z", "system": "icd10pcs", "status": "confirmed"},
            {"code": "02HV33Z", "system": "icd10pcs", "status": "rejected"},
        ],
        "services": [
            {"procedure": "", "revenue_code": "0120", "units": "4", "unit": "DA", "charge": "4800.00"},
            {"procedure": "71046", "revenue_code": "0324", "units": "2", "charge": "310.50", "date": "2026-11-02"},
            {"procedure": "", "revenue_code": "0250", "units": "31", "charge": "412.07"},
        ],
        "facility": {
            "bill_type": "11",
            "admission_type": "1",
            "admission_source": "1",
            "patient_status": "01",
            "admission_date": "2026-11-02",
            "admission_hour": "0930",
            "discharge_hour": "1415",
            "admitting_diagnosis": "R06.02",
            "drg": "208",
            "attending_provider": attending,
        },
        **more,
    }
