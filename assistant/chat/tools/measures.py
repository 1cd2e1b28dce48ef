"""How accurate Superbill is, from the figures the project publishes, and which releases are loaded."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolResult
from assistant.chat.tools.common import parameters, result, words
from assistant.chat.turn import Context
from corpus.codes import CodeSystem

_README = Path(__file__).resolve().parents[3] / "README.md"
_BLOCK = re.compile(r"<!-- accuracy suite=(\w+) split=(\w+).*?-->(.*?)<!-- accuracy end -->", re.S)
_PART = re.compile(r"\*\*(\w+)\*\*, (\d+) cases")
_ROW = re.compile(r"^\| ([\w @]+?)(?: \(lower is better\))? \| ([\d.]+) \[([\d.]+), ([\d.]+)\]", re.M)
_WANTED = ("micro f1", "micro precision", "micro recall", "hit at 1")


def _published() -> list[dict[str, Any]]:
    """The blocks of the accuracy page: suite, cases, metrics with their intervals. Empty where the page is not shipped."""
    try:
        text = _README.read_text("utf-8")
    except OSError:
        return []
    found = []
    for suite, split, body in _BLOCK.findall(text):
        for part in re.split(r"(?=\*\*\w+\*\*, \d+ cases)", body):
            head = _PART.search(part)
            if not head:
                continue
            metrics = [
                {"metric": name, "value": value, "low": low, "high": high}
                for name, value, low, high in _ROW.findall(part)
                if name in _WANTED
            ]
            found.append({"suite": suite, "split": split, "part": head[1], "cases": int(head[2]), "metrics": metrics})
    return found


_NAMES = {
    "visits": ("visit notes that we did not write", "notas de visita que no escribimos"),
    "notes": ("synthetic notes", "notas sintéticas"),
    "search": ("searches", "búsquedas"),
    "search_blind": ("blind searches", "búsquedas a ciegas"),
    "procedures": ("procedure searches", "búsquedas de procedimientos"),
    "supplies": ("supply searches", "búsquedas de suministros"),
}


def _summary(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    say, published = words(context), _published()
    source = Source(SourceKind.MEASURE, "How accurate", "README.md")
    if not published:
        return result({"published": []}, [say.say("about_program.accuracy_none", source)])
    said: list[Said] = [say.say("about_program.accuracy_certified", source)] if arguments.get("certified") else []
    for one in published:
        name = _NAMES.get(one["suite"] if one["suite"] == "visits" else one["part"], (one["part"],) * 2)
        for metric in one["metrics"][:1] if one["suite"] == "search" else one["metrics"]:
            values = {"cases": one["cases"], "suite": name[context.language == "es"], **metric}
            said.append(say.say("about_program.accuracy", source, **values))
    if not arguments.get("certified"):
        said.append(say.say("about_program.accuracy_certified", source))
    said.append(say.say("about_program.accuracy_more", source))
    return result({"published": published}, said)


def releases(context: Context) -> ToolResult:
    """Which code systems and releases are loaded."""
    from corpus.sources.validity import FIRST_DATE, LAST_DATE

    say, said, listed = words(context), [], []
    for system in CodeSystem:
        for edition in context.services.catalog.editions(system):
            one = edition.release
            listed.append({"system": system.value, "title": one.title, "starts": one.starts, "ends": one.ends})
            source = Source(SourceKind.CODE_BOOK, one.name, one.title)
            said.append(say.say("about_program.release", source, title=one.title, source=one.source))
            if one.starts and one.ends:
                said.append(say.say("about_program.release_dates", source, first=one.starts, last=one.ends))
            if system is CodeSystem.ICD10CM:
                said.append(say.say("about_program.release_validity", source, first=FIRST_DATE, last=LAST_DATE))
    if not context.services.catalog.editions(CodeSystem.CPT):
        said.append(say.say("about_program.release_cpt", Source(SourceKind.PROGRAM, "docs/import.md", "Superbill")))
    return result({"releases": listed}, said)


def _run(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    return releases(context) if arguments.get("releases") else _summary(context, arguments)


TOOLS = (
    Tool(
        "eval_summary",
        "The published accuracy figures with their intervals; with releases, which code systems and releases are loaded.",
        parameters(certified={"type": "boolean"}, releases={"type": "boolean"}),
        _run,
    ),
)
