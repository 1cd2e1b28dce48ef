"""What a site's own coders decided about passages of earlier notes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table; a store that has it already keeps it."""
    metadata = sa.MetaData()
    sa.Table(
        "precedents",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("encounter", sa.Text, nullable=False, index=True),
        sa.Column("patient", sa.Text, nullable=False, index=True),
        sa.Column("date_of_service", sa.String(10), nullable=False),
        sa.Column("decided_on", sa.String(10), nullable=False, index=True),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("passage", sa.Text, nullable=False),
        # A number used again would find the vector of a passage that is gone.
        sqlite_autoincrement=True,
    )
    metadata.create_all(op.get_bind(), checkfirst=True)
