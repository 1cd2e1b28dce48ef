"""`superbill suggest`."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.commands.output import print_json
from assistant.commands.services_print import print_services
from assistant.errors import InputError
from assistant.record import to_record
from assistant.services import Services
from corpus.codes import CodeSystem


def suggest(args: argparse.Namespace) -> int:
    """One note, or a file of them."""
    if args.top < 1:
        raise InputError("--top must be at least 1")
    if args.model:
        Services.open().model(args.model, "suggest")  # one that is not allowed is refused before anything is read
    if args.notes:
        from assistant.commands import batch

        return batch.suggest(args)
    if args.ray or args.workers:
        raise InputError("--ray and --workers are for many notes: use --notes")
    if not args.note:
        raise InputError("no note given; name a text file, or use --notes FILE.jsonl --out FILE.jsonl")
    from assistant.chart.readers import read_note

    services = Services.open()
    note = read_note(Path(args.note), services.settings)
    line = {"id": note.id, "text": note.text, "setting": args.setting, "date_of_service": args.date}
    answer = services.suggest_line(line, args.top, args.model)
    if note.remarks:
        answer = replace(answer, notice=" ".join((*note.remarks, *filter(None, (answer.notice,)))))
    if args.json:
        print_json(to_record(answer))
    else:
        _print(to_record(answer))
    return 0


def _print(answer: dict[str, Any]) -> None:
    print(f"{answer['release']}, date of service {answer['date_of_service']}, {answer['setting']}\n")
    if answer["notice"]:
        print(f"Notice: {answer['notice']}\n")
    services = [item for item in answer["suggestions"] if item["system"] != CodeSystem.ICD10CM]
    answer["suggestions"] = [item for item in answer["suggestions"] if item not in services]
    selected = [item for item in answer["suggestions"] if item["selected"]]
    selected.sort(key=lambda item: item["sequence"] or 0)
    print("Would be coded:" if selected else "Nothing in this note would be coded.")
    for item in selected:
        print_suggestion(item)
    if first := answer["first_listed"]:
        name = "Principal" if first["kind"] == "principal" else "First-listed"
        print(f"\n{name}: {first['code']}. {first['why']} ({first['rule']})")
    others = [item for item in answer["suggestions"] if not item["selected"]]
    if others:
        print("\nAlso possible, for the coder to judge:")
        for item in others[:10]:
            print(f"  {item['code']:<9} {item['description']}  ({item['probability']:.0%})")
    if services or answer["procedure_tables"]:
        print_services(services, answer["procedure_tables"])
    if answer["queries"]:
        print("\nQuestions to the physician, drafted for you to send or drop:")
        for query in answer["queries"]:
            print(f"  {query['topic']}: {query['question']}")
            print(f"{'':12}the record says: {'; '.join(_line(found['text']) for found in query['indicators'])}")
            print(f"{'':12}choices: {'; '.join(query['options'])}")
    if answer["not_coded"]:
        print("\nFound and not coded:")
        reasons: dict[str, list[str]] = {}
        for mention in answer["not_coded"]:
            reasons.setdefault(mention["reason"], []).append(" ".join(mention["text"].split()))
        for reason, texts in reasons.items():
            print(f"  {reason.replace('_', ' ')}: {', '.join(dict.fromkeys(texts))}")


def print_suggestion(item: dict[str, Any]) -> None:
    """One suggestion with its two citations, for a terminal."""
    print(f"  {item['code']:<9} {item['description']}  ({item['probability']:.0%})")
    for found in item["evidence"][:2]:
        words = " ".join(found["text"].split())
        page = f", page {found['page']}" if found.get("page") else ""
        print(f'{"":12}note {found["start"]}-{found["end"]}{page} ({found["section"].replace("_", " ")}): "{words}"')
    for cited in item["citations"]:
        print(f"{'':12}{cited['source']}, {cited['release']}, {cited['locator']}: {cited['text']}")
    for precedent in item.get("precedents", ()):
        done = "coded" if precedent["action"] == "confirmed" else "rejected"
        where = f"{precedent['encounter']}, {precedent['date_of_service']}"
        print(f'{"":12}you {done} this before ({where}): "{precedent["passage"]}"')
    for finding in item["findings"]:
        print(f"{'':12}{finding['severity']} {finding['rule']}: {finding['message']}")


def _line(text: str) -> str:
    return f'"{" ".join(text.split())}"'
