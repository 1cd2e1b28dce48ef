"""The store's tables for remittances: what was kept, what patients paid, what a person has to work on."""

from functools import cache
from types import SimpleNamespace
from typing import Any

AMOUNTS = ("billed", "paid", "provider", "other", "share", "to_pay")
"""Amounts of an answer, as exact text."""


@cache
def tables() -> Any:
    """`files`, `payments`, `answers`, `receipts`, `work`, `log`, and their `metadata`."""
    from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Text

    metadata = MetaData()

    def text(name: str, index: bool = False) -> Column[Any]:
        # No lengths: a damaged file may hold an element of any.
        return Column(name, Text, nullable=False, index=index)

    def number() -> Column[Any]:
        return Column("number", Integer, primary_key=True, autoincrement=True)

    def link(name: str) -> Column[Any]:
        return Column(name, Integer, nullable=False, index=True)

    found = SimpleNamespace(metadata=metadata)
    found.files = Table(
        "remit_files", metadata, number(), Column("name", Text, nullable=False), text("at"), text("who")
    )
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
        Column("head", Text, nullable=False),
        Column("rest", Text, nullable=False),
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
        text("patient"),
        text("member", index=True),
        text("service_start"),
        text("service_end"),
        text("status"),
        text("kind"),
        Column("final", Boolean, nullable=False),
        Column("complete", Boolean, nullable=False),
        Column("allowed", Text),
        *(text(name) for name in AMOUNTS),
        Column("denials", Text, nullable=False),
        Column("body", Text, nullable=False),
    )
    found.receipts = Table(
        "patient_receipts",
        metadata,
        number(),
        text("control_number", index=True),
        text("date"),
        text("amount"),
        text("note"),
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
        Column("note", Text, nullable=False),
        text("appeal_sent"),
        text("outcome"),
        Column("recovered", Text),
    )
    return found
