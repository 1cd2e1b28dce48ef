"""The int8 graph with fixed scales: near to float32, and the same for a text whatever stands beside it."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnxruntime import InferenceSession

from corpus.errors import CorpusError
from corpus.index import quantization
from corpus.index.build import IndexFiles, current_folder
from corpus.index.encoder import OnnxEncoder

TEXTS = (
    "type 2 diabetes mellitus with diabetic neuropathy",
    "htn",
    "nondisplaced fracture of the distal radius of the left arm after a fall from a ladder at work",
    "cough",
    "seasonal allergic rhinitis due to pollen",
    "acute on chronic systolic heart failure",
)


@pytest.fixture(scope="module")
def files(index_home: Path) -> IndexFiles:
    return IndexFiles(current_folder(index_home / "index"))


def test_is_near_to_float32(files: IndexFiles) -> None:
    cosine = (OnnxEncoder(files.graph).encode(TEXTS) * OnnxEncoder(files.fast_graph).encode(TEXTS)).sum(axis=1)
    assert cosine.min() > 0.96
    assert cosine.mean() > 0.985


def test_does_not_depend_on_what_is_encoded_beside_it(files: IndexFiles) -> None:
    encoder = OnnxEncoder(files.fast_graph)
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-5


def _dynamic(path: Path) -> Path:
    """A graph that quantises one activation."""
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])
    node = helper.make_node("DynamicQuantizeLinear", ["x"], ["y", "scale", "zero"])
    made = helper.make_tensor_value_info("y", TensorProto.UINT8, ["n"])
    graph = helper.make_graph([node], "one", [given], [made])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


def test_another_graph_than_the_measured_one_is_refused(files: IndexFiles, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="has 0 quantised activations, the ranges measured for it 24"):
        quantization.fix_scales(files.graph, tmp_path / "n.onnx")
    with pytest.raises(CorpusError, match="is not one"):
        quantization.fix_scales(_dynamic(tmp_path.with_name("one.onnx")), tmp_path / "n.onnx", [(0.0, 0.0)])
    assert not list(tmp_path.iterdir())


def test_values_outside_a_range_are_cut_to_its_ends(tmp_path: Path) -> None:
    quantization.fix_scales(_dynamic(tmp_path / "one.onnx"), tmp_path / "n.onnx", [(-1.0, 1.0)])
    session = InferenceSession(str(tmp_path / "n.onnx"), providers=["CPUExecutionProvider"])
    given = np.array([-5.0, -2.0, 0.0, 1.0, 5.0], np.float32)
    assert session.run(["y"], {"x": given})[0].tolist() == [0, 0, 128, 255, 255]


def test_ranges_hold_zero() -> None:
    ranges = quantization.read_ranges()
    assert len(ranges) == 24
    assert all(low <= 0 <= high for low, high in ranges)
