"""What keeps a visit from being billed, in the words of the form: `patient.last_name is missing` is `Last name: not given`."""

import re

from assistant.web.coder_visit_fields import FIELDS, GROUPS, LINE
from assistant.web.messages import told
from assistant.web.words import say

_PLACE = re.compile(r"(?P<path>[a-z_]+(?:\[(?P<line>\d+)\])?(?:\.[a-z_0-9]+)*)(?: \([^)]*\))?(?P<rest> .+)", re.DOTALL)
_WHOLES = {
    "patient": "patient",
    "coverage": "coverage",
    "coverage.subscriber": "subscriber",
    "billing_provider": "billing",
    "rendering_provider": "rendering",
    "facility": "facility",
    "services": "lines",
}
"""Part of the encounter record -> the group of fields that holds it."""


def in_words(fault: str) -> str:
    """A phrase of the claim's drafting with the form's names for what it is about, in the language being spoken."""
    found = _PLACE.fullmatch(fault)
    name = _named(found["path"], found["line"]) if found else ""
    if not found or not name:
        return told(fault)
    return say("claim.fact_missing", field=name) if found["rest"] == " is missing" else told(f"{name}{found['rest']}")


def _named(path: str, line: str | None) -> str:
    """What the form calls a part of the record; empty for what it has no name for."""
    whole, field = path.removesuffix(".address"), FIELDS.get(path)
    if field is not None:
        group = next(group.name for group in GROUPS if field in group.fields)
        return f"{say(f'visit.group_{group}')}: {say(f'visit.{field.name}')}"
    if line is not None:
        part = path.rpartition(".")[2]
        known = f": {say(f'visit.line_{part}')}" if part in LINE else ""
        return f"{say('claim.line', line=line)}{known}" if known or path.startswith("services[") else ""
    return say(f"visit.group_{_WHOLES[whole]}") if whole in _WHOLES else ""
