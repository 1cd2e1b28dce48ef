"""The shipped cases hold together, and defects are named."""

import datetime as dt
import json
from pathlib import Path

import pytest

from assistant.errors import InputError
from evals import authoring
from evals.cases import load_assertions, load_notes, load_remits, load_rules, load_searches, load_traps, note_problems
from evals.cases.lines import CASES, case_files, digest
from evals.suites import files_of
from evals.validity import billable

LONG = " ".join(["word"] * 80)
HEAD = """id: x-1
date_of_service: 2026-02-02
setting: outpatient
sex: female
age: 60
specialty: family medicine
style: terse
split: dev
provenance: test
order: {order}
---
"""


def source(body, order):
    return HEAD.format(order=order) + body + "\n" + LONG


def test_marks_become_offsets():
    text, marks = authoring.strip_marks("a [[E11.22|type 2 [[N18.32|CKD 3b]] x]] é [[!family C50|mother]].")
    assert text == "a type 2 CKD 3b x é mother."
    assert [(label, text[start:end]) for label, start, end in marks] == [
        ("E11.22", "type 2 CKD 3b x"),
        ("N18.32", "CKD 3b"),
        ("!family C50", "mother"),
    ]


@pytest.mark.parametrize("marked", ["[[I10|open", "closed]] only"])
def test_unbalanced_marks_are_refused(marked):
    with pytest.raises(ValueError, match=r"\[\[|\]\]"):
        authoring.strip_marks(marked)


def test_a_case_is_built_in_claim_order():
    body = "Has [[I10|hypertension]] and [[E11.9,Z79.84|diabetes on metformin]], [[!negated R07.9|no chest pain]]."
    (record,) = authoring.build(source(body, "E11.9 I10 Z79.84"))
    assert [gold["code"] for gold in record["gold"]] == ["E11.9", "I10", "Z79.84"]
    assert record["gold"][0]["first_listed"] is True
    assert record["must_not"][0]["codes"] == ["R07.9"]
    for gold in record["gold"]:
        for span in gold["evidence"]:
            assert record["text"][span["start"] : span["end"]].strip()


@pytest.mark.parametrize(
    ("body", "order", "says"),
    [
        ("[[I10|htn]]", "I10 E78.5", "differ"),
        ("[[E11|diabetes]]", "E11", "not billable"),
        ("[[I10| htn]]", "I10", "padded"),
        ("[[I10|htn]] [[!negated I1|htn]]", "I10", "which is gold"),
        ("[[!maybe|htn]]", "", "shape"),
    ],
)
def test_defects_of_a_case_are_named(body, order, says):
    with pytest.raises(InputError, match=says):
        authoring.build(source(body, order))


def test_the_shipped_notes_are_the_built_ones_and_sound():
    seen = {}
    for path in case_files("notes"):
        cases = load_notes(path)
        assert note_problems(cases) == []
        for case in cases:
            assert case.id not in seen, f"{case.id} is in {path.name} and {seen[case.id]}"
            seen[case.id] = path.name
        marked = path.with_suffix(".txt")
        if marked.exists():
            built = authoring.build(marked.read_text(encoding="utf-8"), marked.name)
            assert built == [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(load_notes(CASES / "notes" / "first.jsonl")) == 12


def test_the_shipped_searches_traps_and_rules_load():
    for path in case_files("search"):
        assert load_searches(path)
    for path in case_files("assertion_traps"):
        assert load_assertions(path)
    for path in case_files("traps"):
        assert load_traps(path)
    blind = [case for path in files_of("traps_blind") for case in load_traps(path)]
    assert {case.split for case in blind} == {"dev", "test", "report"}
    assert sum(not case.control for case in blind) >= 300
    assert sum(case.control for case in blind) >= 90
    assert len({case.text for case in blind}) == len(blind)
    for path in files_of("rules"):
        assert load_rules(path)
    for path in case_files("remits"):
        assert all(case.money for case in load_remits(path))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_search_gold_is_real():
    import simple_icd_10_cm as cm

    for path in case_files("search"):
        for case in load_searches(path):
            for code in case.gold:
                assert cm.is_valid_item(code), f"{case.id}: {code}"
    for path in files_of("traps_blind"):
        for case in load_traps(path):
            for code in (*case.codes, *case.may):
                assert cm.is_valid_item(code), f"{case.id}: {code}"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 1 is not JSON"),
        ("[]", "line 1 is not an object"),
        ('{"id": "q1", "query": "htn"}', "line 1 lacks 'gold'"),
        ('{"id": "q1", "query": "htn", "gold": ["I10"], "kind": "odd", "split": "tune"}', "line 1 has a field"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line, says):
    path = tmp_path / "search.jsonl"
    path.write_text(line)
    with pytest.raises(InputError, match=says):
        load_searches(path)


def test_repeated_ids_are_named(tmp_path: Path):
    path = tmp_path / "search.jsonl"
    line = '{"id": "q1", "query": "htn", "gold": ["I10"], "kind": "abbreviation", "split": "tune"}\n'
    path.write_text(line * 2)
    with pytest.raises(InputError, match="line 2 repeats"):
        load_searches(path)


def test_digest_changes_with_content(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text("1")
    before = digest([path])
    path.write_text("2")
    assert digest([path]) != before


def test_billable_follows_the_date():
    assert billable("E11.22", dt.date(2026, 2, 2)) is True
    assert billable("E11", dt.date(2026, 2, 2)) is False
    assert billable("J1885", dt.date(2026, 2, 2)) is None
    with pytest.raises(InputError, match="outside"):
        billable("E11.22", dt.date(2028, 1, 1))
