"""Where right codes are lost when a model helps to choose: `python -m evals.choosing --model NAME [--notes N]`.

Prints the recall of the codes of our training notes after each step (shown, chosen, verified), beside that of the set
without a model. `--oracle` puts somebody who knows the answer in the model's place, which bounds each step from above: with
`words` it names each right condition by the note's own words, with `titles` by the title of its code; either way it
chooses a right code whenever one is shown. Never run on the test notes: a prompt may be changed after looking at it.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.model import ChatModel, Message, Reply
from evals.cases.lines import CASES
from evals.cases.note import NoteCase, load_notes

if TYPE_CHECKING:
    from assistant.services import Services

ORACLES = ("words", "titles")


class Oracle:
    """A model that knows the gold of one note; it too can only choose what it is shown."""

    local = True

    def __init__(self, case: NoteCase, titles: Mapping[str, str], by: str) -> None:
        self.name = f"oracle/{by}"
        self._case = case
        self._titles = titles
        self._by = by

    def complete(self, messages: Sequence[Message], json_schema: Mapping[str, Any] | None = None) -> str:
        """The conditions of a piece of the note, or the right codes among those shown."""
        content = json.loads(messages[-1].content)
        if isinstance(content, list):
            chosen = [
                {"condition": item["condition"], "code": one["code"]}
                for item in content
                for one in item["codes"]
                if one["code"] in self._case.codes
            ]
            return json.dumps({"chosen": chosen})
        return json.dumps({"conditions": list(self._conditions(content["note"]))})

    def _conditions(self, piece: str) -> Iterator[dict[str, str]]:
        for gold in self._case.gold:
            for span in gold.evidence:
                quote = self._case.text[span.start : span.end]
                if quote in piece:
                    yield {"quote": quote, "index": self._titles[gold.code] if self._by == "titles" else quote}

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The whole answer at once."""
        yield self.complete(messages)

    def talk(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()) -> Iterator[str | Reply]:
        """The whole answer at once; it calls no tool."""
        yield Reply(self.complete(messages))


def training_notes(count: int) -> list[NoteCase]:
    """The first `count` of the training notes, one of each file in turn."""
    files = [list(load_notes(path)) for path in sorted((CASES / "notes").glob("train*.jsonl"))]
    turns = (cases[at] for at in range(max(map(len, files))) for cases in files if at < len(cases))
    return [case for case, _ in zip(turns, range(count), strict=False)]


def measure(services: "Services", cases: Sequence[NoteCase], name: str | None, oracle: str | None) -> list[str]:
    """The lines to print."""
    from assistant.chat.choosing import traced
    from assistant.suggest.lines import read_line

    found: Counter[str] = Counter()
    total = refused = 0
    failures: Counter[str] = Counter()
    for case in cases:
        request = read_line(case.line(), services.settings)
        engine = services.suggester_on(request.date_of_service)
        book = engine.searcher.codebook
        model: ChatModel = (
            Oracle(case, {code: book.title(code) for code in case.codes}, oracle)
            if oracle
            else services.model(name, "eval")
        )
        answer, stages = traced(request, engine, model, 50)
        right = set(case.codes)
        total += len(right)
        refused += stages.refused
        if stages.failure:
            failures[stages.failure] += 1
        plain = engine.suggest(request, 50)
        for step, codes in (
            ("without a model: listed", [one.code for one in plain.suggestions]),
            ("without a model: in the set", [one.code for one in plain.suggestions if one.selected]),
            ("shown to the model", stages.retrieved),
            ("chosen by it", stages.chosen),
            ("left by the rules", stages.verified),
            ("in the set", [one.code for one in answer.suggestions if one.selected]),
        ):
            found[step] += len(right & set(codes))
            found[f"{step}: codes"] += len(set(codes))
    told = ", ".join(f"{reason} {count}" for reason, count in failures.items()) or "none"
    lines = [
        f"{len(cases)} notes, {total} codes; notes in which the model had no part: {told}; choices refused: {refused}"
    ]
    for step in [name for name in found if not name.endswith(": codes")]:
        given = found[f"{step}: codes"]
        precision = f"{found[step] / given:6.1%}" if given else "   none"
        lines.append(f"  {step:<28} recall {found[step] / total:6.1%}  precision {precision}  ({given} codes)")
    return lines


def main() -> None:
    """Measure and print."""
    from assistant.services import Services

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", metavar="NAME", help="provider/model; the site's when not given")
    parser.add_argument("--oracle", choices=ORACLES, help="somebody who knows the answer in place of a model")
    parser.add_argument("--notes", type=int, default=20, metavar="N", help="how many notes (default 20)")
    args = parser.parse_args()
    print(*measure(Services.open(), training_notes(args.notes), args.model, args.oracle), sep="\n")


if __name__ == "__main__":
    main()
