"""The column type of patient data: text that is encrypted in the store when the store has a key.

Column("note", Sealed("patient_receipts.note"))                  # never looked up
Column("patient", Sealed("decision_contents.patient", True))     # looked up by the whole value
"""

from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from assistant.errors import StoreError
from assistant.store.cipher import FRESH, SAME


class Sealed(TypeDecorator[str]):
    """Text, encrypted by the cipher of the engine it goes through (`assistant.store.keys.unlock` puts it there).

    `label` names the column for good (it is bound into every value); `same` lets equal texts be found again. Neither
    order nor parts of such a column can be asked of the database.
    """

    impl = Text
    cache_ok = True

    def __init__(self, label: str, same: bool = False) -> None:
        super().__init__()
        self.label = label
        self.same = same

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The value as the store gets it."""
        cipher = getattr(dialect, "superbill_cipher", None)
        return value if value is None or cipher is None else cipher.seal(value, self.label, self.same)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """The value as the program gets it."""
        cipher = getattr(dialect, "superbill_cipher", None)
        if value is None:
            return None
        if cipher is None:
            if str(value).startswith((SAME, FRESH)):
                raise StoreError("The store is encrypted; set SUPERBILL_KEY or SUPERBILL_KEY_FILE.")
            return str(value)
        return str(cipher.open(value, self.label))
