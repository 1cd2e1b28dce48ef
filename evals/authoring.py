"""Notes with inline marks -> note cases with offsets. `python -m evals.authoring FILE.txt [FILE.txt ...]` writes
FILE.jsonl beside each.

A source file holds cases split by lines of five or more `=`. A case is `key: value` lines, a line `---`, then the
note. Marks:
  [[E11.22|type 2 diabetes with CKD]]        evidence of one code; [[E11.22,N18.31|...]] of several
  [[!family|breast cancer]]                  must not be coded; the reason is a value of the `not_coded` contract
  [[!negated R07.9|chest pain]]              the same, naming the codes (or prefixes) that would be the mistake
Marks may nest. Keys: id, date_of_service, setting, sex, age, specialty, style, split, provenance, and `order`: the
gold codes in claim order, first-listed first. Every code in `order` must be marked and the other way round; `order:`
alone means nothing to code.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.adapters.outside import read_texts, without_text
from evals.cases.note import parse_note
from evals.cases.note_problems import note_problems

_SPLIT = re.compile(r"^={5,}[ \t]*$\n?", re.MULTILINE)
_MARK = re.compile(r"\[\[([^\[\]|]+)\||\]\]")
_KEYS = ("id", "date_of_service", "setting", "sex", "age", "specialty", "style", "split", "provenance", "order")


def build(source: str, name: str = "source", outside: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The cases of one source text as JSONL objects, checked. Raises InputError naming the case and the defect.

    With `outside` (texts by id) the marked text must be that text, and offsets refer to it.
    """
    records = []
    for number, block in enumerate((b for b in _SPLIT.split(source) if b.strip()), 1):
        record = _case(block, f"{name} case {number}")
        records.append(record if outside is None else _moved(record, outside.get(record["id"], ""), name))
    cases = []
    for record in records:
        try:
            cases.append(parse_note(record))
        except (ValueError, KeyError) as error:
            raise InputError(f"{name} {record['id']}: a value is not of the right shape ({error}).") from error
    problems = note_problems(cases)
    if problems:
        raise InputError(f"{name}: {'; '.join(problems)}.")
    return records


def strip_marks(marked: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The plain text, and (label, start, end) of every mark in it, in order of their starts. Raises ValueError when
    unbalanced.
    """
    plain: list[str] = []
    size, last = 0, 0
    opened: list[tuple[str, int]] = []
    marks: list[tuple[str, int, int]] = []
    for match in _MARK.finditer(marked):
        plain.append(marked[last : match.start()])
        size += match.start() - last
        last = match.end()
        if match.group(1) is not None:
            opened.append((match.group(1).strip(), size))
        elif opened:
            label, start = opened.pop()
            marks.append((label, start, size))
        else:
            raise ValueError(f"']]' without '[[' after {size} characters")
    if opened:
        raise ValueError(f"'[[{opened[-1][0]}|' is never closed")
    plain.append(marked[last:])
    return "".join(plain), sorted(marks, key=lambda mark: (mark[1], -mark[2]))


def _case(block: str, where: str) -> dict[str, Any]:
    head, found, body = block.partition("\n---\n")
    fields = dict(_field(line, where) for line in head.strip().splitlines())
    missing = [key for key in _KEYS if key not in fields]
    if not found or missing or len(fields) != len(_KEYS):
        unknown = sorted(set(fields) - set(_KEYS))
        raise InputError(f"{where}: needs the keys {', '.join(_KEYS)} and '---'; missing {missing}, unknown {unknown}.")
    where = f"{where} ({fields['id']})"
    try:
        text, marks = strip_marks(body.strip("\n") + "\n")
    except ValueError as error:
        raise InputError(f"{where}: {error}.") from error
    evidence: dict[str, list[dict[str, int]]] = {}
    must_not = []
    for label, start, end in marks:
        if label.startswith("!"):
            reason, *codes = label[1:].replace(",", " ").split()
            item = {"start": start, "end": end, "text": text[start:end], "reason": reason}
            must_not.append({**item, "codes": codes} if codes else item)
        else:
            for code in label.replace(",", " ").split():
                evidence.setdefault(code, []).append({"start": start, "end": end})
    order = fields["order"].split()
    if sorted(order) != sorted(evidence):
        raise InputError(f"{where}: codes in order and codes marked differ by {sorted(set(order) ^ set(evidence))}.")
    gold: list[dict[str, Any]] = [{"code": code, "evidence": evidence[code]} for code in order]
    if gold:
        gold[0]["first_listed"] = True
    keys = ("id", "setting", "date_of_service", "sex", "age", "specialty", "style", "split")
    record: dict[str, Any] = {key: fields[key] for key in keys}
    record["age"] = float(fields["age"]) if fields["age"] else None
    return {**record, "text": text, "gold": gold, "must_not": must_not, "provenance": fields["provenance"]}


def _moved(record: dict[str, Any], original: str, name: str) -> dict[str, Any]:
    """The record with its offsets moved to the place of its text in `original`."""
    shift = original.find(record["text"].strip())
    shift -= len(record["text"]) - len(record["text"].lstrip())
    if not original or record["text"].strip() not in original:
        raise InputError(f"{name} {record['id']}: without its marks the text is not the outside text of that id.")
    for item in [*(span for gold in record["gold"] for span in gold["evidence"]), *record["must_not"]]:
        item["start"] += shift
        item["end"] += shift
    return {**record, "text": original}


def _field(line: str, where: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise InputError(f"{where}: a head line has no colon; write 'key: value'.")
    return key.strip(), value.strip()


def write(records: list[dict[str, Any]], path: Path) -> None:
    """One JSON object a line, stable key order."""
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8", newline="\n")


def main(argv: list[str] | None = None) -> int:
    """Build every file named; 2 when one cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m evals.authoring", description="Marked notes to note cases.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.txt")
    parser.add_argument("--outside", type=Path, metavar="NOTES.jsonl", help="texts that must stay outside the project")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write here instead of beside the source")
    args = parser.parse_args(argv)
    try:
        texts = read_texts(args.outside) if args.outside else None
        for path in args.files:
            records = build(path.read_text(encoding="utf-8"), path.name, texts)
            target = (args.out or path.parent) / f"{path.stem}.jsonl"
            write([without_text(record) for record in records] if args.outside else records, target)
            codes = sum(len(record["gold"]) for record in records)
            print(f"{target.name}: {len(records)} cases, {codes} codes")
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
