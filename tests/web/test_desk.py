"""The tabs that the server draws, asked as the browser asks, without one."""

import base64
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from assistant.accounts.principal import Principal, Role
from assistant.web.admin import AdminDesk
from assistant.web.biller import BillerDesk
from assistant.web.desk import Desk, desk_function
from assistant.web.door import PERSON
from assistant.web.evaluator import EvaluatorDesk
from tests.web.waiting import finished

if TYPE_CHECKING:
    from assistant.services import Services


def ask(desk: Desk[Any], what: str, who: Principal | None = None, key: str = "", **said: Any) -> dict[str, Any]:
    request = SimpleNamespace(scope={PERSON: who} if who else {})
    call = desk_function(desk)({"do": what, "key": key, "lang": "en", **said}, request)  # type: ignore[arg-type]
    return finished(call)  # type: ignore[arg-type]


@pytest.mark.parametrize("made", [BillerDesk, EvaluatorDesk, AdminDesk])
def test_without_the_role_a_tab_shows_and_does_nothing(made: Any, own_services: "Services") -> None:
    desk = made(own_services)
    coder = Principal("dana", frozenset({Role.CODER}))
    for what in ("hello", *desk.works()):
        answer = ask(desk, what, coder)
        assert answer.get("error") and "needs the role" in answer["told"] and not answer.get("panels")


def test_a_person_who_signed_in_finds_their_own_again_and_nobody_elses(own_services: "Services") -> None:
    desk = BillerDesk(own_services)
    dana, amara = (Principal(name, frozenset({Role.BILLER})) for name in ("dana", "amara"))
    key = ask(desk, "hello", dana)["key"]
    ask(desk, "samples", dana, key)
    assert "office_visit.835" in ask(desk, "hello", dana, "another tab")["shell"]
    assert "office_visit.835" not in ask(desk, "hello", amara, key)["shell"]


def test_a_key_that_is_not_known_any_more_says_so(own_services: "Services") -> None:
    answer = ask(BillerDesk(own_services), "open", key="from yesterday", values={"place": "0"})
    assert "no longer holds" in answer["told"] and answer["key"] != "from yesterday" and answer["shell"]


def test_what_a_page_may_not_send_is_told_in_one_sentence(own_services: "Services") -> None:
    desk = BillerDesk(own_services)
    key = ask(desk, "hello")["key"]
    assert "is not there" in ask(desk, "__init__", key=key)["told"]
    assert "did not work" in ask(desk, "drop", key=key, files=[{"name": "x", "data": "not base64!"}])["told"]
    assert "no longer open" in ask(desk, "open", key=key, values={"place": "99"})["told"]
    assert "no longer open" in ask(desk, "open", key=key, values={"place": ["a"]})["told"]
    receipt = {"claim": "DEMO1001", "amount": "-5", "back": ""}
    assert "above zero" in ask(desk, "receive", key=key, values=receipt)["told"]
    broken = ask(desk, "drop", key=key, files="nonsense")
    assert "No file arrived" in broken["told"]


def test_an_answer_goes_through_json_and_the_same_file_is_read_once(own_services: "Services") -> None:
    from assistant.web.samples import sample_remittances

    desk = BillerDesk(own_services)
    key = ask(desk, "hello")["key"]
    files = [{"name": name, "data": base64.b64encode(data).decode()} for name, data in sample_remittances()[:1]]
    first = ask(desk, "drop", key=key, files=files)
    again = ask(desk, "drop", key=key, files=files)
    assert json.loads(json.dumps(first)) == first
    assert "not read twice" in again["told"] and first["panels"]["sb-claims"] == again["panels"]["sb-claims"]


def test_the_claims_that_were_sent_tell_which_answers_match_none(own_services: "Services") -> None:
    import datetime as dt
    from dataclasses import replace

    from assistant.claim.draft import draft_claim
    from assistant.record import to_record
    from assistant.review.confirmation import confirm
    from assistant.web.payments import Payments
    from assistant.web.samples import SAMPLE_DATE, sample_details, sample_note, sample_remittances

    line = {"id": "sent", "text": sample_note(), "date_of_service": SAMPLE_DATE}
    record = to_record(own_services.suggest_line(line)) | {"date_of_service": dt.date.fromisoformat(SAMPLE_DATE)}
    drafted = confirm(record, own_services.codebook, accept="selected", details=sample_details())
    claim = draft_claim(replace(drafted.encounter, control_number="DEMO1001"))
    read = Payments.read(sample_remittances())
    known = Payments.of(read.files, (claim,))
    assert read.counts()["unmatched"] == 0
    assert known.counts()["unmatched"] == len(known.rows) - 1
    assert [row.claim.control_number for row in known.rows if row.sent] == ["DEMO1001"]
