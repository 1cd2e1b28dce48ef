"""The measurement of claims on a small sample: it does the work it times."""

from evals.bench_claims import encounters, scrub, write


def test_claims_differ_and_are_written_and_scrubbed() -> None:
    made = list(encounters(3))
    assert len({visit.control_number for visit in made}) == len({visit.services for visit in made}) == 3
    said = write(20)
    assert said["bytes"] > 20 * 500 and said["seconds"] > 0 and said["end"] >= said["half"] > 0
    assert scrub(20)["findings"] == 40, "two notes each: diagnoses that no line points to"
