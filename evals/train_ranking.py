"""Fit the ranking model of `suggest` on labelled notes: `python -m evals.train_ranking CASES.jsonl... [--texts NOTES.jsonl]`.

Logistic regression (scikit-learn, L2, fixed seed) over `assistant.suggest.ranking.Features`; a code of a note is a positive when
the gold holds it, or a combination code that replaces it. The threshold is the one with the best micro F1 of the whole
selection, found on notes the weights did not see (five folds by note), like the printed score. Writes the weights with
what they were fitted on. Never give it a test split: cases whose `split` is `test` or `report` are refused.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from assistant.guidelines.relations import combination_for
from assistant.services import Services
from assistant.suggest.engine import Examined
from assistant.suggest.lines import Request, read_line
from assistant.suggest.ranking import Features, Weights

SEED = 20261109
FOLDS = 5
NAMES = tuple(field.name for field in fields(Features))
TARGET = Path(__file__).resolve().parents[1] / "assistant" / "suggest" / "rules" / "ranking.json"
THRESHOLDS = tuple(round(0.1 + 0.02 * step, 2) for step in range(26))

Note = tuple[Request, Examined, frozenset[str]]


def load(paths: Sequence[Path], texts: Path | None, services: Services) -> list[Note]:
    """Notes read and searched, with their gold codes."""
    outside = {}
    if texts:
        outside = {line["id"]: line for line in map(json.loads, texts.read_text(encoding="utf-8").splitlines())}
    notes = []
    for path in paths:
        for case in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if case.get("split") in ("test", "report"):
                continue
            known = outside.get(case["id"], {})
            line = {"date_of_service": "2026-02-02"} | known | case
            request = read_line(line, services.settings)
            gold = frozenset(entry["code"] for entry in case["gold"])
            notes.append((request, services.suggester.examine(request), gold))
    return notes


def rows(note: Note) -> tuple[list[list[float]], list[int]]:
    """Feature rows and labels of one note."""
    _, seen, gold = note
    leading = [listed[0].code.code for listed, _ in seen.codes if any(item.place == 0 for item in listed)]
    absorbed = {code for proposal in combination_for(leading) if gold & set(proposal.add) for code in proposal.drop}
    listed = [(list(asdict(found).values()), int(items[0].code.code in gold | absorbed)) for items, found in seen.codes]
    return [row for row, _ in listed], [label for _, label in listed]


def fit(notes: Iterable[Note], strength: float) -> dict[str, float]:
    """Weights by feature name."""
    from sklearn.linear_model import LogisticRegression

    features: list[list[float]] = []
    labels: list[int] = []
    for note in notes:
        found, said = rows(note)
        features += found
        labels += said
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=2000, random_state=SEED)
    model.fit(np.array(features), np.array(labels))
    return {name: round(float(weight), 4) for name, weight in zip(NAMES, model.coef_[0], strict=True)}


def chosen(note: Note, model: Weights, services: Services) -> frozenset[str]:
    """The codes that would be selected with `model`."""
    request, seen, _ = note
    _, picked = services.suggester.choose(request, seen, model)
    return frozenset(item.code.code for item in picked.chosen)


def micro_f1(pairs: Iterable[tuple[frozenset[str], frozenset[str]]]) -> tuple[float, float, float]:
    """F1, precision, recall over (chosen, gold) pairs."""
    hits = said = wanted = 0
    for picked, gold in pairs:
        hits += len(picked & gold)
        said += len(picked)
        wanted += len(gold)
    precision, recall = hits / max(1, said), hits / max(1, wanted)
    return 2 * precision * recall / max(1e-9, precision + recall), precision, recall


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, choose the threshold on held-out folds, print both, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--texts", type=Path, help="notes that lie outside (id, text, ...), for cases without text")
    parser.add_argument("--strength", type=float, default=1.0, help="inverse of the L2 penalty")
    parser.add_argument("--dry-run", action="store_true", help="print only")
    args = parser.parse_args(argv)
    services = Services.open(quiet=True)
    notes = load(args.cases, args.texts, services)
    order = np.random.default_rng(SEED).permutation(len(notes))
    held: list[tuple[Note, dict[str, float]]] = []
    for fold in range(FOLDS):
        out = set(order[fold::FOLDS].tolist())
        weights = fit((note for index, note in enumerate(notes) if index not in out), args.strength)
        held += [(notes[index], weights) for index in sorted(out)]
    best = (-1.0, 0.0, 0.0, 0.0)
    for threshold in THRESHOLDS:
        scores = micro_f1((chosen(note, Weights(weights, threshold), services), note[2]) for note, weights in held)
        best = max(best, (scores[0], threshold, *scores[1:]))
    f1, threshold, precision, recall = best
    print(f"{len(notes)} notes, {FOLDS} folds: micro F1 {f1:.3f} (P {precision:.3f}, R {recall:.3f}) at {threshold}")
    data: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))
    before = Weights(data["weights"], data["threshold"])
    scores = micro_f1((chosen(note, before, services), note[2]) for note in notes)
    print(f"the shipped weights on the same notes: micro F1 {scores[0]:.3f} (P {scores[1]:.3f}, R {scores[2]:.3f})")
    data["weights"] = fit(notes, args.strength)
    data["threshold"] = threshold
    for name, weight in data["weights"].items():
        print(f"  {name:28}{weight:8.3f}")
    if not args.dry_run:
        TARGET.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
