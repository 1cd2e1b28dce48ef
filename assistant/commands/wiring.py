"""What the review, claim and store commands take from the composition root, in one place."""

from typing import TYPE_CHECKING

from assistant.services import Services

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.review.decision import CodeBook
    from assistant.review.ledger import Ledger
    from assistant.review.precedents import Precedents


def _services() -> Services:
    return Services.open()


def store() -> "Engine":
    """The engine of the site's store."""
    from assistant.store.engine import open_store

    return open_store(_services().settings)


def ledger() -> "Ledger":
    """The site's decision ledger."""
    return _services().ledger


def codebook() -> "CodeBook":
    """The built code library."""
    return _services().codebook


def precedents() -> "Precedents | None":
    """Where the site remembers decisions; None when it has turned that off."""
    return _services().precedents
