"""A full run of the chain with marked names: none of them in logs, errors, temporary files, or the encrypted store."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

import corpus.samples
from assistant.cli import main
from assistant.services import Services
from assistant.settings import Settings, load_settings
from assistant.store.keys import new_site_key

SAMPLES = Path(corpus.samples.__file__).parent
MARK = "ZQX"
"""No word of any list holds it."""
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    indexed_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    services: Services,
) -> Run:
    """A command's exit status and stdout; stderr must be without marks. Temporary files go to a folder of the test's."""

    def opened(settings: Settings | None = None, quiet: bool = False) -> Services:
        # The codes and the encoder of the session's services: opening them anew for every command takes the time.
        made = Services(settings or load_settings(), quiet=True)
        vars(made)["catalog"] = services.catalog
        return made

    monkeypatch.setattr(Services, "open", opened)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("SUPERBILL_LOG", str(tmp_path / "log.jsonl"))
    monkeypatch.delenv("SUPERBILL_DEBUG", raising=False)

    def running(*arguments: str) -> tuple[int, str]:
        status = main(list(arguments))
        said = capsys.readouterr()
        assert MARK not in said.err, arguments
        return status, said.out

    return running


def marked(folder: Path) -> tuple[Path, Path, Path]:
    """The shipped visit with marks in the note, the patient, the subscriber and the remittance."""
    note, details, paid = (folder / name for name in ("note.txt", "details.json", "paid.835"))
    text = (SAMPLES / "office_visit.txt").read_text(encoding="utf-8")
    note.write_text(f"{text}\nSUBJECTIVE: Mrs {MARK}NAME of {MARK}TOWN says so herself.\n", encoding="utf-8")
    told = json.loads((SAMPLES / "office_visit.details.json").read_text(encoding="utf-8"))
    told["patient"] |= {"id": f"{MARK}PATIENT", "last_name": f"{MARK}NAME", "first_name": f"{MARK}FIRST"}
    told["subscriber"] = told.get("subscriber") or {}
    told["coverage"] = told.get("coverage") or {}
    details.write_text(json.dumps({key: value for key, value in told.items() if value}), encoding="utf-8")
    segments = (SAMPLES / "office_visit.835").read_text(encoding="utf-8").split("~")
    for at, segment in enumerate(segments):
        if segment.strip().startswith("NM1*QC"):
            head, *parts = segment.split("*")
            parts[2:4] = [f"{MARK}NAME", f"{MARK}FIRST"]
            parts[-1] = f"{MARK}MEMBER"
            segments[at] = "*".join([head, *parts])
    paid.write_text("~".join(segments), encoding="utf-8")
    return note, details, paid


def chain(run: Run, folder: Path) -> None:
    """Note, decisions, claim, remittance, letter, work list, payment of the patient's own, and what is asked of them."""
    note, details, paid = marked(folder)
    status, said = run("suggest", str(note), "--date", "2026-11-09", "--json")
    assert status == 0 and MARK not in json.loads(said)["id"]
    (folder / "suggestions.json").write_text(said, encoding="utf-8")
    codes = [item["code"] for item in json.loads(said)["suggestions"] if not item["selected"]]
    rejected = f"{codes[0]}={MARK}REASON of the coder"
    given = ("--accept", "selected", "--reject", rejected, "--details", str(details), "--out", str(folder / "e.json"))
    assert run("confirm", str(folder / "suggestions.json"), *given)[0] == 0
    assert run("claim", "draft", str(folder / "e.json"), "--out", str(folder / "c.837"))[0] in (0, 1)
    assert f"{MARK}NAME" in (folder / "c.837").read_text()
    assert run("remit", "post", str(paid))[0] in (0, 1)
    _, found = run("remit", "find", f"{MARK}NAME", "--json")
    claim = json.loads(found)["claims"][0]["control_number"]
    assert run("remit", "receipt", claim, "5.00", "--note", f"{MARK}RECEIPT")[0] == 0
    _, listed = run("remit", "worklist", "--status", "all", "--json")
    for item in json.loads(listed)["items"][:1]:
        assert run("remit", "worklist", "--set", str(item["number"]), "--note", f"{MARK}WORK")[0] == 0
    assert run("remit", "letter", str(paid), "--claim", claim, "--out", str(folder / "letter.pdf"))[0] in (0, 1)
    for asked in (
        ("remit", "balances"),
        ("remit", "ledger", claim),
        ("remit", "explain", str(paid)),
        ("claim", "scrub", str(folder / "e.json")),
        ("ask", f"Why does {MARK}NAME owe anything?", "--remit", str(paid)),
        ("ask", f"Why was {MARK}NAME of {MARK}TOWN not coded for gout?", "--note", str(note)),
        ("ask", f"What does {MARK}NAME owe?"),
    ):
        assert run(*asked)[0] in (0, 1)


