"""The encoder alone, scored on names of held-out categories: `python -m evals.encoder.score DATA [WEIGHTS] [--index-rows]`.

Every row (title, inclusion term, our own terms; with `--index-rows` the Alphabetic Index too) is embedded, a stem has the
cosine of its best row, and the share of names whose stem is among the first k is printed for open disease names and, unless
they are rows themselves, for index entries.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.index.encoder import verified_weights
from corpus.index.terms import SearchTerm, TermKind, collect_terms, lexicon_terms
from corpus.sources.tabular import read_tabular
from evals.encoder.pairs import Units, disease_names, held_out, index_paths

HIT_AT = (1, 5, 10, 50)
Named = list[tuple[str, str]]


def open_encoder(weights: Path | None) -> Any:
    """The base encoder, with the trained layers of `weights` when given, in bfloat16."""
    import torch
    from safetensors.torch import load_file
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(verified_weights()), device="cpu", local_files_only=True)
    if weights:
        state = {name: value.float() for name, value in load_file(str(weights)).items()}
        model[0].auto_model.load_state_dict(state, strict=False)
    return model.to(torch.bfloat16)


def embed(model: Any, texts: Sequence[str]) -> "np.typing.NDArray[np.float32]":
    """Unit vectors, shape (n, 384)."""
    found = model.encode(list(texts), batch_size=64, convert_to_tensor=True, normalize_embeddings=True)
    return np.asarray(found.float().numpy(), np.float32)


def ranks(vectors: Any, units: Sequence[str], queries: Any, gold: Sequence[str], depth: int = 50) -> list[int]:
    """Rank of the first stem at or below each gold code, `depth` + 1 when it is not among the first `depth`."""
    found = []
    for query, code in zip(queries, gold, strict=True):
        listed = dict.fromkeys(units[row] for row in np.argsort(-(vectors @ query))[: depth * 40])
        place = next((at for at, unit in enumerate(list(listed)[:depth], 1) if unit.startswith(code)), depth + 1)
        found.append(place)
    return found


def main(argv: list[str] | None = None) -> int:
    """Print the shares."""
    parser = argparse.ArgumentParser(prog="python -m evals.encoder.score", description="The encoder alone, scored.")
    parser.add_argument("data", type=Path, help="folder with codesets/ and doid/")
    parser.add_argument("weights", type=Path, nargs="?")
    parser.add_argument("--index-rows", action="store_true")
    args = parser.parse_args(argv)
    units = Units()
    entries: Named = [
        (words, unit)
        for words, code in index_paths(args.data / "codesets" / "ICD10CM_2025_Index.csv")
        if (unit := units.unit(code))
    ]
    extra = [SearchTerm(unit, words, TermKind.PHRASE) for words, unit in entries] if args.index_rows else []
    rows = collect_terms(list(read_tabular()), [*lexicon_terms(), *extra])
    model = open_encoder(args.weights)
    vectors = embed(model, [row.text for row in rows])
    names = [(name, code) for name, code in disease_names(args.data / "doid" / "doid_terms.jsonl") if held_out(code)]
    sets = {"disease names, held-out categories": names}
    if not args.index_rows:
        sets["index entries, held-out categories"] = [pair for pair in entries if held_out(pair[1])][::7]
    for label, pairs in sets.items():
        at = np.array(
            ranks(vectors, [row.unit for row in rows], embed(model, [n for n, _ in pairs]), [c for _, c in pairs])
        )
        shares = "  ".join(f"R@{k} {(at <= k).mean():.3f}" for k in HIT_AT)
        print(f"{label}: {shares}  n={len(pairs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
