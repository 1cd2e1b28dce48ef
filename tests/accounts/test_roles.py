"""Roles are held by the services themselves: each is called as everyone who may not, without any page before it."""

import contextlib
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine

from assistant.accounts.principal import NOBODY, Principal, Role, acting, current, local
from assistant.accounts.trail import Trail
from assistant.accounts.users import Users
from assistant.claim.acknowledgement import Acknowledgement
from assistant.claim.control_numbers import ControlNumbers
from assistant.claim.history import ClaimHistory
from assistant.claim.site import SiteData
from assistant.custody.export import export_store
from assistant.custody.purge import purge_patient
from assistant.custody.retention import apply_retention
from assistant.errors import ForbiddenError, InputError, StoreError
from assistant.remit.archive import Archive
from assistant.remit.finding import find
from assistant.remit.payments import PaymentLedger
from assistant.remit.queue import Change, WorkQueue
from assistant.review.ledger import Ledger
from assistant.services import Services
from assistant.settings import Settings
from tests.custody.test_custody import sent
from tests.remit.kept import FIRST, answer
from tests.review.test_ledger import DECISIONS

A, B, C, E = Role.ADMINISTRATOR, Role.BILLER, Role.CODER, Role.EVALUATOR
TODAY, NOW = dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
GUARDED: dict[str, tuple[set[Role], Callable[[Any], object]]] = {
    "decide": ({C}, lambda at: Ledger(at.engine).record("v", DECISIONS)),
    "read decisions": ({C, A}, lambda at: Ledger(at.engine).entries()),
    "one decision": ({C, B}, lambda at: Ledger(at.engine).entry("0" * 64)),
    "purge decisions": ({A}, lambda at: Ledger(at.engine).purge("p")),
    "expire decisions": ({A}, lambda at: Ledger(at.engine).expire(NOW)),
    "suggest": ({C, E}, lambda at: at.services.suggest_line({"id": "n", "text": "Essential hypertension."})),
    "draw a number": ({A, B, C}, lambda at: ControlNumbers(at.engine).reserve("claim")),
    "note a claim": ({B, C}, lambda at: ClaimHistory(at.engine).add(sent("C9", "v"))),
    "read an answer": ({B, C}, lambda at: ClaimHistory(at.engine).apply(Acknowledgement((), ()))),
    "forget claims": ({A}, lambda at: ClaimHistory(at.engine).forget(["v"])),
    "import site data": ({A, B}, lambda at: SiteData(at.engine).load([at.fees])),
    "post": ({B}, lambda at: PaymentLedger(at.engine).post(answer("70", *FIRST))),
    "balances": ({B}, lambda at: PaymentLedger(at.engine).balances()),
    "patients": ({B}, lambda at: PaymentLedger(at.engine).patients()),
    "payers": ({B}, lambda at: PaymentLedger(at.engine).payers()),
    "entries": ({B}, lambda at: PaymentLedger(at.engine).entries("C1")),
    "receive": ({B}, lambda at: PaymentLedger(at.engine).receive("C1", Decimal("1.00"), TODAY)),
    "work list": ({B}, lambda at: WorkQueue(at.engine).items(TODAY)),
    "change work": ({B}, lambda at: WorkQueue(at.engine).change(1, Change(note="x"), "b")),
    "causes": ({B}, lambda at: WorkQueue(at.engine).causes()),
    "find": ({B}, lambda at: find(at.engine, "DOE")),
    "all answers": ({B}, lambda at: Archive(at.engine).all_claims()),
    "all files": ({B}, lambda at: Archive(at.engine).files()),
    "forget answers": ({A}, lambda at: Archive(at.engine).forget(["C1"])),
    "expire answers": ({A}, lambda at: Archive(at.engine).expire(NOW)),
    "purge a patient": ({A}, lambda at: purge_patient(at.settings, at.engine, "p")),
    "retention": ({A}, lambda at: apply_retention(at.settings, at.engine)),
    "export": ({A}, lambda at: export_store(at.engine, at.out)),
    "users": ({A}, lambda at: Users(at.engine).all()),
    "trail": ({A}, lambda at: Trail(at.engine).lines()),
}


@pytest.fixture
def at(engine: Engine, settings: Settings, tmp_path: Path, services: Services) -> SimpleNamespace:
    (tmp_path / "fees.csv").write_text("code,charge\n99213,100.00\n")
    return SimpleNamespace(
        engine=engine, settings=settings, fees=tmp_path / "fees.csv", out=tmp_path / "out", services=services
    )


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("service", GUARDED)
def test_only_the_roles_that_may(at: SimpleNamespace, service: str) -> None:
    allowed, call = GUARDED[service]
    for role in Role:
        with acting(Principal("someone", frozenset({role}))):
            if role in allowed:
                # Let in; that there is nothing to be done is another matter.
                with contextlib.suppress(InputError, StoreError):
                    call(at)
            else:
                with pytest.raises(ForbiddenError, match="needs the role"):
                    call(at)
    with acting(NOBODY), pytest.raises(ForbiddenError):
        call(at)


def test_on_a_machine_without_accounts_its_user_has_every_role() -> None:
    assert current() == local() and current().roles == frozenset(Role)
