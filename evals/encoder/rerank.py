"""A small cross-encoder over the first units that the search finds: mined, trained, scored.

    python -m evals.encoder.rerank mine DATA MINED.jsonl [--queries 14000]
    python -m evals.encoder.rerank train MINED.jsonl OUT.safetensors [--minutes 25]
    python -m evals.encoder.rerank score DATA OUT.safetensors

Words and unit are those of `pairs`; the wrong answers are what the search itself put among its first DEPTH, and siblings of
the right one. The first LAYERS layers of all-MiniLM-L6-v2 read `words [SEP] title; words of the row that was found`, the mean
over their tokens goes through one hidden layer to a number. Loss: cross-entropy over the candidates of a query. Held-out
categories are never trained with; a tenth of the other queries is kept from training to choose the weight of the new
score beside the old one. MINED holds texts of DATA and stays outside the repository. Seeded.
"""

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.index.encoder import verified_weights
from evals.encoder.noise import Noise
from evals.encoder.pairs import Pair, Units, collect, disease_names, held_out

SEED = 20261123
DEPTH = 20
CANDIDATES = 8
SIBLINGS = 2
BATCH = 32
LAYERS = 3
RATE = 1e-4
WARM_UP = 40
TOKENS = 64
SOURCES = {"disease": 1.0, "index": 0.5, "neoplasm": 0.1, "external": 0.05, "lexicon": 0.25, "inclusion": 0.3}
"""Share of the pairs of each source that is mined: names and index paths are no rows of the search, so they teach most."""
WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)
HIT_AT = (1, 5, 10)


def candidate(title: str, matched: str) -> str:
    """What the cross-encoder reads of a unit."""
    return title if matched.lower() == title.lower() else f"{title}; {matched}"


def development(words: str) -> bool:
    """Whether the query is kept from training to choose the weight."""
    return hashlib.sha256(words.lower().encode()).digest()[1] % 10 == 0


def searcher() -> Any:
    """The search over the packaged ICD-10-CM, from SUPERBILL_HOME."""
    import datetime as dt

    from assistant.services import Services

    return Services.open(quiet=True).searcher_on(dt.date(2026, 4, 15))


def mine(data: Path, target: Path, most: int) -> None:
    """Write a line a query: words, right unit, what the search found as (unit, score, candidate text)."""
    units = Units()
    draw, noise = random.Random(SEED), Noise(SEED)
    pairs = [pair for pair in collect(data, units) if not held_out(pair.unit)]
    drawn = [pair for pair in pairs if draw.random() < SOURCES[pair.source]]
    draw.shuffle(drawn)
    changed = [Pair(noise(pair.words), pair.unit, pair.source) for pair in drawn[:most]]
    found = searcher()
    with target.open("w", encoding="utf-8") as out:
        for pair, hits in zip(changed, _search(found, [pair.words for pair in changed]), strict=True):
            listed = [(hit.unit, hit.score, candidate(units.title(hit.unit), hit.matched_term)) for hit in hits]
            gold = next((text for unit, _, text in listed if unit == pair.unit), units.title(pair.unit))
            siblings = [candidate(units.title(one), units.title(one)) for one in units.siblings(pair.unit)[:12]]
            line = {"words": pair.words, "unit": pair.unit, "gold": gold, "found": listed, "siblings": siblings}
            out.write(json.dumps(line) + "\n")


def _search(found: Any, texts: Sequence[str]) -> Iterator[Any]:
    for start in range(0, len(texts), 64):
        yield from found.find_units(texts[start : start + 64], DEPTH, typed=True)


