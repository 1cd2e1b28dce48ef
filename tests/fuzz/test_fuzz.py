"""A sample of `make fuzz`: every target over its kept inputs and over damaged copies of them, and that faults are seen."""

import json
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import campaign
from tests.fuzz.targets import CORPUS, TARGETS, Target

BITS = (
    b"*",
    b"~",
    b"\n",
    b":",
    b"^",
    b"<",
    b"&",
    b'"',
    b"{",
    b"[",
    b"\\",
    b"\xc2\xb2",
    b"\x00",
    b"\xff",
    b"-1",
    b"1e9",
    b"ISA*00*",
)


@pytest.fixture(autouse=True)
def watched() -> Iterator[None]:
    before = signal.getsignal(signal.SIGVTALRM)
    campaign.watch()
    yield
    signal.signal(signal.SIGVTALRM, before)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """`data` with a few bytes changed, cut, doubled or put in."""
    made = bytearray(data[:3000])
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            made[at:at] = chance.choice(BITS)
        elif kind == 1:
            del made[at : at + chance.randint(1, 20)]
        elif kind == 2:
            made[at:at] = made[at : at + chance.randint(1, 40)]
        elif at < len(made):
            made[at] = chance.randrange(256)
    return bytes(made)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_kept_and_damaged_inputs_are_answered_as_promised(target: Target) -> None:
    seeds = target.seeds()
    assert len(seeds) >= 2
    chance = random.Random(f"20261123-{target.name}")
    rounds = 25 if target.name in ("note", "masking", "word", "pdf") else 100
    inputs = [*seeds, *(damaged(chance.choice(seeds), chance) for _ in range(rounds))]
    assert [(data, said) for data in inputs if (said := campaign.judge(target, data))] == []


def test_a_fault_is_seen_named_and_kept_once(tmp_path: Path) -> None:
    def breaks(data: bytes) -> None:
        int(data.decode("latin-1"))

    target = Target("broken", breaks, (), ())
    assert campaign.judge(target, b"7") == ""
    for data in ("²".encode("latin-1"), b"x"):
        campaign.keep_finding(tmp_path, target.name, data, campaign.judge(target, data))
    (kept,) = tmp_path.glob("*.bin")
    assert kept.read_bytes() == "²".encode("latin-1")
    assert "ValueError" in kept.with_suffix(".txt").read_text().splitlines()[0]


def test_a_hang_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "SLOW", 0.05)

    def hangs(data: bytes) -> None:
        while True:
            pass

    assert "SlowError" in campaign.judge(Target("slow", hangs, (), ()), b"")


def test_figures_of_turns_add_up_over_campaigns(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    for status in (0, 1):
        campaign.add(results, "note", {"executions": 500, "faults": status, "cpu": 1.5}, 2.0, status)
    assert campaign.total(results) == 1000
    assert campaign.read(results)["targets"]["note"] == {
        "executions": 1000,
        "cpu_seconds": 3.0,
        "seconds": 4.0,
        "faults": 1,
        "broken_turns": 1,
    }


def test_the_kept_corpus_is_small_and_every_folder_has_a_target() -> None:
    kinds = {kind for target in TARGETS for kind in target.kinds}
    assert {path.name for path in CORPUS.iterdir()} == kinds
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 300_000


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.text(max_size=8) | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_a_line_that_is_read_or_refused(value: object) -> None:
    lines = next(target for target in TARGETS if target.name == "lines")
    assert campaign.judge(lines, json.dumps(value).encode()) == ""