def failures(run: Run, folder: Path) -> None:
    """Every station given marked rubbish."""
    rubbish = folder / "rubbish"
    rubbish.write_bytes(f"{MARK}NAME \x00 {{".encode() * 30)
    broken = folder / "broken.json"
    broken.write_text(json.dumps({"id": f"{MARK}", "suggestions": [{"code": f"{MARK}CODE"}]}))
    wrong = folder / "wrong.json"
    wrong.write_text(
        json.dumps({"patient": {"last_name": [f"{MARK}NAME"], "sex": f"{MARK}SEX"}, "diagnoses": f"{MARK}"})
    )
    out = str(folder / "none")
    for asked in (
        ("suggest", str(rubbish)),
        ("confirm", str(broken), "--accept", "all", "--out", out),
        ("confirm", str(folder / "suggestions.json"), "--accept", "all", "--details", str(wrong), "--out", out),
        ("claim", "draft", str(wrong), "--out", out),
        ("claim", "scrub", str(rubbish)),
        ("claim", "ack", str(rubbish)),
        ("remit", "read", str(rubbish)),
        ("remit", "post", str(rubbish)),
        ("remit", "explain", str(rubbish)),
        ("restore", str(rubbish)),
    ):
        assert run(*asked)[0] in (1, 2), asked
    run("suggest", "--notes", str(rubbish), "--out", out)


def left_behind(folder: Path) -> list[str]:
    """Files of a folder that hold a mark, by content or name; the index, which is shared, apart."""
    files = [path for path in folder.rglob("*") if path.is_file() and "index" not in path.relative_to(folder).parts]
    return [path.name for path in files if MARK in str(path) or MARK.encode() in path.read_bytes()]


def test_nothing_marked_is_left_behind(
    run: Run, indexed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERBILL_KEY", new_site_key())
    folder = tmp_path / "work"
    folder.mkdir()
    chain(run, folder)
    failures(run, folder)
    assert left_behind(indexed_home) == []
    assert left_behind(tmp_path / "tmp") == []
    logged = (tmp_path / "log.jsonl").read_text()
    assert len(logged.splitlines()) >= 20 and MARK not in logged
    assert (tmp_path / "log.jsonl").stat().st_mode & 0o777 == 0o600
    status, trail = run("audit", "log")
    assert status == 0 and "import" in trail and MARK not in trail
    assert run("audit", "verify")[0] == 0
    status, said = run("purge", f"{MARK}PATIENT")
    assert status == 0 and "remittance answer" in said
    assert run("audit", "verify")[0] == 0
    assert f"{MARK}" not in run("remit", "balances")[1]


def test_without_a_key_the_store_alone_holds_them(run: Run, indexed_home: Path, tmp_path: Path) -> None:
    """That the marks are looked for where they would be, and that a purge takes them out of a store without a key too."""
    folder = tmp_path / "work"
    folder.mkdir()
    chain(run, folder)
    held = set(left_behind(indexed_home))
    assert "superbill.db" in held or "superbill.db-wal" in held
    assert left_behind(tmp_path / "tmp") == []
    assert run("purge", f"{MARK}PATIENT")[0] == 0
    assert left_behind(indexed_home) == []


def test_an_unforeseen_error_tells_its_place_and_nothing_it_met(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meets(*_: object) -> int:
        raise ValueError(f"{MARK}NAME is no number")

    monkeypatch.setattr("assistant.commands.store.verify", meets)
    assert run("audit", "verify")[0] == 2
    last = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0])
    assert (last["event"], last["error"]) == ("fault", "ValueError")
    monkeypatch.setenv("SUPERBILL_DEBUG", "1")
    with pytest.raises(ValueError, match=MARK):
        main(["audit", "verify"])


def test_the_log_takes_ids_alone(tmp_path: Path) -> None:
    from assistant.log import log

    place = str(tmp_path / "log")
    with pytest.raises(ValueError, match="patient"):
        log(place, "x", patient="Doe")
    log(place, "x", who="ada", count=3, seconds=0.12345, where="Mrs Doe said so")
    log("", "x", who="ada")
    said = json.loads(Path(place).read_text())
    assert (said["who"], said["count"], said["seconds"], said["where"]) == ("ada", 3, 0.123, "?")
