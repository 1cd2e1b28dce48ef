"""No claim leaves with a code that no person has confirmed, whatever the rest of the encounter is."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.claim.claim import ClaimForm
from assistant.claim.draft import draft_claim
from assistant.errors import InputError
from assistant.review.encounter import encounter_from_record
from tests.claim.samples import facility_record, file_of, record
from tests.claim.strategies import MORE_CODES

STATUSES = st.sampled_from(("confirmed", "confirmed", "proposed", "rejected"))
PROCEDURES = ("0BH17EZ", "5A1935Z", "02HV33Z", "0DTJ4ZZ")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(tuple(ClaimForm)),
    st.lists(st.tuples(st.sampled_from(MORE_CODES), STATUSES), min_size=1, max_size=9, unique_by=lambda pair: pair[0]),
    st.lists(st.tuples(st.sampled_from(PROCEDURES), STATUSES), max_size=4, unique_by=lambda pair: pair[0]),
    st.sampled_from(MORE_CODES),
    STATUSES,
)
def test_what_is_not_confirmed_is_not_in_the_file(
    form: ClaimForm,
    diagnoses: list[tuple[str, str]],
    procedures: list[tuple[str, str]],
    admitting: str,
    billed: str,
) -> None:
    base = record() if form is ClaimForm.PROFESSIONAL else facility_record()
    listed: list[dict[str, Any]] = []
    if form is ClaimForm.INSTITUTIONAL:
        base["facility"] = {**base["facility"], "admitting_diagnosis": admitting}
        listed = [{"code": code, "system": "icd10pcs", "status": status} for code, status in procedures]
    else:
        base["services"] = [{**base["services"][0], "diagnoses": []}]
        listed = [{"code": "99214", "system": "cpt", "status": billed}]
    base["diagnoses"] = [{"code": code, "status": status} for code, status in diagnoses]
    base["procedures"] = listed
    open_codes = {code for code, status in (*diagnoses, *procedures) if status != "confirmed"}
    try:
        text = file_of(draft_claim(encounter_from_record(base, "x"), "x", form))
    except InputError as error:
        assert "confirmed" in str(error)
        return
    assert billed == "confirmed" or form is ClaimForm.INSTITUTIONAL
    sent = {item.split(":")[1] for part in text.split("~\n") if part.startswith("HI*") for item in part.split("*")[1:]}
    assert not sent & {code.replace(".", "") for code in open_codes}


@pytest.mark.parametrize("status", ["proposed", "rejected"])
def test_an_admitting_diagnosis_or_reason_that_was_not_confirmed_is_refused(status: str) -> None:
    made = facility_record()
    made["diagnoses"].append({"code": "R06.02", "status": status})
    with pytest.raises(InputError, match=r"admitting_diagnosis R06\.02 is not confirmed"):
        draft_claim(encounter_from_record(made, "x"), "x", ClaimForm.INSTITUTIONAL)
    made["facility"] = {**made["facility"], "admitting_diagnosis": "J18.9", "reasons_for_visit": ["R0602"]}
    with pytest.raises(InputError, match=r"reasons_for_visit R06\.02 is not confirmed"):
        draft_claim(encounter_from_record(made, "x"), "x", ClaimForm.INSTITUTIONAL)
