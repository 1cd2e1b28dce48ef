"""A sample of `make load`: several people decide at once; nothing is lost, and what is lost would be seen."""

import pytest

from assistant.errors import StoreError
from assistant.review.ledger import Ledger
from assistant.settings import Settings
from tests.chaos.load import Load, run


@pytest.mark.parametrize("apart", [False, True])
def test_what_several_confirm_at_once_is_all_there(settings: Settings, apart: bool) -> None:
    found = run("this one", settings, Load("a sample", 12, 2, 2, apart))
    assert (found.encounters, found.refused, found.lost, found.faults) == (24, {}, 0, 0)


def test_what_was_promised_and_is_gone_is_counted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Ledger.record

    def forgets(ledger: Ledger, encounter: str, *rest: object, **more: object) -> str:
        if encounter == "visit-1-0":
            return "0" * 64
        if encounter == "visit-2-0":
            raise StoreError("busy")
        return real(ledger, encounter, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Ledger, "record", forgets)
    found = run("this one", settings, Load("a sample", 4, 1))
    assert (found.encounters, found.refused, found.lost) == (3, {"busy": 1}, 1)
