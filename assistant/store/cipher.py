"""Encryption of single values: AES-256-SIV, authenticated, bound to the column the value stands in."""

import base64
import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.errors import StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

SAME, FRESH = "sb1s:", "sb1f:"
"""What an encrypted value begins with: equal texts look the same (they can be looked up), or never."""
KEY_BYTES = 64
NONCE_BYTES = 16


@dataclass(frozen=True)
class Cipher:
    """The key of one store's values, 64 bytes."""

    key: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Cipher":
        """A cipher with a random key."""
        return cls(os.urandom(KEY_BYTES))

    def seal(self, text: str, label: str, same: bool) -> str:
        """`text` encrypted for the column `label`; with `same`, equal texts give equal results. "" stays as it is."""
        if not text:
            return text
        data, column = text.encode(), label.encode()
        if same:
            return SAME + base64.b64encode(self._siv.encrypt(data, [column])).decode()
        nonce = os.urandom(NONCE_BYTES)
        return FRESH + base64.b64encode(nonce + self._siv.encrypt(data, [column, nonce])).decode()

    def open(self, sealed: str, label: str) -> str:
        """The text again. Raises StoreError for a value that is not of this key and column, or was changed."""
        from cryptography.exceptions import InvalidTag

        if not sealed:
            return sealed
        column = label.encode()
        try:
            data = base64.b64decode(sealed[len(SAME) :], validate=True)
            if sealed.startswith(SAME):
                return self._siv.decrypt(data, [column]).decode()
            if sealed.startswith(FRESH):
                nonce = data[:NONCE_BYTES]
                return self._siv.decrypt(data[NONCE_BYTES:], [column, nonce]).decode()
        except (InvalidTag, ValueError):
            pass
        raise StoreError(f"A value in {label} is not encrypted with the store's key or was changed from outside.")

    @cached_property
    def _siv(self) -> "AESSIV":
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        return AESSIV(self.key)
