"""What is installed is pinned; nothing loads code from data; the container and service files pass their checkers."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {_name(line.split("==")[0]): line.split("==")[1] for line in lines if "==" in line}


def test_everything_installed_is_pinned() -> None:
    pins, own = _pins(), {"superbill", "pip", "setuptools", "wheel"}
    places = [sysconfig.get_paths()[kind] for kind in ("purelib", "platlib")]  # not what a package carries inside
    found = distributions(path=list(dict.fromkeys(places)))
    installed = {_name(one.metadata["Name"]): one.version for one in found if one.metadata["Name"]}
    unpinned = {name for name in installed if name not in pins and name not in own}
    other = {name for name, version in installed.items() if name in pins and version.split("+")[0] != pins[name]}
    assert (unpinned, other) == (set(), set())


def test_constraints_name_no_place_to_download_from() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|@|--hash|index", text)


@pytest.mark.parametrize("package", ["assistant", "corpus", "evals"])
def test_nothing_is_unpickled_or_evaluated(package: str) -> None:
    code = re.compile(
        r"\bpickle\.loads?\(|\btorch\.load\((?![^)]*weights_only=True)|allow_pickle=True|(?<![.\w])(?:eval|exec)\(|yaml\.load\(|shell=True"
    )
    found = [str(path) for path in (ROOT / package).rglob("*.py") if code.search(path.read_text(encoding="utf-8"))]
    assert found == []


def _tool(name: str, path: str | None = None) -> str:
    found = shutil.which(name, path=path) or shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return found


def test_the_container_file_passes_hadolint() -> None:
    linter = _tool("hadolint", str(Path(sys.executable).parent))
    told = subprocess.run([linter, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "")


def test_the_container_runs_as_nobody_and_ends_in_the_page() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER \d+$", last, re.MULTILINE) and "HEALTHCHECK" in last
    assert not re.search(r"https?://(?!127\.0\.0\.1)|:latest", text)


def test_the_service_file_is_valid_and_closed() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = ROOT / "deploy" / "superbill.service"
    told = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    wrong = [line for line in told.stderr.splitlines() if "superbill" in line and "is not executable" not in line]
    assert wrong == []
    text = unit.read_text(encoding="utf-8")
    for line in ("IPAddressDeny=any", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077", "User=superbill"):
        assert f"\n{line}\n" in text


def test_only_the_python_that_tests_run_on_is_declared() -> None:
    import tomllib

    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert said == f">={sys.version_info[0]}.{sys.version_info[1]},<{sys.version_info[0]}.{sys.version_info[1] + 1}"
