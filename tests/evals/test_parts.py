"""Traps, rules, remittances, billing: right and wrong answers laid beside small cases."""

import json

import pytest

from assistant.errors import InputError
from assistant.guidelines.finding import Severity
from evals import runner
from evals.cases import ExpectedFinding, load_assertions, load_billing, load_remits, load_rules, load_traps
from evals.parts import assertions, billing, remits, rules, traps
from evals.tool import Tool


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def values(part, outcomes):
    return {name: row["value"] for name, row in runner.scored(part, outcomes, resamples=20)["metrics"].items()}


TRAP = {
    "id": "t1",
    "text": "No chest pain. Has gout.",
    "mention": {"start": 3, "end": 13, "text": "chest pain"},
    "assertion": "negated",
    "codes": ["R07"],
    "cue": "no",
}
CONTROL = {
    **TRAP,
    "id": "t2",
    "mention": {"start": 19, "end": 23, "text": "gout"},
    "assertion": "present",
    "codes": ["M10"],
}


def suggestion(code, start=0, end=0):
    return {"rank": 1, "code": code, "selected": True, "evidence": [{"start": start, "end": end}]}


def test_traps(tmp_path):
    negated, control = load_traps(write(tmp_path / "t.jsonl", TRAP, CONTROL))
    good = [
        traps.outcome(negated, {"id": "t1", "not_coded": [{"start": 3, "end": 13, "reason": "negated"}]}),
        traps.outcome(control, {"id": "t2", "suggestions": [suggestion("M10.9", 19, 23)]}),
    ]
    assert values(traps.PART, good)["trap_accuracy"] == 1
    assert good[0]["reason_right"] is True
    silent = [traps.outcome(negated, {"id": "t1"}), traps.outcome(control, {"id": "t2"})]
    assert values(traps.PART, silent)["trap_control"] == 0
    by_words = traps.outcome(negated, {"id": "t1", "suggestions": [suggestion("I20.9", 3, 8)]})
    circumstance = traps.outcome(negated, {"id": "t1", "suggestions": [suggestion("Z03.89", 3, 8)]})
    assert circumstance["handled"]
    by_code = traps.outcome(negated, {"id": "t1", "suggestions": [suggestion("R079")]})
    failed = traps.outcome(negated, {"id": "t1", "error": "no"})
    assert not by_words["handled"] and by_code["wrong"] == ["R07.9"] and not failed["handled"]


def test_assertions(tmp_path):
    base = {"text": "No chest pain. Has gout.", "mention": "gout", "start": 19, "end": 23}
    negated = {**base, "id": "a2", "mention": "chest pain", "start": 3, "end": 13, "assertion": "negated"}
    path = write(tmp_path / "a.jsonl", {**base, "id": "a1", "assertion": "present"}, negated)
    cases = load_assertions(path)
    always = Tool("always", classify=lambda text, start, end: "present")
    got = values(assertions.PART, list(assertions.ask(always, cases)))
    # present: precision 1/2, recall 1 -> 2/3; negated: 0.
    assert got["assertion_accuracy"] == 0.5
    assert got["assertion_macro_f1"] == pytest.approx(1 / 3, abs=1e-6)
    assert got["false_present"] == 1 and got["lost_present"] == 0
    with pytest.raises(InputError, match="line 1 has a field"):
        load_assertions(write(tmp_path / "b.jsonl", {**base, "id": "a1", "start": 18, "assertion": "present"}))


def test_a_trap_whose_mention_is_elsewhere_is_refused(tmp_path):
    moved = {**TRAP, "mention": {"start": 4, "end": 14, "text": "chest pain"}}
    with pytest.raises(InputError, match="line 1 has a field"):
        load_traps(write(tmp_path / "t.jsonl", moved))


