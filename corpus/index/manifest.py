"""What an index was built from. An index is opened only when this equals what is installed, and only when finished."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from corpus.index.encoder import WEIGHTS_SHA256
from corpus.sources import tabular

FORMAT = 4
"""Raised when the meaning of a file in the index folder changes."""
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


def sources() -> dict[str, str]:
    """Every data source of the index with its version or sha256."""
    return {
        f"package {tabular.PACKAGE}": metadata.version(tabular.PACKAGE),
        "tabular list sha256": tabular.data_sha256(),
        "lexicon sha256": _lexicon_sha256(),
    }


@lru_cache(maxsize=1)
def _lexicon_sha256() -> str:
    from corpus.lexicon import words

    digest = hashlib.sha256()
    for path in sorted(
        [*words.FOLDER.glob("phrases/*.tsv"), words.FOLDER / "lay_terms.tsv", words.FOLDER / "variants.tsv"]
    ):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fingerprint() -> str:
    """What an index built now would be made of."""
    parts = {"format": FORMAT, "model": WEIGHTS_SHA256, **sources()}
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
