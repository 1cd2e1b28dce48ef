"""The program without the conversation: the folder taken away, the commands and the page still there."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_commands_and_page_work_with_chat_deleted(tmp_path: Path) -> None:
    skipped = shutil.ignore_patterns("chat", "__pycache__", "*.jsonl", "annotations", "notes")
    for name in ("assistant", "corpus", "evals"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skipped)
    script = (
        "import assistant, sys, pathlib; assert pathlib.Path(assistant.__file__).parent.parent == pathlib.Path.cwd()\n"
        "from assistant.cli import main\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n    main(['--help'])\n"
        "assert main(['schema', 'claim', '--json']) == 0\n"
        "assert main(['ask', 'what is I10?']) == 2\n"
        "import assistant.web.page\n"
    )
    environment = {"PYTHONPATH": str(tmp_path), "SUPERBILL_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "not part of this installation" in done.stderr