def test_rules(tmp_path):
    base = {"setting": "outpatient", "date_of_service": "2026-02-02"}
    expect = [{"severity": "error", "codes": ["E11.9", "E11.A"], "section": "Excludes1"}]
    path = write(
        tmp_path / "r.jsonl",
        {"id": "r1", "codes": ["E11.9", "E11.A"], "expect": expect, "forbid": ["Y"], **base},
        {"id": "r2", "codes": ["I10"], "expect": [], "clean": True, **base},
    )
    cases = load_rules(path)

    def check(line):
        if line["codes"] == ["I10"]:
            return [{"rule": "X", "severity": "info", "message": "", "codes": ["I10"]}]
        return [{"rule": "X", "severity": "error", "message": "", "codes": ["E11.9", "E11.A"]}]

    def noisy(line):
        return [{"rule": "Y", "severity": "warning", "message": "", "codes": list(line["codes"])}]

    assert values(rules.PART, list(rules.ask(Tool("t", check=check), cases))) == {
        "rules_found": 1,
        "clean_quiet": 1,
        "noise_per_set": 0,
        "forbidden_per_set": 0,
    }
    assert values(rules.PART, list(rules.ask(Tool("t", check=noisy), cases))) == {
        "rules_found": 0,
        "clean_quiet": 0,
        "noise_per_set": 1,
        "forbidden_per_set": 0.5,
    }


def test_remittances(tmp_path):
    record = {
        "id": "p1",
        "kind": "partial denial",
        "x12": "ISA*",
        "money": {"payment_amount": "15.00", "claims/A1/paid": "10.00", "claims/A1/lines/0/allowed": None},
        "balanced": {"balanced": True},
        "actions": {"A1": ["bill_patient", "appeal"]},
    }
    (case,) = load_remits(write(tmp_path / "p.jsonl", record))
    claim = {"control_number": "A1", "paid": "9.00", "lines": [{"allowed": None}], "actions": [{"action": "appeal"}]}
    transaction = {"payment_amount": "15.00", "balanced": True, "claims": [claim]}
    got = values(remits.PART, [remits.outcome(case, transaction)])
    assert got["money_exact"] == pytest.approx(2 / 3, abs=1e-6)
    assert got["money_case_exact"] == 0
    assert got["balance_right"] == 1
    assert got["actions_f1"] == pytest.approx(2 / 3, abs=1e-6)
    nothing = values(remits.PART, list(remits.ask(Tool("t", remit=lambda x12: {"transactions": []}), [case])))
    assert nothing["money_exact"] == 0 and nothing["actions_f1"] == 0


def test_billing(tmp_path):
    record = {
        "id": "b1",
        "question": "What does the patient owe?",
        "remit": "CLP*A1*1*485*125.42*78~",
        "must_state": ["\\$78\\.00"],
        "must_not_state": ["fraud"],
        "max_grade": 8,
    }
    spanish = {**record, "id": "b2", "lang": "es"}
    english_case, spanish_case = load_billing(write(tmp_path / "b.jsonl", record, spanish))
    good = billing.outcome(english_case, "You owe $78.00. The plan paid $125.42.")
    bad = billing.outcome(english_case, "You owe $88.00. This is fraud.")
    assert (good["unsupported"], good["stated"], good["easy_enough"]) == (0, 1, True)
    assert (bad["unsupported"], bad["stated"]) == (2, 0)
    got = values(billing.PART, [good, bad, billing.outcome(spanish_case, "Usted debe $78.00.")])
    assert got["unsupported_rate"] == pytest.approx(2 / 5)
    assert got["ease_es"] is not None and got["grade_en"] is not None


def test_a_graver_finding_meets_a_milder_expectation():
    expected = ExpectedFinding(Severity.WARNING, frozenset({"I10"}), "I.C.9.a.2")
    assert expected.met_by("error", frozenset({"I10", "N18.32"}))
    assert expected.met_by("warning", frozenset({"I10"}))
    assert not expected.met_by("info", frozenset({"I10"}))
    assert not expected.met_by("error", frozenset({"N18.32"}))
