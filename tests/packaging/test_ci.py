"""What CI asks about the packages: advisories against the pins, and that the bill of materials lists everything."""

import datetime as dt
import json
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from corpus.errors import CorpusError
from corpus.index import encoder

CI = Path(__file__).resolve().parents[2] / ".ci"


def program(name: str) -> ModuleType:
    loader = SourceFileLoader(f"ci_{name}", str(CI / name))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    module = module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


def audited(monkeypatch: pytest.MonkeyPatch, folder: Path, *found: dict[str, Any], row: str = "") -> int:
    """The audit's status when the advisory service answers with `found` and the exceptions are `row`."""
    audit = program("audit")
    (folder / "audit-exceptions.tsv").write_text(f"id\tpackage\tdate\treason\n{row}\n")
    monkeypatch.setattr(audit, "HERE", folder)
    said = SimpleNamespace(stdout=json.dumps({"dependencies": found}))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    status: int = audit.main()
    return status


def test_an_advisory_stops_unless_it_is_a_fresh_exception_for_that_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {"name": "chromadb", "version": "1", "vulns": [{"id": "PYSEC-1", "aliases": ["GHSA-1"], "fix_versions": []}]}
    today, long_ago = dt.date.today(), dt.date.today() - dt.timedelta(days=200)
    assert audited(monkeypatch, tmp_path, {"name": "numpy", "version": "1", "vulns": []}) == 0
    assert audited(monkeypatch, tmp_path, bad) == 1
    assert audited(monkeypatch, tmp_path, bad, row=f"GHSA-1\tchromadb\t{today}\tnever started") == 0
    assert audited(monkeypatch, tmp_path, bad, row=f"GHSA-1\tchromadb\t{long_ago}\tnever started") == 1
    assert audited(monkeypatch, tmp_path, bad, row=f"GHSA-1\tnumpy\t{today}\tnever started") == 1
    capsys.readouterr()
    assert audited(monkeypatch, tmp_path, {"name": "numpy", "skip_reason": "unknown", "vulns": []}) == 0
    assert "SKIPPED" in capsys.readouterr().out, "nothing was looked up, and the line says so"


def test_every_exception_names_a_pinned_package_with_a_reason() -> None:
    pins = (CI.parent / "constraints.txt").read_text(encoding="utf-8")
    lines = (CI / "audit-exceptions.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for advisory, package, date, reason in (line.split("\t") for line in lines):
        assert f"{package}==" in pins and len(reason) > 20 and dt.date.fromisoformat(date), advisory


def test_what_is_installed_and_not_in_the_bill_of_materials_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    materials, bill = program("materials"), tmp_path / "bill.json"
    bill.write_text(json.dumps({"bomFormat": "CycloneDX", "components": [{"name": "numpy", "version": "0.1"}]}))
    assert materials.main(bill) == 1
    told = capsys.readouterr().out
    assert f"numpy {version('numpy')} is installed and not listed" in told and "pytest" in told
    bill.write_text("{}")
    assert materials.main(bill) == 1 and "no CycloneDX" in capsys.readouterr().out


def test_weights_with_another_digest_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(encoder, "weights_dir", lambda: tmp_path)
    with pytest.raises(CorpusError, match="have sha256"):
        encoder.verified_weights()
    monkeypatch.undo()
    assert encoder.verified_weights().name == "model"
    graph = tmp_path / "graph.onnx"
    graph.write_bytes(b"changed")
    with pytest.raises(CorpusError, match="changed after it was built"):
        encoder.OnnxEncoder(graph, "0" * 64)
