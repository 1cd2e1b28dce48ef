"""`superbill corpus import` in a process of its own, over a small release and an encoder that needs no model.

Arguments: `WHAT FILE...`, where WHAT is `slow` (a marker file `encoding` appears in the working directory and the build then
waits to be killed), or `full-SIZE` (no file may grow beyond SIZE bytes, as on a full disk).
"""

import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant import cli
from corpus.catalog import Catalog
from corpus.editions import Edition
from corpus.index import build
from corpus.index.encoder import Vectors
from corpus.systems import icd10cm
from tests.corpus import small


class SlowEncoder(small.FakeEncoder):
    """Says that it has begun, then takes for ever."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        Path("encoding").touch()
        time.sleep(600)
        return super().encode(texts, progress)


def stand_ins(patch: pytest.MonkeyPatch, packaged: Edition | None, encoder: small.FakeEncoder) -> None:
    """A small packaged release (or none), no synonyms, and the given encoder."""

    def built(catalog: Catalog, edition: Edition, force: bool = False, quiet: bool = False) -> Any:
        return build.build_index(catalog.index_root, force, edition=edition, encoder=encoder, quiet=True)

    patch.setattr(Catalog, "build", built)
    patch.setattr(icd10cm, "lexicon_terms", lambda: iter(()))
    patch.setattr(icd10cm.Icd10Cm, "packaged", lambda system: packaged)


def main(what: str, *arguments: str) -> int:
    """Run the command; its exit status."""
    with pytest.MonkeyPatch.context() as patch:
        stand_ins(patch, None, SlowEncoder() if what == "slow" else small.FakeEncoder())
        if what.startswith("full-"):
            size = int(what.removeprefix("full-"))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return cli.main(["corpus", "import", *arguments])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
