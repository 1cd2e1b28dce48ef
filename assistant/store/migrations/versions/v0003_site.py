"""What a site imports: fees with payer and days, providers, payers, CMS edits by setting. Where a claim stood in its file,
what was answered about it, and digests of its services, so that the same service is not billed twice."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

OPEN_START, OPEN_END = "00010101", "99991231"


def upgrade() -> None:
    """Add the tables; what was imported before moves over."""
    days = ("starts", "ends")
    op.create_table(
        "site_fees",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(5), nullable=False, index=True),
        sa.Column("modifier", sa.String(2), nullable=False),
        sa.Column("payer", sa.String(80), nullable=False),
        *(sa.Column(name, sa.String(8), nullable=False) for name in days),
        sa.Column("cents", sa.Integer, nullable=False),
    )
    op.create_table(
        "site_providers",
        sa.Column("npi", sa.String(10), primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "site_payers", sa.Column("id", sa.String(80), primary_key=True), sa.Column("record", sa.Text, nullable=False)
    )
    op.create_table(
        "site_procedure_pairs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("setting", sa.String(20), nullable=False),
        sa.Column("first", sa.String(5), nullable=False, index=True),
        sa.Column("second", sa.String(5), nullable=False),
        *(sa.Column(name, sa.String(8), nullable=False) for name in days),
        sa.Column("modifier", sa.Integer, nullable=False),
    )
    op.create_table(
        "site_unit_limits",
        sa.Column("setting", sa.String(20), primary_key=True),
        sa.Column("code", sa.String(5), primary_key=True),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("indicator", sa.Integer, nullable=False),
    )
    op.create_table(
        "site_addon_codes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(5), nullable=False, index=True),
        sa.Column("parent", sa.String(5), nullable=False),
        *(sa.Column(name, sa.String(8), nullable=False) for name in days),
    )
    op.execute(
        "INSERT INTO site_fees (code, modifier, payer, starts, ends, cents) "
        f"SELECT code, modifier, '', '{OPEN_START}', '{OPEN_END}', cents FROM fees"
    )
    op.execute(
        'INSERT INTO site_procedure_pairs (setting, "first", second, starts, ends, modifier) '
        "SELECT 'practitioner', \"first\", second, starts, ends, modifier FROM procedure_pairs"
    )
    op.execute(
        "INSERT INTO site_unit_limits (setting, code, most, indicator) SELECT 'practitioner', code, most, 1 FROM unit_limits"
    )
    for name in ("fees", "procedure_pairs", "unit_limits"):
        op.drop_table(name)
    op.create_table(
        "claim_services",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("control_number", sa.String(40), nullable=False, index=True),
        sa.Column("digest", sa.Text, nullable=False, index=True),
    )
    op.create_table(
        "claim_answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("control_number", sa.String(40), nullable=False, index=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("field", sa.String(20), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
    )
    for name in ("first_segment", "last_segment"):
        op.add_column("claims", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
