"""Generated encounters: no pyx12 error, and what is written reads back equal.

`SUPERBILL_GENERATED` sets how many (500 is the promise; the suite runs fewer for speed).
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from assistant.claim.claim import Batch, ClaimForm
from assistant.claim.draft import draft_claim, submitter_of
from assistant.claim.reader import read_837
from assistant.claim.transmission import batch_of
from assistant.review.encounter import encounter_from_json, encounter_from_record, encounter_json
from tests.claim.oracle import pyx12_errors
from tests.claim.samples import CLOCK, written
from tests.claim.strategies import encounters, stays

COUNT = int(os.environ.get("SUPERBILL_GENERATED", "40"))


@pytest.mark.parametrize(
    ("form", "shapes"),
    [(ClaimForm.PROFESSIONAL, encounters()), (ClaimForm.INSTITUTIONAL, stays())],
    ids=["837p", "837i"],
)
def test_generated_encounters_write_clean_files_that_read_back_equal(
    form: ClaimForm, shapes: SearchStrategy[dict[str, Any]]
) -> None:
    batches: list[Batch] = []

    @settings(
        max_examples=COUNT,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    @given(shapes)
    def write_one(record: dict[str, Any]) -> None:
        at = len(batches)
        encounter = encounter_from_record({**record, "control_number": f"{record['control_number'][:8]}-{at}"}, "x")
        assert encounter_from_json(encounter_json(encounter), "x") == encounter
        claim = draft_claim(encounter, form=form)
        batches.append(batch_of((claim,), f"{at:09}", CLOCK, submitter_of(encounter)))
        reading = read_837(written(batches[-1]).encode())
        assert reading.problems == ()
        assert reading.batches == (batches[-1],)

    write_one()
    assert len(batches) >= COUNT
    assert pyx12_errors(written(*batches)) == []
    print(f"{len(batches)} generated encounters written as {form.value}, read back equal, no pyx12 error")
