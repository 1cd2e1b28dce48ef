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
