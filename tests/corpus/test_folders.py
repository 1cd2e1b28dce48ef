"""Folders that are read while another process replaces them."""

import subprocess
import sys
from pathlib import Path

from corpus.folders import Hold, link_or_copy, retire, sweep


def test_a_held_folder_stays_and_a_free_one_goes(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "file").write_text("x")
    hold = Hold(folder)
    assert not retire(folder)
    assert (folder / "file").read_text() == "x"
    hold.close()
    assert retire(folder)
    assert list(tmp_path.iterdir()) == []


def test_two_readers_hold_one_folder(tmp_path: Path) -> None:
    first, second = Hold(tmp_path), Hold(tmp_path)
    first.close()
    assert not retire(tmp_path)
    second.close()


def test_another_process_holds_until_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    script = (
        "import sys; from pathlib import Path; from corpus.folders import Hold; "
        "hold = Hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout and reader.stdout.readline() == b"held\n"
        assert not retire(folder)
        reader.kill()
    assert retire(folder)


def test_holding_or_retiring_what_is_not_there_is_harmless(tmp_path: Path) -> None:
    Hold(tmp_path / "none").close()
    assert retire(tmp_path / "none")


def test_what_a_killed_removal_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".gone-1" / "deep").mkdir(parents=True)
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_linked_file_replaces_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    link_or_copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "new"
