"""Measure what values the activations of the encoder take, for its int8 graph with fixed scales.

`python -m evals.encoder.ranges` reads the current index of ICD-10-CM and writes corpus/index/activation_ranges.tsv. The
lowest and highest hundred-thousandth are cut off: a range set by one outlier wastes the levels of all other values.
"""

import random
from pathlib import Path

import numpy as np

from corpus.index import quantization
from corpus.index.build import IndexFiles, current_folder
from corpus.index.encoder import MAX_TOKENS, WEIGHTS_SHA256, weights_dir
from corpus.index.terms import read_terms

SEED, SAMPLE = 0, 400
KEPT = 0.99999


def measure(files: IndexFiles, sample: int = SAMPLE) -> list[tuple[str, float, float]]:
    """(tensor, lowest, highest) of each activation that the fast graph quantises, from the float32 graph on `sample` rows."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper
    from tokenizers import Tokenizer

    names = quantization.activations(onnx.load(str(files.fast_graph)))
    model = onnx.load(str(files.graph))
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(weights_dir() / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    values: list[list[np.ndarray]] = [[] for _ in names]
    for row in random.Random(SEED).sample(read_terms(files.terms), sample):
        ids = np.array([tokenizer.encode(row.text).ids])
        found = session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for kept, value in zip(values, found, strict=True):
            kept.append(value.ravel())
    return [
        (name, *(float(end) for end in np.quantile(np.concatenate(kept), [1 - KEPT, KEPT])))
        for name, kept in zip(names, values, strict=True)
    ]


def main() -> int:
    """Write the file."""
    from assistant.settings import load_settings

    measured = measure(IndexFiles(current_folder(load_settings().index_dir)))
    lines = [
        f"# all-MiniLM-L6-v2 (weights {WEIGHTS_SHA256[:12]}), {SAMPLE} rows of ICD-10-CM, seed {SEED}: tensor, lowest, highest",
        *(f"{name}\t{low:.6g}\t{high:.6g}" for name, low, high in measured),
    ]
    path = Path(quantization.__file__).with_name(quantization.RANGES)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"Wrote {len(measured)} ranges to {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
