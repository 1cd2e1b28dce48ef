"""What the review, claim and store commands take from the composition root, in one place."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.review.decision import CodeBook
    from assistant.review.ledger import Ledger


def store() -> "Engine":
    """The engine of the site's store."""
    from assistant.review.store import open_store
    from assistant.settings import load_settings

    return open_store(load_settings())


def ledger() -> "Ledger":
    """The site's decision ledger."""
    from assistant.review.ledger import Ledger

    return Ledger(store())


def codebook() -> "CodeBook":
    """The built code library."""
    from assistant.services import Services

    services: Any = Services()
    book: CodeBook = services.codebook
    return book
