"""The vectors of the conversation's example questions: `python -m evals.examples` writes `assistant/chat/examples.npz`."""

import numpy as np

from assistant.chat.examples import FOLDER, examples, fingerprint
from assistant.services import Services


def main() -> None:
    """Encode every example and write its vector in whole numbers from -127 to 127."""
    encoder = Services.open().searcher.encoder
    vectors = encoder.encode([text for _, text in examples()])
    whole = np.clip(np.round(vectors * 127.0), -127, 127).astype("int8")
    np.savez_compressed(FOLDER / "examples.npz", vectors=whole, made_from=np.array(fingerprint()))
    print(f"{len(whole)} examples, {(FOLDER / 'examples.npz').stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
