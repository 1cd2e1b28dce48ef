"""docs/trust.md says what the result files say."""

import json

import pytest

from tests.chaos import table
from tests.fuzz.targets import TARGETS


def test_the_page_is_what_the_results_give() -> None:
    if not all(path.is_file() for path in (table.CHAOS, table.FUZZ, table.LOAD)):
        pytest.fail("run `make chaos`, `make fuzz` and `make load` once; their results belong to the checkout")
    page = table.PAGE.read_text(encoding="utf-8")
    made = table.table(*(json.loads(path.read_text()) for path in (table.CHAOS, table.FUZZ, table.LOAD)))
    assert table.written(page, made) == page, "run `python -m tests.chaos.table`"


def test_the_kept_results_show_at_least_200_kills_and_no_fault() -> None:
    found = json.loads(table.CHAOS.read_text())
    assert sum(row["kills"] for row in found["kills"].values()) >= 200
    assert [row["faults"] for kind in ("kills", "doors") for row in found[kind].values() if row["faults"]] == []
    assert set(json.loads(table.FUZZ.read_text())["targets"]) <= {target.name for target in TARGETS}


def test_the_kept_loads_lost_nothing() -> None:
    rows = json.loads(table.LOAD.read_text())["rows"]
    assert {row["database"].partition(",")[0] for row in rows} == {"SQLite", "PostgreSQL"}
    assert max(row["writers"] for row in rows) >= 200
    assert [row for row in rows if row["lost"] or row["faults"]] == []
