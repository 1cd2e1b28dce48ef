"""The shipped word lists: every row is usable, every code exists, the loaders refuse a broken file."""

import csv
import re
import warnings
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.lexicon import words
from corpus.lexicon.words import abbreviations, drugs, lay_terms, rows, sense, variants

HCPCS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "codesets" / "hcpcs_level2_2025_oct.csv"
FILES = ("abbreviations.tsv", "lay_terms.tsv", "variants.tsv", "drugs.tsv")
MINIMUM = {"abbreviations": 1200, "lay": 1500, "drugs": 800, "variants": 500}


@cache
def usable() -> frozenset[str]:
    """Billable codes without a 7th character, and the stems of those with one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm as cm
    found = set()
    for code in cm.get_all_codes(with_dots=True):
        if not cm.is_leaf(code):
            continue
        bare = code.replace(".", "")
        if cm.is_extended_subcategory(code):
            bare = bare[:6].rstrip("X") if bare[3:6].endswith("X") else bare[:6]
        found.add(bare)
    return frozenset(found)


def unknown(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, code) for name, code in pairs if code.replace(".", "") not in usable()]


@pytest.mark.parametrize("name", FILES)
def test_files_are_clean(name: str) -> None:
    text = (words.FOLDER / name).read_text(encoding="utf-8")
    assert text.startswith("# ") and text.endswith("\n") and "\r" not in text and "\u00a0" not in text
    for line in text.splitlines():
        for cell in line.split("\t"):
            assert cell == cell.strip() and "  " not in cell, line


def test_counts() -> None:
    by_kind: dict[str, int] = defaultdict(int)
    for variant in variants():
        by_kind[variant.kind] += 1
    assert sum(map(len, abbreviations().values())) >= MINIMUM["abbreviations"]
    assert len(lay_terms()) >= MINIMUM["lay"]
    assert len(drugs()) >= MINIMUM["drugs"]
    assert by_kind["british"] + by_kind["eponym"] + by_kind["spanish"] >= MINIMUM["variants"]


def test_abbreviation_senses_are_ordered_and_cued() -> None:
    for key, senses in abbreviations().items():
        assert [one.rank for one in senses] == list(range(1, len(senses) + 1)), key
        assert len({one.expansion.casefold() for one in senses}) == len(senses), key
        defaults = [one.abbreviation for one in senses if not one.cues]
        assert len(defaults) == len(set(defaults)), f"{key}: two senses without cues for one written form"
        assert not defaults or not senses[0].cues, f"{key}: a sense without cues must be the first"
        for one in senses:
            assert one.abbreviation.casefold() == key and one.kind in words.KINDS
            assert all(cue and cue == cue.lower() for cue in one.cues), key
            assert len(set(one.cues)) == len(one.cues), key
            assert one.expansion and one.expansion.casefold() != key


@pytest.mark.parametrize("short", ["MS", "PE", "RA", "CP", "PT", "DM", "HD", "BS", "OD"])
def test_ambiguous_abbreviations_keep_their_senses(short: str) -> None:
    assert len(abbreviations()[short.casefold()]) >= 2


def test_side_letters_need_a_cue() -> None:
    for letter, side in (("r", "right"), ("l", "left")):
        first = abbreviations()[letter][0]
        assert first.expansion == side and "knee" in first.cues


@pytest.mark.parametrize(
    ("short", "nearby", "expected"),
    [
        ("MS", "", "multiple sclerosis"),
        ("MS", "rheumatic MS, valve area 1.2", "mitral valve stenosis"),
        ("ms", "altered ms", "mental status"),
        ("MS", "MS 4 mg IV", "morphine sulfate"),
        ("PE", "", "pulmonary embolism"),
        ("PE", "34 weeks, PE with severe features", "pre-eclampsia"),
        ("RA", "sat 96% on RA", "room air"),
        ("pt", "", "patient"),
        ("PT", "referral to PT", "physical therapy"),
        ("mm", "5 mm", "millimeters"),
        ("MM", "MM in remission", "multiple myeloma"),
        ("htn", "", "hypertension"),
        ("R", "R knee", "right"),
        ("L", "L distal radius", "left"),
        ("AS", "severe AS", "aortic valve stenosis"),
    ],
)
def test_sense_is_chosen(short: str, nearby: str, expected: str) -> None:
    found = sense(short, nearby)
    assert found is not None and found.expansion == expected


@pytest.mark.parametrize(
    ("short", "nearby"),
    [("R", ""), ("distal", "radius"), ("as", "as needed"), ("all", "all labs"), ("us", "told us"), ("xyzzy", "")],
)
def test_no_sense_without_reason(short: str, nearby: str) -> None:
    assert sense(short, nearby) is None


def test_english_words_are_keys() -> None:
    assert set(abbreviations()) >= words.ENGLISH


def test_codes_exist() -> None:
    assert unknown([(term.term, term.code) for term in lay_terms()]) == []
    assert unknown([(variant.variant, variant.code) for variant in variants() if variant.code]) == []
    assert unknown([(drug.brand, drug.long_term_code) for drug in drugs() if drug.long_term_code]) == []


def test_the_code_check_can_fail() -> None:
    assert unknown(
        [("header", "E11"), ("none", "Z99.999"), ("stem", "W54.0"), ("leaf", "I10"), ("seven", "Z86.0100")]
    ) == [
        ("header", "E11"),
        ("none", "Z99.999"),
    ]


def test_no_key_twice() -> None:
    lists = (
        [term.term for term in lay_terms()],
        [variant.variant for variant in variants()],
        [drug.brand for drug in drugs()],
    )
    for names in lists:
        folded = [name.casefold() for name in names]
        assert sorted(folded) == sorted(set(folded))


def test_lists_agree_on_shared_words() -> None:
    lay = {term.term.casefold(): term.code for term in lay_terms()}
    for variant in variants():
        if variant.code:
            assert lay.get(variant.variant.casefold(), variant.code) == variant.code, variant.variant


def test_variants() -> None:
    for variant in variants():
        assert variant.kind in words.VARIANT_KINDS
        assert variant.standard and variant.standard.casefold() != variant.variant.casefold()
    by_name = {variant.variant: variant for variant in variants()}
    assert by_name["haemorrhage"].standard == "hemorrhage"
    assert by_name["Graves disease"].code == "E05.00"
    assert by_name["presión alta"].code == "I10"


def test_drugs() -> None:
    by_brand = {drug.brand: drug for drug in drugs()}
    assert by_brand["Glucophage"].generic == "metformin" and by_brand["Glucophage"].long_term_code == "Z79.84"
    assert by_brand["Keytruda"].hcpcs == "J9271"
    for drug in drugs():
        assert drug.generic and drug.drug_class and drug.usual_indication, drug.brand
        assert drug.hcpcs is None or re.fullmatch(r"[ACJQS]\d{4}", drug.hcpcs), drug.brand
        assert drug.long_term_code is None or drug.long_term_code.startswith("Z79."), drug.brand


def test_hcpcs_codes_exist() -> None:
    if not HCPCS.exists():
        pytest.skip("the HCPCS file is not beside this checkout")
    with HCPCS.open(encoding="utf-8", newline="") as lines:
        known = {row["code"] for row in csv.DictReader(lines)}
    assert {drug.hcpcs for drug in drugs() if drug.hcpcs} <= known


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("term\tcod\nflu\tJ11.1\n", "list.tsv line 1: expected the columns term, code."),
        ("# ours\nterm\tcode\nflu\n", "list.tsv line 3: expected 2 columns, found 1."),
    ],
)
def test_a_broken_list_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        list(rows(path, ("term", "code")))
    assert str(caught.value) == message


def test_comments_and_quotes_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text('# ours\nterm\tcode\n"the "clap\tA54.9\n', encoding="utf-8")
    assert list(rows(path, ("term", "code"))) == [('"the "clap', "A54.9")]
