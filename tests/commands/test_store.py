"""`superbill user`, `store`, `audit`, `export`, `purge`, `retention`, as a person uses them."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import main

Run = Callable[..., tuple[int, str, str]]
PASSWORD = "correct horse battery"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit status, stdout and stderr of a command; `typed` is what stands on its standard input."""

    def running(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = main(list(arguments))
        said = capsys.readouterr()
        return status, said.out, said.err

    return running


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("assistant.accounts.passwords._hasher", lambda: hasher)


def test_accounts_from_the_first_to_the_last_command(run: Run) -> None:
    assert "whoever is at this machine has every role" in run("user", "list")[1]
    assert run("user", "add", "Ada", "--roles", "administrator", typed=PASSWORD + "\n")[:2] == (
        0,
        "ada is there now (administrator).\n",
    )
    assert run("user", "add", "cora", "--roles", "coder,biller", typed=PASSWORD + "\n")[0] == 0
    assert run("user", "role", "cora", "--roles", "coder")[0] == 0
    assert run("user", "password", "cora", typed="another long password\n")[0] == 0
    assert run("user", "disable", "cora")[0] == 0
    said = run("user", "list", "--json")[1]
    assert [(user["name"], user["roles"], user["disabled"]) for user in json.loads(said)] == [
        ("ada", ["administrator"], False),
        ("cora", ["coder"], True),
    ]
    assert "disabled" in run("user", "list")[1]
    assert run("user", "enable", "cora")[0] == 0
    actions = [line["action"] for line in json.loads(run("audit", "log", "--json")[1])]
    assert actions == ["user added", "user added", "roles changed", "password changed", "user disabled", "user enabled"]
    assert run("audit", "verify")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        (("user", "add", "ada", "--roles", "boss"), PASSWORD, "A role is one of coder, biller"),
        (("user", "add", "ada", "--roles", "administrator"), "short", "12 to 200 characters"),
        (("user", "add", "ada", "--roles", "coder"), PASSWORD, "first account"),
        (("user", "disable", "nobody"), "", "no account nobody"),
        (("store", "encrypt"), "", "No key is set"),
        (("store", "decrypt"), "", "not encrypted"),
        (("store", "rotate", "--new-key-file", "absent"), "", "not encrypted"),
        (("purge",), "", "Name one patient"),
        (("purge", "p1", "--patient", "p1"), "", "Name one patient"),
        (("purge", "--patient", "p1"), "", "nothing about this patient"),
        (("export", "--out", "/absent/folder/out"), "", "cannot be written"),
        (("audit", "log", "--last", "0"), "", "at least 1"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    run: Run, arguments: tuple[str, ...], typed: str, sentence: str
) -> None:
    status, said, told = run(*arguments, typed=typed)
    assert status == 2 and said == "" and sentence in told and told.count("\n") == 1


def test_a_key_from_its_making_to_its_change(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run("user", "add", "ada", "--roles", "administrator", typed=PASSWORD)
    for file in (first, second):
        assert run("store", "key", "--out", str(file))[0] == 0
        assert file.stat().st_mode & 0o777 == 0o600
    assert run("store", "key", "--out", str(first))[0] == 2, "a key is never written over"
    fee = tmp_path / "fees.csv"
    fee.write_text("code,charge\n99213,100.00\n")
    assert run("claim", "import", str(fee))[0] == 0
    monkeypatch.setenv("SUPERBILL_KEY_FILE", str(first))
    assert run("store", "encrypt")[0] == 0
    assert "encrypted." in run("store", "status")[1]
    assert run("store", "rotate", "--new-key-file", str(second))[0] == 0
    assert "not the one this store was encrypted with" in run("store", "status")[2]
    monkeypatch.setenv("SUPERBILL_KEY_FILE", str(second))
    assert run("store", "decrypt")[0] == 0
    monkeypatch.delenv("SUPERBILL_KEY_FILE")
    said = json.loads(run("store", "status", "--json")[1])
    assert said["encrypted"] is False and said["rows"]["site_fees"] == 1 and said["rows"]["users"] == 1


def test_export_retention_and_upgrade(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "step" in run("store", "upgrade")[1]
    assert "kept for good" in run("retention", "apply")[1]
    monkeypatch.setenv("SUPERBILL_RETENTION_DAYS", "365")
    assert "decisions: kept 365 days, 0 removed" in run("retention", "apply")[1]
    status, said, _ = run("export", "--out", str(tmp_path / "all.zip"), "--json")
    assert status == 0 and (tmp_path / "all.zip").is_file() and json.loads(said)["tables"]["decisions"]["rows"] == 0


def test_what_the_start_of_the_page_does(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.commands.serve import opening
    from assistant.settings import load_settings

    monkeypatch.setenv("SUPERBILL_RETENTION_DECISIONS_DAYS", "1")
    opening(load_settings())
    assert [line["action"] for line in json.loads(run("audit", "log", "--json")[1])] == ["served"]


def test_another_address_needs_accounts(run: Run) -> None:
    from assistant.errors import InputError
    from assistant.settings import load_settings
    from assistant.web.server import checked_host, has_accounts

    assert not has_accounts(load_settings())
    status, _, told = run("serve", "--host", "0.0.0.0")
    assert status == 2 and "superbill user add" in told
    run("user", "add", "ada", "--roles", "administrator", typed=PASSWORD)
    assert has_accounts(load_settings())
    assert checked_host("0.0.0.0", accounts=True) == "0.0.0.0"
    with pytest.raises(InputError, match="not an address"):
        checked_host("example.org", accounts=True)
