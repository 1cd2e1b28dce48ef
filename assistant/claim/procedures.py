"""Whether a procedure code exists on a day, as far as the site's imported files say: HCPCS official, CPT licensed."""

import datetime as dt
from typing import TYPE_CHECKING

from corpus.codes import CodeSystem
from corpus.editions import choose
from corpus.standing import Standing, standing

if TYPE_CHECKING:
    from corpus.catalog import Catalog


class ProcedureBooks:
    """The imported HCPCS and CPT releases of a site. What ships with Superbill is a selection and proves nothing."""

    def __init__(self, catalog: "Catalog") -> None:
        self._catalog = catalog
        self._known: dict[tuple[str, dt.date], bool | None] = {}

    def __call__(self, code: str, date: dt.date) -> bool | None:
        """True or False when an imported release covers the day; None when none does."""
        key = (code, date)
        if key not in self._known:
            self._known[key] = self._ask(code, date)
        return self._known[key]

    def _ask(self, code: str, date: dt.date) -> bool | None:
        system = CodeSystem.HCPCS if code[:1].isalpha() else CodeSystem.CPT
        imported = [edition for edition in self._catalog.editions(system) if edition.folder]
        edition = choose(imported, date)
        if edition is None or standing(edition.release, date) in (Standing.OLDER, Standing.NEWER):
            return None
        book = self._catalog.book_of(edition)
        if book.get(code) is None:
            return False
        return book.valid_on(code, date) is not False
