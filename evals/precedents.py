"""What remembering decisions is worth: `python -m evals.precedents [--texts NOTES.jsonl]`.

Every training and development note is coded once without a memory, and its gold is then decided on: gold codes confirmed or
added, selected codes that are not gold rejected. Then each note is coded again, with the decisions on all *other* notes (like
charts: what a site has after that many) and, apart, with those on the note itself too (the same chart a second time).
Micro F1 of the selected codes before and after, with a paired bootstrap over notes. Test and report splits are never read.

A lower bound on what a site gets: these notes are of many specialties and hands, where a site sees the same ones again.
"""

import argparse
import datetime as dt
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.review.decision import Decision, DecisionAction
from assistant.review.precedents import FOLDER, Precedents
from assistant.services import Services
from assistant.settings import load_settings
from assistant.store.engine import open_store
from assistant.suggest.lines import Request, read_line
from assistant.suggest.precedents import Memory
from assistant.suggest.suggestion import Precedent, SuggestionSet
from corpus.codes import CodeSystem
from evals.bootstrap import Difference, paired
from evals.cases.note import NoteCase, load_notes
from evals.metrics import set_scores
from evals.suites import CASES, VISIT_GOLD

KEPT_SPLITS = ("train", "dev")


@dataclass(frozen=True, slots=True)
class Others:
    """A memory without what was decided on one encounter."""

    memory: Memory
    encounter: str

    def like(self, passages: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[Precedent, ...]]:
        found = {
            code: tuple(one for one in listed if one.encounter != self.encounter)
            for code, listed in self.memory.like(passages).items()
        }
        return {code: listed for code, listed in found.items() if listed}


def cases(texts: Path | None) -> list[NoteCase]:
    """Training and development notes; those whose text lies outside only when `texts` is given."""
    files = [path for path in sorted((CASES / "notes").glob("*.jsonl")) if not path.name.startswith("test")]
    found = [case for path in files for case in load_notes(path)]
    if texts:
        from evals.adapters import outside

        found += outside.load_cases(CASES / VISIT_GOLD, texts)
    return [case for case in found if case.split in KEPT_SPLITS]


def decisions(gold: frozenset[str], answer: SuggestionSet) -> tuple[list[Decision], dict[str, tuple[str, ...]]]:
    """What a coder who codes the gold would decide on `answer`, and the passages behind each suggested code."""
    rejected = [one.code for one in answer.suggestions if one.selected and one.code not in gold]
    made = [Decision(DecisionAction.ACCEPT, code, CodeSystem.ICD10CM) for code in sorted(gold)]
    made += [Decision(DecisionAction.REJECT, code, CodeSystem.ICD10CM, "not in the gold") for code in rejected]
    return made, {one.code: one.passages for one in answer.suggestions}


def selected(answer: SuggestionSet) -> frozenset[str]:
    """The codes that would be coded."""
    return frozenset(one.code for one in answer.suggestions if one.selected)


def f1(gold: Sequence[frozenset[str]], picked: Sequence[frozenset[str]]) -> Any:
    """The micro F1 measure."""
    return next(one for one in set_scores.measures(gold, picked) if one.name == "micro_f1")


def measure(notes: Sequence[NoteCase], services: Services, folder: Path) -> dict[str, Difference]:
    """{"like charts", "the same chart"}: micro F1 without and with precedents, which are kept under `folder`."""
    settings = replace(services.settings, home=folder, database_url=f"sqlite:///{folder / 'superbill.db'}")
    kept = Precedents(open_store(settings), folder / FOLDER)
    requests: list[Request] = []
    before: list[frozenset[str]] = []
    for case in notes:
        request = read_line(case.line(), services.settings)
        answer = services.suggester_on(request.date_of_service).suggest(request, 50)
        made, passages = decisions(case.codes, answer)
        kept.learn(case.id, request.date_of_service, made, passages, decided_on=dt.date(2026, 2, 2))
        requests.append(request)
        before.append(selected(answer))
    gold = [case.codes for case in notes]
    searcher = services.searcher
    memory = kept.memory(searcher.encoder, searcher.manifest.encoder_sha256)
    assert memory
    print(f"{len(notes)} notes, {kept.count()} passages kept", file=sys.stderr)

    def again(remembering: Iterable[Memory]) -> list[frozenset[str]]:
        return [
            selected(services.suggester_on(request.date_of_service).suggest(request, 50, one))
            for request, one in zip(requests, remembering, strict=True)
        ]

    like = again(Others(memory, case.id) for case in notes)
    same = again(memory for _ in notes)
    return {
        "like charts": paired(f1(gold, before), f1(gold, like)),
        "the same chart": paired(f1(gold, before), f1(gold, same)),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print the two differences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="visit notes that lie outside (id, text, ...)")
    parser.add_argument("--split", choices=KEPT_SPLITS, help="only the notes of this split")
    parser.add_argument("--first", type=int, help="only so many notes")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    notes = [case for case in cases(args.texts) if args.split in (None, case.split)][: args.first]
    services = Services.open(load_settings(), quiet=True)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(notes, services, Path(folder))
    for name, one in found.items():
        if args.json:
            print(
                json.dumps(
                    {
                        "kind": name,
                        "n": one.n,
                        "before": one.a,
                        "after": one.b,
                        "difference": one.difference,
                        "low": one.low,
                        "high": one.high,
                        "p": one.p_value,
                    }
                )
            )
        else:
            print(
                f"{name}: micro F1 {one.a:.3f} -> {one.b:.3f}, difference {one.difference:+.3f} "
                f"[{one.low:+.3f}, {one.high:+.3f}], p {one.p_value:.3f}, n {one.n} notes"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
