"""What an index was built from. An index is opened only when this equals what is installed, and only when finished."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.editions import Edition
from corpus.index.encoder import WEIGHTS_SHA256
from corpus.systems import system

FORMAT = 6
"""Raised when the meaning of a file in the index folder changes."""
VECTOR_FORMATS = (6,)
"""Formats whose rows, vectors and encoder can be taken over."""
FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Contents of manifest.json, the last file written by a build."""

    format: int
    fingerprint: str
    """sha256 over everything the rows and vectors depend on; names the folder."""
    release: str
    sources: dict[str, str]
    """Data source -> version or sha256."""
    model: str
    model_sha256: str
    encoder_sha256: str
    """Of the exported graph in this folder."""
    rows: int
    units: int
    billable_codes: int
    seconds: float
    built_at: str
    system: str = "icd10cm"
    starts: str = ""
    """In force from and to, ISO; "" when nobody says."""
    ends: str = ""
    index_terms: int = 0
    """Lines of an alphabetic index that the edition has."""
    fast_encoder_sha256: str = ""
    """Of the graph with int8 weights in this folder."""


def sources(edition: Edition) -> dict[str, str]:
    """Every data source of an index of `edition` with its version or sha256."""
    ours = system(edition.release.system).synonyms_sha256()
    return {**edition.sources, **({"lexicon sha256": ours} if ours else {})}


def fingerprint(edition: Edition) -> str:
    """What an index of `edition` built now would be made of."""
    parts = {
        "format": FORMAT,
        "model": WEIGHTS_SHA256,
        "system": edition.release.system.value,
        "release": edition.release.title,
        **sources(edition),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def read(folder: Path) -> Manifest | None:
    """The manifest of a finished index in `folder`; None when there is none or it is damaged."""
    try:
        return Manifest(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(folder: Path, manifest: Manifest) -> None:
    """Write manifest.json whole."""
    partial = folder / (FILE + ".partial")
    partial.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / FILE)
