"""The tables as they were when the history began. A store from before has some of them: those stay as they are."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

AMOUNTS = ("billed", "paid", "provider", "other", "share", "to_pay")


def _text(*names: str, index: bool = False, null: bool = False) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text, nullable=null, index=index) for name in names]


def _numbered(name: str, metadata: sa.MetaData, *columns: Any) -> sa.Table:
    return sa.Table(name, metadata, sa.Column("number", sa.Integer, primary_key=True, autoincrement=True), *columns)


def upgrade() -> None:
    """Make what is not there."""
    metadata = sa.MetaData()
    _decisions(metadata)
    _claims(metadata)
    _site(metadata)
    _remittances(metadata)
    metadata.create_all(op.get_bind(), checkfirst=True)
    if op.get_context().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER IF NOT EXISTS decisions_no_{verb.lower()} BEFORE {verb} ON decisions "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


def _decisions(metadata: sa.MetaData) -> None:
    sa.Table(
        "decisions",
        metadata,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False, unique=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
    )
    sa.Table(
        "decision_contents",
        metadata,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("encounter", sa.String(200), nullable=False, index=True),
        sa.Column("patient", sa.String(200), nullable=False, index=True),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    sa.Table(
        "decision_head",
        metadata,
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )


def _claims(metadata: sa.MetaData) -> None:
    sa.Table(
        "control_numbers",
        metadata,
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    sa.Table(
        "claims",
        metadata,
        sa.Column("control_number", sa.String(40), primary_key=True),
        sa.Column("encounter", sa.String(200), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("payer", sa.String(80), nullable=False),
        sa.Column("interchange", sa.Integer, nullable=False, index=True),
        sa.Column("group", sa.Integer, nullable=False, index=True),
        sa.Column("transaction", sa.String(10), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("payer_control_number", sa.String(60), nullable=False),
        sa.Column("changed", sa.String(40), nullable=False),
    )


def _site(metadata: sa.MetaData) -> None:
    sa.Table(
        "fees",
        metadata,
        sa.Column("code", sa.String(5), primary_key=True),
        sa.Column("modifier", sa.String(2), primary_key=True),
        sa.Column("cents", sa.Integer, nullable=False),
    )
    sa.Table(
        "procedure_pairs",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("first", sa.String(5), nullable=False, index=True),
        sa.Column("second", sa.String(5), nullable=False),
        sa.Column("starts", sa.String(8), nullable=False),
        sa.Column("ends", sa.String(8), nullable=False),
        sa.Column("modifier", sa.Integer, nullable=False),
    )
    sa.Table(
        "unit_limits",
        metadata,
        sa.Column("code", sa.String(5), primary_key=True),
        sa.Column("most", sa.Integer, nullable=False),
    )


def _remittances(metadata: sa.MetaData) -> None:
    def key() -> "sa.Column[str]":
        return sa.Column("id", sa.String(64), nullable=False, unique=True)

    def link(name: str) -> "sa.Column[int]":
        return sa.Column(name, sa.Integer, nullable=False, index=True)

    def flag(name: str) -> "sa.Column[bool]":
        return sa.Column(name, sa.Boolean, nullable=False)

    _numbered("remit_files", metadata, *_text("name", "at", "who"))
    _numbered(
        "remit_payments",
        metadata,
        key(),
        link("file"),
        *_text("payer_key", "payer", "payee"),
        *_text("trace", index=True),
        *_text("payment_date", "amount", "component", "version"),
        flag("complete"),
        flag("balanced"),
        *_text("head", "rest"),
    )
    _numbered(
        "remit_claims",
        metadata,
        key(),
        link("payment"),
        *_text("payer_key", "payer", "trace"),
        *_text("payment_date", "control_number", "payer_control_number", index=True),
        *_text("patient"),
        *_text("member", index=True),
        *_text("service_start", "service_end", "status", "kind"),
        flag("final"),
        flag("complete"),
        *_text("allowed", null=True),
        *_text(*AMOUNTS, "denials", "body"),
    )
    _numbered(
        "patient_receipts",
        metadata,
        *_text("control_number", index=True),
        *_text("date", "amount", "note", "at", "who"),
    )
    _numbered(
        "remit_work",
        metadata,
        key(),
        link("answer"),
        *_text("action", "rule"),
        *_text("amount", null=True),
        *_text("codes", "segments", "deadline", "deadline_source"),
        flag("called_for"),
        *_text("status", index=True),
        *_text("appeal_sent", "outcome"),
        *_text("recovered", null=True),
        *_text("changed", "changed_by"),
    )
    _numbered(
        "remit_work_log",
        metadata,
        link("item"),
        *_text("at", "who", "status", "note", "appeal_sent", "outcome"),
        *_text("recovered", null=True),
    )
