"""Every error a user can meet, in one tree.

SuperbillError                 one plain sentence naming file, line or segment, and what to do
├── InputError                 the input cannot be used at all            -> exit status 2
│   ├── UnknownCodeError       a code that no loaded system contains
│   └── IncompleteError        several facts are missing, told one by one
├── IndexUnavailableError      the code index is absent and cannot be built -> exit status 2
├── ForbiddenError             who is acting lacks the role for it          -> exit status 2
└── StoreError                 the store cannot be opened or is damaged   -> exit status 2
"""

from collections.abc import Iterable

from corpus.errors import CorpusError


class SuperbillError(Exception):
    """A failure told in one sentence; never carries note or remittance text."""


class InputError(SuperbillError):
    """The named input cannot be read or used."""


class UnknownCodeError(InputError):
    """A code that no loaded code system contains."""


class IncompleteError(InputError):
    """What is named cannot be used yet; `faults` are the phrases that say why, of which the sentence is made."""

    def __init__(self, start: str, faults: Iterable[str], hint: str = "") -> None:
        self.faults = tuple(faults)
        super().__init__(f"{start}: {'; '.join(self.faults)}.{f' {hint}' if hint else ''}")


class IndexUnavailableError(SuperbillError):
    """The code index is missing and could not be built."""


class ForbiddenError(SuperbillError):
    """Who is acting may not do this."""


class StoreError(SuperbillError):
    """The local store cannot be opened, read or written."""


USER_ERRORS = (SuperbillError, CorpusError)
"""What the command line turns into one sentence and exit status 2."""
