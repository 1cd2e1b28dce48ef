"""The HCPCS starter set: clean, in our own words, and true to the official file where that is at hand."""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.lexicon.words import drugs, rows
from corpus.sources import hcpcs_starter
from corpus.sources.hcpcs_starter import HCPCS, PARTS, modifiers, read_starter, retired_codes, starter_codes

OFFICIAL = Path("/work/shared/data/codesets/hcpcs_level2_2025_oct.csv")
needs_official = pytest.mark.skipif(not OFFICIAL.is_file(), reason="the October 2025 file is not at hand")
SHAPE = re.compile(r"[ABCEGHJKLMPQRSTUV]\d{4}")


@cache
def official(kind: str) -> dict[str, tuple[str, str]]:
    """Code -> (short, long) description."""
    with OFFICIAL.open(encoding="utf-8", newline="") as stream:
        return {
            row["code"]: (row["short_description"], row["long_description"])
            for row in csv.DictReader(stream)
            if row["kind"] == kind
        }


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d*\.?\d+", text.replace(",", ""))]


def test_there_are_enough_codes_of_every_kind() -> None:
    assert len(starter_codes()) >= 650
    letters = Counter(one.code[0] for one in starter_codes())
    assert set(letters) >= set("ABCEGHJKLMPQRSTV")
    assert letters["J"] >= 250


def test_every_row_is_clean() -> None:
    for one in starter_codes():
        assert SHAPE.fullmatch(one.code), one
        assert one.name and one.group, one
        for text in (one.name, one.unit, one.group, one.note, *one.synonyms):
            assert text == " ".join(text.split()), one
        assert not re.search(r"\d,\d{3}", one.name + one.unit), f"a thousands comma cuts the number in search: {one}"
        assert len(set(map(str.casefold, one.synonyms))) == len(one.synonyms), one
        assert one.name.casefold() not in map(str.casefold, one.synonyms), one


def test_no_code_stands_twice() -> None:
    seen = Counter(one.code for one in starter_codes())
    seen.update(list(retired_codes()))
    assert [code for code, times in seen.items() if times > 1] == []


def test_two_codes_do_not_share_a_title() -> None:
    seen = Counter(one.title.casefold() for one in starter_codes())
    assert [title for title, times in seen.items() if times > 1] == []


def test_injected_and_cancer_drugs_say_their_unit() -> None:
    groups = {"injected drug", "cancer drug", "biosimilar", "clotting factor", "oral drug", "drug for nebulizer"}
    assert [one.code for one in starter_codes() if one.group in groups and not one.unit] == []


def test_every_drug_code_of_the_drug_list_is_in_the_set() -> None:
    known = {one.code for one in starter_codes()}
    assert sorted({drug.hcpcs for drug in drugs() if drug.hcpcs} - known) == []


def test_retired_codes_have_a_last_day_and_known_replacements() -> None:
    known = {one.code for one in starter_codes()}
    for one in retired_codes().values():
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", one.last_day), one
        for new in one.replaced_by:
            assert new in known or re.fullmatch(r"\d{5}", new) or SHAPE.fullmatch(new), one


def test_nodes_stand_under_their_group_and_retired_ones_are_not_searched() -> None:
    nodes = list(read_starter())
    above: set[str] = set()
    for node in nodes:
        assert node.parent is None or node.parent in above, node
        if node.kind == "chapter":
            above.add(node.code)
    by_code = {node.code: node for node in nodes}
    assert (by_code["J1030"].valid_to, by_code["J1030"].stem) == ("2024-03-31", "")
    assert by_code["J9271"].title == "Pembrolizumab infusion, unit 1 mg"
    assert by_code["25"].kind == "modifier" and not by_code["25"].billable


def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "drugs.tsv"
    path.write_text("code\tname\nJ0585\tone\ttoo many\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"drugs\.tsv line 2"):
        list(rows(path, ("code", "name")))


def test_modifiers_are_two_characters_and_stand_once() -> None:
    assert len(modifiers()) >= 150
    seen = Counter(one.code for one in modifiers())
    assert [code for code, times in seen.items() if times > 1] == []
    for one in modifiers():
        assert re.fullmatch(r"[0-9A-Z]{2}", one.code), one
        assert one.meaning and one.applies_to, one
        assert one.source == ("CPT" if one.code.isdigit() else "HCPCS"), one
        assert one.meaning == " ".join(one.meaning.split()) and "|" not in one.meaning, one


def test_the_digest_follows_every_file() -> None:
    read = {*(f"{part}.tsv" for part in PARTS), "retired.tsv", "modifiers.tsv"}
    assert set(hcpcs_starter.starter_files()) == {*read, "reading"}
    assert {path.stem for path in HCPCS.glob("*.tsv")} == {*PARTS, "retired"}


@needs_official
def test_every_code_number_is_official() -> None:
    known = official("code")
    assert [one.code for one in starter_codes() if one.code not in known] == []
    assert [code for code in retired_codes() if code not in known] == []
    replaced = {new for one in retired_codes().values() for new in one.replaced_by if not new.isdigit()}
    assert sorted(replaced - set(known)) == []
    assert [one.code for one in modifiers() if one.source == "HCPCS" and one.code not in official("modifier")] == []


@needs_official
def test_every_amount_of_a_unit_is_official() -> None:
    """Each amount of a unit stands in the official text; a plain 1 may be said as per, each or one."""
    wrong = []
    for one in starter_codes():
        text = official("code")[one.code][1]
        for amount in re.findall(
            r"([\d.]+) (?:mg|mcg|g|ml|mEq|mCi|mcCi|units?|minutes|calories|strips|sq)\b", one.unit
        ):
            said = float(amount) == 1 and re.search(r"\b(per|each|one|an?)\b", text)
            if float(amount) not in numbers(text) and not said:
                wrong.append((one.code, one.unit, text))
    assert wrong == []


@needs_official
def test_every_mass_or_volume_the_official_text_ends_with_is_our_unit() -> None:
    """`..., 10 mg` at the end of a drug's official text must be the unit that we state: a wrong dose is a wrong bill."""
    wrong = []
    for one in starter_codes():
        if one.code[0] not in "JQ" or not one.unit or one.unit == "1 device":
            continue
        found = re.search(r"([\d.,]+) ?(mg|mcg|micrograms?|grams?|gm|ml|cc)$", official("code")[one.code][1].strip())
        if found and numbers(found.group(1))[0] not in numbers(one.unit):
            wrong.append((one.code, one.unit, found.group()))
    assert wrong == []


@needs_official
def test_names_are_our_own_words() -> None:
    copied = []
    for one in starter_codes():
        long = official("code")[one.code][1]
        if runs(one.name, 6) & runs(long, 6) or (len(words(one.name)) > 3 and words(one.name) == words(long)):
            copied.append((one.code, one.name, long))
    assert copied == []


@needs_official
def test_modifiers_are_our_own_words() -> None:
    copied = [
        (one.code, one.meaning)
        for one in modifiers()
        if one.source == "HCPCS" and runs(one.meaning, 8) & runs(official("modifier")[one.code][1], 8)
    ]
    assert copied == []
