"""`superbill corpus build` and `info`, and which commands pay for an index."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli import main
from corpus.systems import icd10cm
from corpus.systems import system as system_of
from corpus.systems.system import System
from tests.corpus.small import FakeEncoder, edition

HEAVY = ("chromadb", "onnxruntime", "sentence_transformers", "torch", "litellm", "gradio")


@pytest.fixture
def small(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose only packaged release is a small one, and an encoder that needs no model."""
    from corpus.catalog import Catalog
    from corpus.codes import CodeSystem

    monkeypatch.setattr(icd10cm, "lexicon_terms", lambda: iter(()))
    for which in CodeSystem:
        found: System = system_of(which)
        here = which is CodeSystem.ICD10CM
        monkeypatch.setattr(found, "packaged", lambda here=here: edition() if here else None)
    plain = Catalog.__init__
    monkeypatch.setattr(Catalog, "__init__", lambda self, folder: plain(self, folder, FakeEncoder()))
    return home


def test_build_makes_every_index_once(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "build"]) == 0
    assert "Built the index of ICD-10-CM FY2026" in capsys.readouterr().out
    assert main(["corpus", "build"]) == 0
    assert "is current: 3 codes, 4 terms" in capsys.readouterr().out
    assert main(["corpus", "build", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["release"], answer["rows"]) == ("ICD-10-CM FY2026", 4)
    assert [one["system"] for one in answer["indexes"]] == ["icd10cm"]


def test_info_lists_releases_and_what_is_not_loaded(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from corpus.catalog import Catalog

    main(["corpus", "build"])
    Catalog(small).install(edition(name="FY2027", starts="2026-10-01", ends="2027-09-30"), quiet=True)
    capsys.readouterr()
    assert main(["corpus", "info", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    first, second = answer["releases"]
    assert (first["release"], first["origin"], first["index"]) == ("FY2026", "packaged", "current")
    assert (second["release"], second["origin"], second["index"]) == ("FY2027", "imported", "current")
    assert (second["starts"], second["ends"]) == ("2026-10-01", "2027-09-30")
    assert second["counts"] == {"codes": 4, "billable": 3, "notes": 0, "index_terms": 0}
    assert len(second["sources"]["content sha256"]) == 64
    assert "AMA" in answer["not_loaded"]["cpt"]
    assert main(["corpus", "info"]) == 0
    assert "in force 2026-10-01 to 2027-09-30" in capsys.readouterr().out


def test_info_without_an_index_says_what_to_do(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "info"]) == 2
    assert "superbill corpus build" in capsys.readouterr().err


def test_build_removes_indexes_of_releases_that_are_gone(small: Path) -> None:
    from corpus.catalog import Catalog
    from corpus.codes import CodeSystem
    from corpus.editions import remove

    main(["corpus", "build"])
    catalog = Catalog(small)
    catalog.install(edition(name="FY2027", starts="2026-10-01", ends="2027-09-30"), quiet=True)
    folders = small / "index" / "icd10cm"
    assert len([path for path in folders.iterdir() if path.is_dir()]) == 2
    remove(catalog.shelf, CodeSystem.ICD10CM, "FY2027")
    main(["corpus", "build"])
    assert len([path for path in folders.iterdir() if path.is_dir()]) == 1


def test_an_import_is_undone(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from corpus.catalog import Catalog
    from corpus.codes import CodeSystem

    main(["corpus", "build"])
    catalog = Catalog(small)
    catalog.install(edition(name="FY2027", starts="2026-10-01", ends="2027-09-30"), quiet=True)
    catalog.install(edition("2"), quiet=True)  # stands in for the packaged one
    capsys.readouterr()
    assert main(["corpus", "remove", "icd10cm", "fy2027"]) == 0
    assert capsys.readouterr().out == "Removed ICD-10-CM FY2027.\nICD-10-CM FY2026 answers for its dates now.\n"
    assert [one.release.name for one in catalog.editions(CodeSystem.ICD10CM)] == ["FY2026"]
    assert len([path for path in (small / "index" / "icd10cm").iterdir() if path.is_dir()]) == 1
    assert main(["corpus", "remove", "icd10cm", "FY2026", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"] == "ICD-10-CM FY2026"
    (left,) = catalog.editions(CodeSystem.ICD10CM)
    assert left.folder is None


def test_what_cannot_be_removed_is_said(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "remove", "icd10cm", "FY2026"]) == 2
    assert "ICD-10-CM FY2026 came with Superbill" in capsys.readouterr().err
    assert main(["corpus", "remove", "icd10cm", "FY1999"]) == 2
    assert "imported are: none" in capsys.readouterr().err
    assert main(["corpus", "remove", "cpt", "2027"]) == 2
    assert "cpt" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["check", "E11.22", "N18.32"], ["remit", "worklist", "--help"]])
def test_light_commands_open_no_index(index_home: Path, arguments: list[str]) -> None:
    script = (
        "import sys\nfrom assistant.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        f"heavy = set({HEAVY!r}) & set(sys.modules)\nassert not heavy, heavy"
    )
    environment = {**os.environ, "SUPERBILL_HOME": str(index_home)}
    done = subprocess.run([sys.executable, "-c", script, *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
