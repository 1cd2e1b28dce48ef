"""Reading 837 files back: nothing is lost, whoever wrote them, and damage is named by segment."""

import re
from pathlib import Path

import pytest

from assistant.claim.reader import read_837
from assistant.errors import InputError
from tests.claim.oracle import SHARED, normal_version, pyx12_errors, segments
from tests.claim.samples import claim, file_of, written

ACCEPTED = (
    "837i/stupidedi_out-of-network-repriced-claim.837i",
    "837p/edilens_0001.837",
    "837p/edilens_wrapped.837",
    "837p/moov_sample.837",
    "837p/stupidedi_COB-claim-from-billing-provider-to-payer-a.837",
    "837p/stupidedi_COB-claim-from-billing-provider-to-payer-b.837",
    "837p/stupidedi_ambulance.837",
    "837p/stupidedi_chiropractic.837",
    "837p/stupidedi_commercial-health-insurance.837",
    "837p/stupidedi_drug-administered-in-the-physician-office.837",
    "837p/stupidedi_encounter.837",
    "837p/stupidedi_out-of-network-repriced-claim.837",
)
"""Files of the shared samples that pyx12 accepts as they are."""
OFFICIAL = (
    "837p/lfh_autoaccident.837",
    "837p/lfh_cob.example3.C.837",
    "837p/lfh_drug.example10.1.837",
    "837p/lfh_drug.example10.3.837",
    "837p/lfh_example1.837",
    "837p/lfh_example8.837",
)
"""Official examples that pyx12 accepts once their version is one it knows."""
NUMERIC = {"CLM", "SV1", "SV2", "AMT", "CAS", "SVD", "CTP", "QTY", "MEA", "HCP", "CR1", "PAT"}
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared X12 samples are not here")


def meaning(text: str) -> list[list[tuple[str, ...]]]:
    """For each claim, its segments with those of the levels above; counters and envelopes left out."""
    levels: dict[str, list[tuple[str, ...]]] = {}
    level, claims = "", []
    for elements in segments(text):
        name = elements[0]
        plain = tuple(_plain(name, element.strip()) for element in elements)
        while not plain[-1]:
            plain = plain[:-1]
        if name == "HL":
            level = elements[3]
            levels = {known: said for known, said in levels.items() if known < level}
            levels[level] = []
        elif name == "CLM":
            claims.append([*(said for above in sorted(levels) for said in levels[above]), plain])
            level = "claim"
        elif level == "claim" and name not in ("LX", "SE", "GE", "IEA", "ISA", "GS", "ST"):
            claims[-1].append(plain)
        elif level in levels:
            levels[level].append(plain)
    return claims


def _plain(name: str, element: str) -> str:
    if name in NUMERIC and re.fullmatch(r"-?\d*\.\d+", element):
        return element.rstrip("0").rstrip(".")
    return element


def rewritten(name: str) -> tuple[str, str]:
    text = normal_version((SHARED / name).read_bytes().decode("latin-1"))
    reading = read_837(text.encode("latin-1"), name)
    assert reading.problems == ()
    return text, written(*reading.batches)


@needs_shared
def test_the_list_of_accepted_files_is_complete() -> None:
    found = []
    for path in sorted(SHARED.glob("837[ip]/*")):
        if not pyx12_errors(path.read_bytes().decode("latin-1")):
            found.append(f"{path.parent.name}/{path.name}")
    assert tuple(found) == ACCEPTED


@needs_shared
@pytest.mark.parametrize("name", ACCEPTED + OFFICIAL)
def test_reading_and_writing_loses_nothing(name: str) -> None:
    before, after = rewritten(name)
    assert meaning(before) == meaning(after)
    assert meaning(before)
    assert pyx12_errors(after) == []
    assert read_837(after.encode()).batches == read_837(before.encode("latin-1"), name).batches


@needs_shared
@pytest.mark.parametrize("path", sorted(SHARED.glob("837[ip]/*")), ids=lambda path: path.name)
def test_no_file_makes_the_reader_crash(path: Path) -> None:
    try:
        reading = read_837(path)
    except InputError as error:
        assert path.name in str(error)
    else:
        assert reading.batches


def test_reading_back_gives_equal_claims_also_from_other_separators() -> None:
    made = (claim(), claim(control_number="DEMO1002"))
    text = file_of(*made)
    assert read_837(text.encode()).batches[0].claims == made
    other = text.replace("*", "|").replace(":", ">").replace("~\n", "!\r\n")
    assert read_837(other.encode()).batches[0].claims == made


def test_claims_of_one_patient_share_the_levels_above() -> None:
    text = file_of(claim(), claim(control_number="DEMO1002"))
    assert text.count("HL*") == 2 and text.count("CLM*") == 2


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("HL*2*1*22*0~", "HL*2*7*22*0~", "wrong parent"),
        ("SE*41", "SE*40", "SE says 40"),
        ("CLM*DEMO1001*485*", "CLM*DEMO1001*many*", "CLM02 is not an amount"),
        ("*245*UN", "**UN", "SV102 is not an amount"),
        ("NM1*82*", "NM1*XX*", "a role this place does not allow"),
    ],
)
def test_damage_is_named_with_its_segment(old: str, new: str, sentence: str) -> None:
    text = file_of(claim())
    assert old in text
    reading = read_837(text.replace(old, new).encode())
    (problem,) = [item for item in reading.problems if sentence in item.message]
    assert problem.severity == "error" and problem.segment


@pytest.mark.parametrize("raw", [b"", b"hello", b"\x00\x01\x02", b"ISA*00*"])
def test_what_is_no_837_is_told_in_one_sentence(raw: bytes) -> None:
    with pytest.raises(InputError, match=r"x\.837"):
        read_837(raw, "x.837")


def test_a_remittance_is_no_837(tmp_path: Path) -> None:
    text = file_of(claim()).replace("ST*837*0009*005010X222A1", "ST*835*0009*005010X221A1")
    with pytest.raises(InputError, match="holds no 837"):
        read_837(text.encode(), "x")


def test_a_level_that_is_not_known_leaves_its_claims_out() -> None:
    """Found by fuzzing: what follows it belongs to nobody, least of all to the subscriber before."""
    text = file_of(claim())
    start, end = text.index("CLM*"), text.index("SE*")
    twice = f"{text[:end]}HL*9*2*77*0~NM1*IL*1*OTHER~{text[start:]}"
    found = read_837(twice.encode(), "a.837")
    assert len(found.batches[0].claims) == 1
    said = [problem.message for problem in found.problems]
    assert any("a level that an 837 does not have" in message for message in said)
    assert any("is left out" in message for message in said)
