"""MDACE (Cheng et al., ACL 2023): evidence-annotated MIMIC-III charts, from a path; needs a MIMIC licence, never
shipped.

Reads the JSON files with note text already injected by the authors' script: {hadm_id, notes: [{note_id, text,
annotations: [{begin, end, code, code_system, ...}]}]}. The notes of one admission form one case, joined by a blank
line, offsets moved along. The reader follows the published description and was tested on a file of our own in that
shape, not on the licensed data. Dates in MIMIC are shifted, so every case gets a date of service that the validity
tables cover; gold codes are of 2012-2022.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from assistant.chart.note import Span
from assistant.errors import InputError
from assistant.suggest.suggestion import Setting
from corpus.codes import dotted
from evals.cases.note import GoldCode, NoteCase

DATE = dt.date(2026, 2, 2)
JOINT = "\n\n"


def load_cases(folder: Path, setting: Setting = Setting.INPATIENT) -> list[NoteCase]:
    """One case per admission file below `folder`. Raises InputError when there is none or one has no text."""
    paths = sorted(folder.rglob("*.json"))
    if not paths:
        raise InputError("There is no JSON file in the MDACE folder; give the folder with the injected notes.")
    cases = []
    for path in paths:
        try:
            cases.append(_case(json.loads(path.read_text(encoding="utf-8")), setting))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path.name} is not an MDACE file with text; run the authors' injection script."
            ) from error
    return cases


def _case(record: dict[str, Any], setting: Setting) -> NoteCase:
    parts: list[str] = []
    evidence: dict[str, list[Span]] = {}
    offset = 0
    for note in record["notes"]:
        for annotation in note["annotations"]:
            if annotation["code_system"] == "ICD-10-CM":
                span = Span(offset + int(annotation["begin"]), offset + int(annotation["end"]))
                evidence.setdefault(dotted(annotation["code"]), []).append(span)
        parts.append(note["text"])
        offset += len(note["text"]) + len(JOINT)
    return NoteCase(
        id=str(record["hadm_id"]),
        text=JOINT.join(parts),
        setting=setting,
        date_of_service=DATE,
        sex="unknown",
        age=None,
        specialty="hospital",
        style="mimic",
        split="test",
        gold=tuple(GoldCode(code, tuple(spans), place == 0) for place, (code, spans) in enumerate(evidence.items())),
        must_not=(),
        provenance="MDACE, Cheng et al., ACL 2023",
    )
