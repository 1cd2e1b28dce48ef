"""The first suite on the real engine and index: what must hold whatever the accuracy is."""

from evals import runner
from evals.baseline import open_baseline
from evals.suites import suite
from evals.superbill import superbill


def test_the_first_suite_keeps_the_contract_and_repeats(services, index_home):
    tools = [superbill(services), open_baseline(index_home / "index")]
    first, second = (
        runner.run("first", suite("first"), tools, resamples=50, progress=lambda i, n, t: i) for _ in range(2)
    )
    assert first["predictions_sha256"] == second["predictions_sha256"]
    for tool in ("superbill", "baseline"):
        metrics = first["parts"]["notes"]["tools"][tool]["metrics"]
        assert metrics["failed_notes"]["value"] == 0
        assert metrics["invalid_code_rate"]["value"] == 0
        assert metrics["evidence_verbatim"]["value"] == 1
    ours, naive = (first["parts"]["notes"]["tools"][tool]["metrics"]["micro_f1"] for tool in ("superbill", "baseline"))
    assert ours["value"] > naive["value"]


def test_money_is_exact(services):
    record = runner.run("remit", suite("remit"), [superbill(services)], resamples=50, progress=lambda i, n, t: i)
    metrics = record["parts"]["remit"]["tools"]["superbill"]["metrics"]
    assert {name: row["value"] for name, row in metrics.items()} == {
        "money_exact": 1,
        "money_case_exact": 1,
        "balance_right": 1,
        "actions_f1": 1,
    }


def test_checks_and_remittances_reach_the_engines(services):
    tool = superbill(services)
    line = {"codes": ["E11"], "setting": "outpatient", "date_of_service": "2026-02-02", "sex": "unknown", "age": None}
    assert any(finding["severity"] == "error" and finding["codes"] == ["E11"] for finding in tool.check(line))
    assert tool.remit("ISA*00*")["transactions"] == []
