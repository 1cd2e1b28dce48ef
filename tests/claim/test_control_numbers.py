"""Control numbers: in order, shared by processes, and never twice, whatever is killed."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from assistant.claim.control_numbers import LAST, ControlNumbers
from assistant.errors import StoreError
from assistant.settings import Settings, load_settings
from assistant.store.engine import open_store

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = textwrap.dedent(
    """
    from assistant.claim.control_numbers import ControlNumbers
    from assistant.store.engine import open_store
    from assistant.settings import load_settings

    numbers = ControlNumbers(open_store(load_settings()))
    for _ in range(LOOPS):
        print(numbers.reserve("interchange"), flush=True)
    """
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"SUPERBILL_HOME": str(tmp_path / "home")})


def start(settings: Settings, loops: int) -> "subprocess.Popen[str]":
    env = {**os.environ, "SUPERBILL_HOME": str(settings.home), "PYTHONPATH": str(ROOT)}
    code = SCRIPT.replace("LOOPS", str(loops))
    return subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)


def test_numbers_rise_and_kinds_are_apart(settings: Settings) -> None:
    numbers = ControlNumbers(open_store(settings))
    assert [numbers.reserve("claim"), numbers.reserve("claim", 5), numbers.reserve("claim")] == [1, 2, 7]
    assert numbers.reserve("group") == 1
    assert ControlNumbers(open_store(settings)).reserve("claim") == 8


def test_two_processes_never_get_the_same_number(settings: Settings) -> None:
    ControlNumbers(open_store(settings))
    children = [start(settings, 40) for _ in range(2)]
    said = [line for child in children for line in child.communicate()[0].split()]
    assert len(said) == len(set(said)) == 80


def test_a_kill_never_gives_a_number_twice(settings: Settings) -> None:
    said: list[str] = []
    for count in (2, 9, 4):
        child = start(settings, 10_000)
        assert child.stdout is not None
        said += [child.stdout.readline().strip() for _ in range(count)]
        child.send_signal(signal.SIGKILL)
        said += child.communicate()[0].split("\n")[:-1]
    following = ControlNumbers(open_store(settings)).reserve("interchange")
    assert len(said) == len(set(said)) and following > max(map(int, said))


def test_the_end_of_the_numbers_is_told(settings: Settings) -> None:
    numbers = ControlNumbers(open_store(settings))
    numbers.reserve("group", LAST)
    with pytest.raises(StoreError, match="used up"):
        numbers.reserve("group")


def test_counters_can_be_raised_and_never_fall(settings: Settings) -> None:
    numbers = ControlNumbers(open_store(settings))
    numbers.reserve("claim", 10)
    numbers.raise_to({"claim": 3, "group": 4})
    assert numbers.used() == {"claim": 10, "group": 4}
