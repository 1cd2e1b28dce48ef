"""The store's tables for remittances: what was kept, what patients paid, what a person has to work on."""

from functools import cache
from types import SimpleNamespace
from typing import Any

AMOUNTS = ("billed", "paid", "provider", "other", "share", "to_pay")
"""Amounts of an answer, as exact text."""


@cache
def tables() -> Any:
    """`files`, `payments`, `answers`, `receipts`, `work`, `log`. What names or shows a patient is encrypted with a key."""
    from sqlalchemy import Boolean, Column, Integer, String, Table, Text

    from assistant.store.schema import metadata as shared
    from assistant.store.sealed import Sealed

    metadata = shared()

    def text(name: str, index: bool = False) -> Column[Any]:
        # No lengths: a damaged file may hold an element of any.
        return Column(name, Text, nullable=False, index=index)

    def private(table: str, name: str, same: bool = False) -> Column[Any]:
        return Column(name, Sealed(f"{table}.{name}", same), nullable=False, index=same)

    def number() -> Column[Any]:
        return Column("number", Integer, primary_key=True, autoincrement=True)

    def link(name: str) -> Column[Any]:
        return Column(name, Integer, nullable=False, index=True)

    found = SimpleNamespace()
    found.files = Table("remit_files", metadata, number(), private("remit_files", "name"), text("at"), text("who"))
    found.payments = Table(
        "remit_payments",
        metadata,
        number(),
        Column("id", String(64), nullable=False, unique=True),
        link("file"),
        text("payer_key"),
        text("payer"),
        text("payee"),
        text("trace", index=True),
        text("payment_date"),
        text("amount"),
        text("component"),
        text("version"),
        Column("complete", Boolean, nullable=False),
        Column("balanced", Boolean, nullable=False),
        private("remit_payments", "head"),
        private("remit_payments", "rest"),
    )
    found.answers = Table(
        "remit_claims",
        metadata,
        number(),
        Column("id", String(64), nullable=False, unique=True),
        link("payment"),
        text("payer_key"),
        text("payer"),
        text("trace"),
        text("payment_date", index=True),
        text("control_number", index=True),
        text("payer_control_number", index=True),
        private("remit_claims", "patient"),
        private("remit_claims", "member", True),
        text("service_start"),
        text("service_end"),
        text("status"),
        text("kind"),
        Column("final", Boolean, nullable=False),
        Column("complete", Boolean, nullable=False),
        Column("allowed", Text),
        *(text(name) for name in AMOUNTS),
        Column("denials", Text, nullable=False),
        private("remit_claims", "body"),
    )
    found.receipts = Table(
        "patient_receipts",
        metadata,
        number(),
        text("control_number", index=True),
        text("date"),
        text("amount"),
        private("patient_receipts", "note"),
        text("at"),
        text("who"),
    )
    found.work = Table(
        "remit_work",
        metadata,
        number(),
        Column("id", String(64), nullable=False, unique=True),
        link("answer"),
        text("action"),
        text("rule"),
        Column("amount", Text),
        Column("codes", Text, nullable=False),
        Column("segments", Text, nullable=False),
        text("deadline"),
        text("deadline_source"),
        Column("called_for", Boolean, nullable=False),
        text("status", index=True),
        text("appeal_sent"),
        text("outcome"),
        Column("recovered", Text),
        text("changed"),
        text("changed_by"),
    )
    found.log = Table(
        "remit_work_log",
        metadata,
        number(),
        link("item"),
        text("at"),
        text("who"),
        text("status"),
        private("remit_work_log", "note"),
        text("appeal_sent"),
        text("outcome"),
        Column("recovered", Text),
    )
    return found
