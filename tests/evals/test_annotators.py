"""Agreement printed, and what is left to settle."""

import json

import pytest

from assistant.errors import InputError
from evals.annotators import agreement_of, differences, main, read_codes

A = {"n1": ["E11.9", "I10"], "n2": ["J02.0"], "n3": []}
B = {"n1": ["I10", "E11.65"], "n2": ["J02.0"], "n3": []}


def test_agreement_by_hand():
    got = agreement_of(A, B)
    assert got["agreement_f1"].value == pytest.approx(2 * 2 / (3 + 3), abs=1e-6)
    assert got["category_f1"].value == 1
    assert got["exact_set"].value == pytest.approx(2 / 3, abs=1e-6)
    assert got["same_first_listed"].value == 0.5
    assert got["agreement_f1"].low <= got["agreement_f1"].value <= got["agreement_f1"].high


def test_differences_name_what_to_settle():
    assert differences(A, B) == [
        {"id": "n1", "only_first": ["E11.9"], "only_second": ["E11.65"], "other_first_listed": True}
    ]


def test_other_cases_are_refused():
    with pytest.raises(InputError, match="1 cases were coded by only one"):
        agreement_of(A, {"n1": [], "n2": []})


def test_the_command(tmp_path, capsys):
    def write(name, coded):
        path = tmp_path / name
        rows = [{"id": i, "gold": [{"code": c} for c in codes]} for i, codes in coded.items()]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(path)

    paths = [write("a.jsonl", A), write("b.jsonl", B)]
    assert main(paths) == 0
    out = capsys.readouterr().out
    assert "agreement_f1" in out and "n1: only first ['E11.9']" in out
    assert main([*paths, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 3
    (tmp_path / "c.jsonl").write_text('{"id": "n1"}')
    assert main([paths[0], str(tmp_path / "c.jsonl")]) == 2
    assert "line 1 has no id and gold" in capsys.readouterr().err
    with pytest.raises(InputError, match="repeats"):
        (tmp_path / "d.jsonl").write_text('{"id": "n1", "gold": []}\n' * 2)
        read_codes(tmp_path / "d.jsonl")


def test_shipped_annotations_code_the_cases_of_their_batch():
    from evals.annotators import ANNOTATIONS, OUTSIDE, shipped
    from evals.cases.lines import CASES

    measured = shipped()
    assert OUTSIDE in measured
    for name, (first, second) in measured.items():
        if name == "synthetic":
            continue
        path = CASES / "visit_notes.jsonl" if name == OUTSIDE else CASES / "notes" / f"{name}.jsonl"
        assert set(first) == set(second) == set(read_gold_ids(path)), name
        assert (ANNOTATIONS / f"{name}.2.jsonl").is_file()


def read_gold_ids(path):
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_without_files_the_shipped_annotations_are_printed(capsys):
    assert main([]) == 0
    assert "visit_notes: 83 cases" in capsys.readouterr().out
    assert main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["visit_notes"]["agreement"]["agreement_f1"]["low"] > 0.9
