"""The shipped samples, one click away."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import corpus.samples

_FOLDER = Path(corpus.samples.__file__).parent
SAMPLE_DATE = "2026-11-09"
"""Date of service of the sample note."""


@cache
def sample_note() -> str:
    """The office visit."""
    return (_FOLDER / "office_visit.txt").read_text(encoding="utf-8")


def sample_details() -> dict[str, Any]:
    """Patient, payer, providers and lines of the office visit."""
    details: dict[str, Any] = json.loads((_FOLDER / "office_visit.details.json").read_text(encoding="utf-8"))
    return details


def sample_remittances() -> list[tuple[str, bytes]]:
    """(name, content) of every shipped remittance, the office visit's first."""
    paths = sorted(_FOLDER.glob("*.835"), key=lambda path: (path.name != "office_visit.835", path.name))
    return [(path.name, path.read_bytes()) for path in paths]
