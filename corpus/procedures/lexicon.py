"""Reading our own files on procedures in corpus/lexicon/pcs/."""

from collections.abc import Iterator

from corpus.lexicon import words

FOLDER = words.FOLDER / "pcs"


def rows(name: str, header: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Rows of the tab-separated list `name`; CorpusError naming file and line when one does not fit `header`."""
    return words.rows(FOLDER / name, header)
