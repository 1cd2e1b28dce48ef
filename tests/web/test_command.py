"""`superbill serve` as a process: it serves, and ends cleanly when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]


def test_app_serves_and_leaves_no_upload_folder(indexed_home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port)]
    environment = {**os.environ, "SUPERBILL_HOME": str(indexed_home)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert _answer(f"http://127.0.0.1:{port}/", process) == 200
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "Superbill is on" in said and said.rstrip().endswith("Stopped.")
    assert list(indexed_home.glob("uploads-*")) == []


def _answer(url: str, process: "subprocess.Popen[str]") -> int:
    """The status of the page, once it is up."""
    until = time.monotonic() + 180
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url) as answer:
                return int(answer.status)
        except URLError:
            time.sleep(0.3)
    raise AssertionError("the page did not come up")
