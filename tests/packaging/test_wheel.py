"""The wheel works outside the checkout: every data file is in it, and the demo runs from an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("assistant", "corpus", "evals")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (found,) = folder.glob("superbill-*.whl")
    return found


def test_every_tracked_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    listed = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    tracked = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    assert not tracked - set(zipfile.ZipFile(wheel).namelist())


def test_the_demo_runs_from_the_installed_wheel(wheel: Path, index_home: Path, tmp_path: Path) -> None:
    site, empty, home = tmp_path / "site", tmp_path / "empty", tmp_path / "home"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    empty.mkdir()
    home.mkdir(mode=0o700)
    (home / "index").symlink_to(index_home / "index", target_is_directory=True)
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(site),
        "SUPERBILL_HOME": str(home),
        "HOME": str(tmp_path),
    }
    where = [sys.executable, "-c", "import assistant, corpus; print(assistant.__file__, corpus.__file__)"]
    found = subprocess.run(where, cwd=empty, env=environ, check=True, capture_output=True, text=True, timeout=60)
    assert all(path.startswith(str(site)) for path in found.stdout.split())
    demo = [sys.executable, str(site / "bin" / "superbill"), "demo"]
    told = subprocess.run(demo, cwd=empty, env=environ, check=False, capture_output=True, text=True, timeout=600)
    assert told.returncode == 0, told.stderr
    for part in ("E11.22", "ISA*", "patient"):
        assert part in told.stdout
    assert not list(empty.iterdir())
