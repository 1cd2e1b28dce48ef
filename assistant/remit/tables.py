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

    def text(name: str, length: int, index: bool = False) -> Column[Any]:
        return Column(name, String(length), nullable=False, index=index)

    def number() -> Column[Any]:
        return Column("number", Integer, primary_key=True, autoincrement=True)

    def link(name: str) -> Column[Any]:
        return Column(name, Integer, nullable=False, index=True)

    found = SimpleNamespace(metadata=metadata)
    found.files = Table(
        "remit_files", metadata, number(), Column("name", Text, nullable=False), text("at", 40), text("who", 120)
    )
    found.payments = Table(
        "remit_payments",
        metadata,
        number(),
        Column("id", String(64), nullable=False, unique=True),
        link("file"),
        text("payer_key", 120),
        text("payer", 120),
        text("payee", 120),
        text("trace", 60, index=True),
        text("payment_date", 10),
        text("amount", 24),
        text("component", 1),
        text("version", 20),
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
        text("payer_key", 120),
        text("payer", 120),
        text("trace", 60),
        text("payment_date", 10, index=True),
        text("control_number", 60, index=True),
        text("payer_control_number", 60, index=True),
        text("patient", 160),
        text("member", 80, index=True),
        text("service_start", 10),
        text("service_end", 10),
        text("status", 4),
        text("kind", 12),
        Column("final", Boolean, nullable=False),
        Column("complete", Boolean, nullable=False),
        Column("allowed", String(24)),
        *(text(name, 24) for name in AMOUNTS),
        Column("denials", Text, nullable=False),
        Column("body", Text, nullable=False),
    )
    found.receipts = Table(
        "patient_receipts",
        metadata,
        number(),
        text("control_number", 60, index=True),
        text("date", 10),
        text("amount", 24),
        text("note", 400),
        text("at", 40),
        text("who", 120),
    )
    found.work = Table(
        "remit_work",
        metadata,
        number(),
        Column("id", String(64), nullable=False, unique=True),
        link("answer"),
        text("action", 40),
        text("rule", 60),
        Column("amount", String(24)),
        Column("codes", Text, nullable=False),
        Column("segments", Text, nullable=False),
        text("deadline", 10),
        text("deadline_source", 200),
        Column("called_for", Boolean, nullable=False),
        text("status", 20, index=True),
        text("appeal_sent", 10),
        text("outcome", 20),
        Column("recovered", String(24)),
        text("changed", 40),
        text("changed_by", 120),
    )
    found.log = Table(
        "remit_work_log",
        metadata,
        number(),
        link("item"),
        text("at", 40),
        text("who", 120),
        text("status", 20),
        Column("note", Text, nullable=False),
        text("appeal_sent", 10),
        text("outcome", 20),
        Column("recovered", String(24)),
    )
    return found
