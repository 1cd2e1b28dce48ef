"""The store's tables for what a site brings itself: fees, providers, payers, and the procedure edits of CMS."""

from functools import cache
from typing import Any

OPEN_START, OPEN_END = "00010101", "99991231"
"""Stand for a row without a first or last day; days are CCYYMMDD, so that they sort as text."""


@cache
def site_tables() -> Any:
    """The tables by name. Made on first use: SQLAlchemy is heavy."""
    from types import SimpleNamespace

    from sqlalchemy import Column, Integer, String, Table, Text

    from assistant.store.schema import metadata as declared
    from assistant.store.sealed import Sealed

    metadata = declared()

    def dated() -> tuple[Any, Any]:
        return Column("starts", String(8), nullable=False), Column("ends", String(8), nullable=False)

    return SimpleNamespace(
        fees=Table(
            "site_fees",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("code", String(5), nullable=False, index=True),
            Column("modifier", String(2), nullable=False),
            Column("payer", String(80), nullable=False),
            *dated(),
            Column("cents", Integer, nullable=False),
        ),
        providers=Table(
            "site_providers",
            metadata,
            Column("npi", String(10), primary_key=True),
            Column("record", Sealed("site_providers.record"), nullable=False),
        ),
        payers=Table(
            "site_payers", metadata, Column("id", String(80), primary_key=True), Column("record", Text, nullable=False)
        ),
        pairs=Table(
            "site_procedure_pairs",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("setting", String(20), nullable=False),
            Column("first", String(5), nullable=False, index=True),
            Column("second", String(5), nullable=False),
            *dated(),
            Column("modifier", Integer, nullable=False),
        ),
        units=Table(
            "site_unit_limits",
            metadata,
            Column("setting", String(20), primary_key=True),
            Column("code", String(5), primary_key=True),
            Column("most", Integer, nullable=False),
            Column("indicator", Integer, nullable=False),
        ),
        addons=Table(
            "site_addon_codes",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("code", String(5), nullable=False, index=True),
            Column("parent", String(5), nullable=False),
            *dated(),
        ),
    )
