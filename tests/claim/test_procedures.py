"""Procedure codes against what a site has imported: nothing imported proves nothing, a release answers for its own days."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.claim.procedures import ProcedureBooks
from corpus.catalog import Catalog
from corpus.codes import CodeSystem, Release

DAY = dt.date(2026, 11, 9)


class Shelf:
    """A catalog with one imported edition of a system; `withdrawn` codes are in the file and not valid on any day."""

    def __init__(self, system: CodeSystem, starts: str, ends: str, codes: str, withdrawn: str = "") -> None:
        release = Release(system, "2026", "A release", "A source", starts, ends)
        self._editions = {system: (SimpleNamespace(release=release, folder=Path("x")),)}
        self._codes, self._withdrawn = codes.split(), withdrawn.split()

    def editions(self, system: CodeSystem) -> Any:
        return self._editions.get(system, (SimpleNamespace(release=None, folder=None),))

    def book_of(self, edition: Any) -> Any:
        return SimpleNamespace(
            get=lambda code: code if code in self._codes else None,
            valid_on=lambda code, date: False if code in self._withdrawn else None,
        )


@pytest.mark.parametrize(
    ("starts", "ends", "code", "answer"),
    [
        ("2026-01-01", "2026-12-31", "99214", True),
        ("2026-01-01", "2026-12-31", "99999", False),
        ("2026-01-01", "2026-12-31", "99201", False),
        ("", "", "99999", False),
        ("2025-01-01", "2025-12-31", "99999", None),
        ("2027-01-01", "", "99999", None),
        ("2026-01-01", "2026-12-31", "J1885", None),
    ],
)
def test_a_release_answers_for_its_days_and_its_system(starts: str, ends: str, code: str, answer: bool | None) -> None:
    books = ProcedureBooks(Shelf(CodeSystem.CPT, starts, ends, "99214 99201", "99201"))  # type: ignore[arg-type]
    assert books(code, DAY) is answer
    assert books(code, DAY) is answer


def test_the_selection_that_ships_proves_nothing(tmp_path: Path) -> None:
    books = ProcedureBooks(Catalog(tmp_path))
    assert books("J1885", DAY) is None and books("J9998", DAY) is None and books("99214", DAY) is None
