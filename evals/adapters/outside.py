"""Note cases whose text stays outside the project: gold here, text in a folder the site has.

The gold file is note cases without `text`; each line carries `text_sha256` of the note it was written for, and
must-not mentions have offsets only. The texts are `notes.jsonl`: {id, text, ...}.
"""

import hashlib
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.cases.lines import load, read_jsonl
from evals.cases.note import NoteCase, parse_note


def text_digest(text: str) -> str:
    """sha256 of the text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_texts(path: Path) -> dict[str, str]:
    """Texts by id. Raises InputError."""
    texts = {}
    for number, record in read_jsonl(path):
        if not isinstance(record.get("text"), str) or "id" not in record:
            raise InputError(f"{path.name} line {number} has no id and text.")
        texts[str(record["id"])] = record["text"]
    return texts


def without_text(record: dict[str, Any]) -> dict[str, Any]:
    """The case as it may be kept here: no word of the note."""
    kept = {key: value for key, value in record.items() if key != "text"}
    kept["must_not"] = [{key: v for key, v in item.items() if key != "text"} for item in record["must_not"]]
    return {**kept, "text_sha256": text_digest(record["text"])}


def load_cases(gold: Path, texts: Path) -> list[NoteCase]:
    """The cases of `gold` with their texts. Raises InputError when a text is missing or is not the one annotated."""
    known = read_texts(texts)

    def parse(record: dict[str, Any]) -> NoteCase:
        text = known.get(str(record["id"]))
        if text is None or text_digest(text) != record["text_sha256"]:
            raise InputError(f"{gold.name}: the text of {record['id']} is missing from {texts.name} or has changed.")
        must_not = [{**item, "text": text[item["start"] : item["end"]]} for item in record["must_not"]]
        return parse_note({**record, "text": text, "must_not": must_not})

    return load(gold, parse)
