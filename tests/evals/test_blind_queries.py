"""The query sets written blind: shape, ids, and that every gold entry exists in a list the product did not write."""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import drg
import pytest
import simple_icd_10_cm as cm

from evals.cases.lines import CASES, read_jsonl
from evals.cases.search import KINDS, load_searches

BLIND, PROCEDURES, SUPPLIES = (CASES / f"search_{name}.jsonl" for name in ("blind", "procedures", "supplies"))
SIZES = {BLIND: 300, PROCEDURES: 200, SUPPLIES: 150}
KEYS = {"id", "query", "gold", "kind", "split"}
SYSTEMS = {PROCEDURES: ("procedure", "icd10pcs"), SUPPLIES: ("supply", "hcpcs")}
HCPCS = Path(__file__).parents[3] / "shared" / "data" / "codesets" / "hcpcs_level2_2025_oct.csv"


def records(path: Path) -> list[dict]:
    return [record for _, record in read_jsonl(path)]


@cache
def procedure_tables() -> frozenset[str]:
    """First three characters of every ICD-10-PCS code of the drg package."""
    source = Path(drg.__file__).parent / "data" / "tuva" / "icd_10_pcs.csv"
    with source.open(encoding="utf-8", newline="") as lines:
        return frozenset(row[0][:3] for row in csv.reader(lines) if row)


@pytest.mark.parametrize("path", SIZES, ids=lambda path: path.stem)
def test_every_line_has_the_shape_and_asks_something_new(path):
    rows = records(path)
    assert len(rows) == SIZES[path]
    for row in rows:
        assert set(row) == KEYS | ({"system"} if path in SYSTEMS else set()), row["id"]
        assert row["split"] == "report"
        assert row["query"] == row["query"].strip() != ""
        assert row["gold"] and len(set(row["gold"])) == len(row["gold"]), row["id"]
        if path in SYSTEMS:
            assert (row["kind"], row["system"]) == SYSTEMS[path]
    repeated = [query for query, times in Counter(row["query"].casefold() for row in rows).items() if times > 1]
    assert repeated == []


def test_ids_are_unique_over_the_three_files():
    ids = [row["id"] for path in SIZES for row in records(path)]
    assert len(set(ids)) == len(ids)


def test_the_diagnosis_queries_load_and_use_every_kind():
    assert {case.kind for case in load_searches(BLIND)} == set(KINDS) - {"procedure", "supply"}


def test_every_diagnosis_gold_is_in_the_tabular_list():
    unknown = [(row["id"], code) for row in records(BLIND) for code in row["gold"] if not cm.is_valid_item(code)]
    assert unknown == []


def test_every_procedure_gold_is_a_table():
    unknown = [
        (row["id"], gold) for row in records(PROCEDURES) for gold in row["gold"] if gold not in procedure_tables()
    ]
    assert unknown == []


def test_every_supply_gold_has_the_shape_of_a_hcpcs_code():
    shaped = re.compile(r"[A-CEGHJ-MP-V]\d{4}").fullmatch
    assert [(row["id"], code) for row in records(SUPPLIES) for code in row["gold"] if not shaped(code)] == []


@pytest.mark.skipif(not HCPCS.is_file(), reason="the shared HCPCS file is not here")
def test_every_supply_gold_is_in_the_hcpcs_file():
    with HCPCS.open(encoding="utf-8", newline="") as lines:
        known = {row["code"] for row in csv.DictReader(lines) if row["kind"] == "code"}
    assert [(row["id"], code) for row in records(SUPPLIES) for code in row["gold"] if code not in known] == []
