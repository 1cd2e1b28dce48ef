"""Errors of the corpus; the assistant's command line prints them as one sentence."""


class CorpusError(Exception):
    """The code library or its index cannot be used; the message says what to do."""


class IndexMismatchError(CorpusError):
    """An index on disk was built from other data or another model than those installed."""
