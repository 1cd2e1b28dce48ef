"""The encoder with int8 weights and fixed scales: the vector of a text depends on nothing that is encoded beside it.

Dynamic int8 takes the scale of each activation from the whole batch. Here the scales are constants, measured once over rows of
the index (`activation_ranges.tsv`, written by `evals/encoder/ranges.py`): every row of a matrix is then multiplied for itself,
in integers. Mean cosine to float32 0.992, in less than half the time of float32 (docs/decisions/0010-words-of-notes.md).
"""

import math
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError

RANGES = "activation_ranges.tsv"
DYNAMIC = "DynamicQuantizeLinear"
LEVELS = 255
"""Steps of an unsigned 8-bit number."""


def read_ranges() -> list[tuple[float, float]]:
    """(lowest, highest) value of each quantised activation, in the order of the graph; a range always holds 0."""
    text = resources.files("corpus.index").joinpath(RANGES).read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return [(min(0.0, float(low)), max(0.0, float(high))) for _, low, high in lines]


def activations(model: Any) -> list[str]:
    """The tensors that an ONNX model quantises, in order, whether its scales are fixed or not."""
    return [node.input[0] for node in model.graph.node if node.op_type in (DYNAMIC, "QuantizeLinear")]


def fix_scales(dynamic: Path, target: Path, ranges: Iterable[tuple[float, float]] | None = None) -> None:
    """Write the graph at `dynamic` to `target` with constant scales from `ranges` (those shipped, unless given).

    Values outside a range are cut to its ends. Raises CorpusError when the graph has another number of activations.
    """
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(dynamic))
    count = sum(node.op_type == DYNAMIC for node in model.graph.node)
    known = read_ranges() if ranges is None else list(ranges)
    if len(known) != count:
        raise CorpusError(
            f"the exported encoder has {count} quantised activations, the ranges measured for it {len(known)}; "
            "install the pinned torch and transformers, or measure them anew with python -m evals.encoder.ranges"
        )
    nodes = []
    place = iter(known)
    for node in model.graph.node:
        if node.op_type != DYNAMIC:
            nodes.append(node)
            continue
        low, high = next(place)
        if not (math.isfinite(low) and math.isfinite(high) and high > low):
            raise CorpusError(f"{RANGES}: the range {low} to {high} is not one")
        scale = (high - low) / LEVELS
        quantized, scale_name, zero_name = node.output
        model.graph.initializer.extend(
            (
                numpy_helper.from_array(np.array(scale, np.float32), scale_name),
                numpy_helper.from_array(np.array(round(-low / scale), np.uint8), zero_name),
            )
        )
        nodes.append(
            helper.make_node("QuantizeLinear", [node.input[0], scale_name, zero_name], [quantized], name=node.name)
        )
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, str(target))
