"""How strict the guard is: `python -m evals.guarding`.

`evals/cases/paraphrases.jsonl` holds sentences as a model might word the results of our own tools, over the shipped
samples: those that are right and should stand, and those that are wrong and must not. A line is {id, language, papers,
calls: [[tool, arguments]], say, stands}.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.cases.lines import CASES

if TYPE_CHECKING:
    from assistant.chat.guard import Objection
    from assistant.chat.turn import Context, Stations

SAMPLES = Path(__file__).resolve().parents[1] / "corpus" / "samples"
DAY = dt.date(2026, 2, 2)


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """One sentence over the results of some tools."""

    id: str
    language: str
    papers: tuple[str, ...]
    calls: tuple[tuple[str, Mapping[str, Any]], ...]
    say: str
    stands: bool


def load_paraphrases() -> list[Paraphrase]:
    """All of them."""
    rows = map(json.loads, (CASES / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Paraphrase(
            row["id"],
            row["language"],
            tuple(row["papers"]),
            tuple((name, arguments) for name, arguments in row["calls"]),
            row["say"],
            row["stands"],
        )
        for row in rows
    ]


def context_of(one: Paraphrase, services: "Stations") -> "Context":
    """The papers of a sentence, open."""
    from assistant.chart.readers import read_note
    from assistant.chat.turn import Context
    from assistant.remit.file import read_bytes

    remittances = tuple(read_bytes((SAMPLES / name).read_bytes(), name) for name in one.papers if name.endswith(".835"))
    notes = [read_note(SAMPLES / name, services.settings) for name in one.papers if name.endswith(".txt")]
    return Context(services, note=notes[0] if notes else None, remittances=remittances, date=DAY, language=one.language)


def judged(services: "Stations") -> Iterator[tuple[Paraphrase, tuple["Objection", ...]]]:
    """Each sentence with what the guard has against it."""
    from assistant.chat.guard import judge
    from assistant.chat.inputs import gather
    from assistant.chat.tools import tool
    from assistant.chat.validity import validator

    results: dict[str, Any] = {}
    for one in load_paraphrases():
        key = json.dumps([one.language, one.papers, one.calls])
        if key not in results:
            context = context_of(one, services)
            found = [tool(name).call(context, arguments) for name, arguments in one.calls]
            results[key] = gather("", found), validator(context)
        inputs, valid = results[key]
        yield one, tuple(judge(one.say, inputs, valid))


def main() -> None:
    """Print how many of either sort stand, and why others do not."""
    from assistant.services import Services

    rows = list(judged(Services.open()))
    for stands, title in ((True, "right sentences"), (False, "wrong sentences")):
        for language in ("en", "es"):
            own = [row for row in rows if row[0].stands is stands and row[0].language == language]
            print(f"{title}, {language}: {sum(not objections for _, objections in own)} of {len(own)} stand")
    for one, objections in rows:
        if one.stands == bool(objections):
            print(f"  {one.id} {', '.join(found.what for found in objections) or 'stands'}: {one.say}")


if __name__ == "__main__":
    main()
