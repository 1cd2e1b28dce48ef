"""Train the encoder for codes: `python -m evals.encoder.train DATA OUT.safetensors [--epochs 1]`.

Starts from all-MiniLM-L6-v2. Only the six transformer layers learn; the word embeddings stay those of the base package,
so what is shipped is the layers in half precision (21 MB), and rare words keep the meaning they were given on far more
text than ours. Loss: cross-entropy over cosines x SCALE, in both directions, the positives of the other pairs of the batch as
negatives (rows of the same unit masked), plus one sibling of each pair's unit as a hard negative. Held-out categories are
never seen. Seeded; a checkpoint is written every CHECKPOINT steps and a run goes on from it.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.index.encoder import verified_weights
from evals.encoder.noise import Noise
from evals.encoder.pairs import Pair, Units, collect, held_out

SEED = 20261123
BATCH = 128
SCALE = 20.0
RATE = 1e-4
WARM_UP = 60
CHECKPOINT = 200
WINDOW = 100
"""Batches among which texts are sorted by length."""
TITLES = 12_000
"""Noised titles an epoch, so that a slip in an official title still finds it."""
TOKENS = 48


def examples(pairs: Sequence[Pair], units: Units, epoch: int) -> list[tuple[str, str, str, str]]:
    """(words, title, sibling's title, unit) in the order of one epoch."""
    draw = random.Random(SEED + epoch)
    noise = Noise(SEED + epoch)
    listed = [(noise(pair.words), pair.unit) for pair in pairs if not held_out(pair.unit)]
    stems = sorted(stem for stem in units.stems if not held_out(stem))
    listed += [(noise(units.title(stem)), stem) for stem in draw.sample(stems, min(TITLES, len(stems)))]
    draw.shuffle(listed)
    listed = _like_lengths_together(listed, draw)
    out = []
    for words, unit in listed:
        siblings = units.siblings(unit)
        other = draw.choice(siblings) if siblings else draw.choice(stems)
        out.append((words, units.title(unit), units.title(other), unit))
    return out


def _like_lengths_together(listed: list[tuple[str, str]], draw: random.Random) -> list[tuple[str, str]]:
    """Less padding: batches of texts of like length, in random order."""
    batches = []
    for start in range(0, len(listed), BATCH * WINDOW):
        window = sorted(listed[start : start + BATCH * WINDOW], key=lambda item: len(item[0]))
        batches += [window[at : at + BATCH] for at in range(0, len(window), BATCH)]
    whole = [batch for batch in batches if len(batch) == BATCH]
    draw.shuffle(whole)
    return [item for batch in whole for item in batch]


def train(data: Path, target: Path, epochs: int, most: int | None = None) -> None:
    """Train and write the layers."""
    import numpy as np
    import torch
    from safetensors.torch import save_file
    from sentence_transformers import SentenceTransformer

    torch.manual_seed(SEED)
    units = Units()
    pairs = collect(data, units)
    model = SentenceTransformer(str(verified_weights()), device="cpu", local_files_only=True)
    transformer, tokenizer = model[0].auto_model, model.tokenizer
    for name, weight in transformer.named_parameters():
        weight.requires_grad = name.startswith("encoder.")
    learned = [weight for weight in transformer.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    plan = [examples(pairs, units, epoch) for epoch in range(epochs)]
    steps = min(sum(len(part) // BATCH for part in plan), most or 10**9)

    def rate(step: int) -> float:
        return min(1.0, (step + 1) / WARM_UP) * max(0.0, 1 - step / steps)

    saved = target.with_suffix(".checkpoint")
    done = 0
    if saved.is_file():
        state = torch.load(saved, weights_only=True)
        transformer.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["step"]
    transformer.train()
    for module in transformer.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.05

    def embed(texts: Sequence[str]) -> Any:
        batch = tokenizer(list(texts), padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
        states = transformer(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            token_type_ids=torch.zeros_like(batch["input_ids"]),
        ).last_hidden_state.float()
        mask = batch["attention_mask"].unsqueeze(-1).float()
        return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)

    step, started, losses = 0, time.monotonic(), []
    for part in plan:
        for start in range(0, len(part) - BATCH + 1, BATCH):
            step += 1
            if step <= done or step > steps:
                continue
            batch = part[start : start + BATCH]
            for group in optimizer.param_groups:
                group["lr"] = RATE * rate(step)
            with torch.autocast("cpu", torch.bfloat16):
                queries = embed([words for words, _, _, _ in batch])
                titles = embed([title for _, title, _, _ in batch])
                siblings = embed([other for _, _, other, _ in batch])
            unit = np.array([unit for _, _, _, unit in batch])
            same = torch.from_numpy((unit[:, None] == unit[None, :]) & ~np.eye(BATCH, dtype=bool))
            across = (queries @ titles.T * SCALE).masked_fill(same, -1e4)
            hard = queries @ siblings.T * SCALE
            # a sibling may be the right answer of another pair of the batch
            clash = torch.tensor([[other == title for _, _, other, _ in batch] for _, title, _, _ in batch])
            hard = hard.masked_fill(clash, -1e4)
            goal = torch.arange(BATCH)
            loss = (
                torch.nn.functional.cross_entropy(torch.cat([across, hard], 1), goal)
                + torch.nn.functional.cross_entropy(across.T, goal)
            ) / 2
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            losses.append(loss.item())
            if step % 20 == 0:
                pace = (time.monotonic() - started) / (step - done)
                left = pace * (steps - step) / 60
                print(f"step {step}/{steps} loss {sum(losses[-20:]) / 20:.3f}, {left:.0f} min left", flush=True)
            if step % CHECKPOINT == 0:
                partial = saved.with_suffix(".partial")
                torch.save(
                    {"model": transformer.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, partial
                )
                partial.replace(saved)
    layers = {
        name: weight.detach().half() for name, weight in transformer.state_dict().items() if name.startswith("encoder.")
    }
    facts = {"seed": SEED, "epochs": epochs, "pairs": len(plan[0]), "steps": steps, "base": "all-MiniLM-L6-v2"}
    save_file(layers, str(target), metadata={key: json.dumps(value) for key, value in facts.items()})


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m evals.encoder.train", description="Train the encoder for codes.")
    parser.add_argument("data", type=Path, help="folder with codesets/ and doid/")
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--steps", type=int, help="stop after so many batches")
    args = parser.parse_args(argv)
    train(args.data, args.out, args.epochs, args.steps)
    return 0


if __name__ == "__main__":
    sys.exit(main())
