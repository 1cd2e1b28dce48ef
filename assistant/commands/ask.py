"""`superbill ask`."""

import argparse

from assistant.errors import InputError


def ask(args: argparse.Namespace) -> int:
    """The conversation is not built yet; the sentence says which commands answer today."""
    raise InputError(
        "`ask` is not available in this version; use `search` for codes, `suggest` for a note, `remit explain` for a remittance"
    )
