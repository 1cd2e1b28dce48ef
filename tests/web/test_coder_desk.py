"""What the coder's page is told: who may use it, how a claim stands, and the sample from the start."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from assistant.accounts.principal import Principal, Role
from assistant.web.coder import server_functions
from assistant.web.coder_desk import TABS, CoderDesk
from assistant.web.coder_view import claim_html
from assistant.web.coder_worklist import Worklist
from assistant.web.door import PERSON
from assistant.web.submission import Submission, standing_of
from tests.web.waiting import finished

if TYPE_CHECKING:
    from assistant.services import Services


@pytest.mark.parametrize(
    ("roles", "home"), [((Role.BILLER,), "biller"), ((Role.ADMINISTRATOR, Role.EVALUATOR), "evaluator"), ((), "")]
)
def test_somebody_who_is_no_coder_is_sent_to_their_own_tab(
    services: "Services", roles: tuple[Role, ...], home: str
) -> None:
    hello = {one.__name__: one for one in server_functions(CoderDesk(services))}["hello"]
    request: Any = SimpleNamespace(scope={PERSON: Principal("bill", frozenset(roles))})
    answer = finished(hello({}, request))
    assert "coder" in answer["error"] and "key" not in answer
    assert (answer["home"], answer["person"]["name"]) == (home, "bill")
    assert set(answer["tabs"]) == {TABS[role] for role in roles}, "no other tab is shown"


def test_a_coder_is_named_and_gets_a_worklist(services: "Services") -> None:
    hello = {one.__name__: one for one in server_functions(CoderDesk(services))}["hello"]
    request: Any = SimpleNamespace(scope={PERSON: Principal("cora", frozenset({Role.CODER}))})
    answer = finished(hello({}, request))
    assert answer["key"] and answer["person"] == {"name": "cora", "leave": "Log out"}
    assert answer["tabs"] == ["coder"]


def test_the_sample_is_read_before_anybody_asks(services: "Services") -> None:
    desk = CoderDesk(services)
    desk.prepare()
    desk.intake.sample_read.result(timeout=60)
    key = desk.hello({}, "")["key"]
    visit = desk.intake.sample({"key": key}, "")["added"][0]
    worklist: Worklist = desk.room.lists.find("", key)
    assert worklist.get(visit).answer.done(), "nobody waits for it"
    assert desk.opened({"key": key, "id": visit}, "")["items"]


def test_nothing_of_the_rehearsal_stays(services: "Services") -> None:
    desk = CoderDesk(services)
    desk.rehearse()
    assert not any(found.jobs() for found in desk.room.lists._lists.values())


def test_what_the_payer_answered_stands_beside_the_claim(own_services: "Services") -> None:
    from assistant.claim.history import ClaimHistory, SentClaim

    sent = SentClaim("SB77", "visit-77", "837p", "P1", 1, 1, "0001", "accepted", "PAYER-9", "2026-11-09T10:00:00+00:00")
    ClaimHistory(own_services.engine).add(sent)
    claim: Any = SimpleNamespace(control_number="SB77", total=None, diagnoses=(), lines=())
    encounter: Any = SimpleNamespace(confirmation="0" * 64, facility=None, accept_modifiers=(), diagnoses=())
    done = Submission(encounter, (), claim)
    standing = standing_of(own_services, done)
    assert standing is not None and standing.state == "accepted"
    html = claim_html(done, standing)
    assert "Accepted by the payer" in html and "PAYER-9" in html
    assert standing_of(own_services, None) is None
