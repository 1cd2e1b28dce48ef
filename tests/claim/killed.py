"""Draft a claim and die in the middle of writing it. Run in a child process by the kill test."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.claim import desk
from assistant.commands import wiring
from tests.review.fakes import FakeCodeBook


def run(home: Path, after: int) -> None:
    """Draft `home`/e.json into `home`/c.837; SIGKILL ourselves after so many segments, the number in use printed."""
    real = desk.write_837

    def dying(batches: Any, envelope: Any) -> Iterator[str]:
        print(envelope.interchange, flush=True)
        for count, piece in enumerate(real(batches, envelope)):
            if count == after:
                os.kill(os.getpid(), signal.SIGKILL)
            yield piece

    desk.write_837 = dying
    wiring.codebook = FakeCodeBook  # type: ignore[assignment]
    desk.scrub_claims = lambda *_: ()  # type: ignore[assignment]
    from assistant.cli import main

    main(["claim", "draft", str(home / "e.json"), "--out", str(home / "c.837")])