def reader() -> tuple[Any, Any]:
    """The cross-encoder before training, and the tokenizer."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.manual_seed(SEED)
    base = SentenceTransformer(str(verified_weights()), device="cpu", local_files_only=True)
    transformer, tokenizer = base[0].auto_model, base.tokenizer
    transformer.encoder.layer = transformer.encoder.layer[:LAYERS]

    class Reader(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer
            self.head = torch.nn.Sequential(torch.nn.Linear(384, 384), torch.nn.Tanh(), torch.nn.Linear(384, 1))

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            states = self.transformer(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            return self.head((states * mask).sum(1) / mask.sum(1)).squeeze(-1)

    model = Reader()
    for name, weight in model.named_parameters():
        weight.requires_grad = not name.startswith("transformer.embeddings.word_embeddings")
    return model, tokenizer


def _read(tokenizer: Any, words: Sequence[str], texts: Sequence[str]) -> Any:
    return tokenizer(
        list(words), list(texts), padding=True, truncation="longest_first", max_length=TOKENS, return_tensors="pt"
    )


def train(mined: Path, target: Path, minutes: float) -> None:
    """Train for so many minutes at most, with the rate falling to nothing over them; write what was learnt."""
    import torch
    from safetensors.torch import save_file

    draw = random.Random(SEED)
    lines = [line for line in map(json.loads, mined.open(encoding="utf-8")) if not development(line["words"])]
    draw.shuffle(lines)
    model, tokenizer = reader()
    model.train()
    learned = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    started, losses, step = time.monotonic(), [], 0
    for line_batch in (lines[at : at + BATCH] for at in range(0, len(lines) - BATCH + 1, BATCH)):
        passed = max((time.monotonic() - started) / (60 * minutes), step * BATCH / len(lines))
        if passed >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - passed)
        texts = [candidates_of(line, draw) for line in line_batch]
        words = [line["words"] for line in line_batch for _ in range(CANDIDATES)]
        with torch.autocast("cpu", torch.bfloat16):
            scores = model(**_read(tokenizer, words, [text for part in texts for text in part]))
        goal = torch.zeros(len(line_batch), dtype=torch.long)
        loss = torch.nn.functional.cross_entropy(scores.float().view(len(line_batch), CANDIDATES), goal)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        losses.append(loss.item())
        step += 1
        if step % 20 == 0:
            print(f"step {step}, {passed:.0%}, loss {sum(losses[-20:]) / 20:.3f}", flush=True)
    state = {name: weight.detach().half().contiguous() for name, weight in model.state_dict().items()}
    kept = {name: weight for name, weight in state.items() if "word_embeddings" not in name}
    save_file(kept, str(target), metadata={"seed": str(SEED), "steps": str(step), "layers": str(LAYERS)})


def candidates_of(line: dict[str, Any], draw: random.Random) -> list[str]:
    """The right text first, then wrong ones: the nearer the top, the likelier."""
    wrong = [text for unit, _, text in line["found"] if unit != line["unit"]]
    siblings = draw.sample(line["siblings"], min(SIBLINGS, len(line["siblings"])))
    ordered = sorted(range(len(wrong)), key=lambda at: draw.random() * (1 + at))
    listed = [*siblings, *(wrong[at] for at in ordered)][: CANDIDATES - 1]
    while len(listed) < CANDIDATES - 1:
        listed.append(draw.choice(wrong or ["Unspecified"]))
    return [line["gold"], *listed]


def score(data: Path, mined: Path, weights: Path) -> None:
    """Print the shares of queries whose stem is among the first k, for each weight of the new score, and its time."""
    import numpy as np
    import torch
    from safetensors.torch import load_file

    model, tokenizer = reader()
    model.load_state_dict({name: value.float() for name, value in load_file(str(weights)).items()}, strict=False)
    model.eval()

    def again(words: str, texts: Sequence[str]) -> Any:
        with torch.no_grad():
            return model(**_read(tokenizer, [words] * len(texts), texts)).numpy()

    def ranked(lines: Iterable[tuple[str, str, list[tuple[str, float, str]]]]) -> dict[float, list[int]]:
        places: dict[float, list[int]] = {weight: [] for weight in WEIGHTS}
        for words, gold, listed in lines:
            new = again(words, [text for _, _, text in listed]) if listed else np.zeros(0)
            for weight, found in places.items():
                order = np.argsort(-(np.array([one[1] for one in listed]) + weight * new), kind="stable")
                hits = (at for at, row in enumerate(order, 1) if listed[int(row)][0].startswith(gold))
                found.append(next(hits, DEPTH + 1))
        return places

    units, found = Units(), searcher()
    names = [(name, code) for name, code in disease_names(data / "doid" / "doid_terms.jsonl") if held_out(code)]
    sets: dict[str, list[tuple[str, str, list[tuple[str, float, str]]]]] = {
        "queries kept from training, trained categories": [
            (line["words"], line["unit"], line["found"])
            for line in map(json.loads, mined.open(encoding="utf-8"))
            if development(line["words"])
        ],
        "disease names, held-out categories": _listed(found, units, names),
    }
    for kind in ("typo", "abbreviation"):
        rows = map(json.loads, (data / "llmcoder-variants" / f"{kind}.jsonl").open(encoding="utf-8"))
        given = [(row["text"], row["codes"][0]["code"][:7]) for row in rows if not row["identical_to_title"]]
        stems = [(text, units.nodes[code].stem) for text, code in given if code in units.nodes]
        sets[f"title variants, {kind}, held-out categories"] = _listed(
            found, units, [one for one in stems if held_out(one[1])]
        )
    for label, lines in sets.items():
        print(f"{label}, n={len(lines)}")
        for weight, places in ranked(lines).items():
            at = np.array(places)
            print(f"  weight {weight:<5}" + "  ".join(f"R@{k} {(at <= k).mean():.3f}" for k in HIT_AT), flush=True)


def _listed(found: Any, units: Units, queries: Sequence[tuple[str, str]]) -> list[Any]:
    hits = _search(found, [words for words, _ in queries])
    return [
        (words, gold, [(hit.unit, hit.score, candidate(units.title(hit.unit), hit.matched_term)) for hit in listed])
        for (words, gold), listed in zip(queries, hits, strict=True)
    ]


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m evals.encoder.rerank", description="A cross-encoder, tried.")
    steps = parser.add_subparsers(dest="step", required=True)
    one = steps.add_parser("mine")
    one.add_argument("data", type=Path, help="folder with codesets/ and doid/")
    one.add_argument("mined", type=Path)
    one.add_argument("--queries", type=int, default=14_000)
    two = steps.add_parser("train")
    two.add_argument("mined", type=Path)
    two.add_argument("weights", type=Path)
    two.add_argument("--minutes", type=float, default=25)
    three = steps.add_parser("score")
    three.add_argument("data", type=Path)
    three.add_argument("mined", type=Path)
    three.add_argument("weights", type=Path)
    args = parser.parse_args(argv)
    if args.step == "mine":
        mine(args.data, args.mined, args.queries)
    elif args.step == "train":
        train(args.mined, args.weights, args.minutes)
    else:
        score(args.data, args.mined, args.weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())
