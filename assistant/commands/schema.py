"""`superbill schema NAME`: the JSON Schema of a record, made from the dataclasses and their docstrings."""

import argparse
import dataclasses
import importlib
import json
import typing
from importlib.resources import files
from typing import Any

from assistant.commands.output import print_json

RECORDS = {
    "encounter": "assistant.review.encounter:Encounter",
    "claim": "assistant.claim.claim:Claim",
    "suggestion": "assistant.suggest.suggestion:SuggestionSet",
    "remittance": "assistant.remit.remittance:Remittance",
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MONEY = {"type": "string", "pattern": r"^-?\d+\.\d{2}$"}
QUANTITY = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
SAMPLE_DIAGNOSES = ("E11.22", "I12.9", "N18.32", "S93.402A", "E78.5", "Z79.84")
QUANTITIES = ("units", "quantity")
"""Fields that count things; every other decimal is money."""


def schema(args: argparse.Namespace) -> int:
    """Print the JSON Schema of a record. (`--json` changes nothing: it is JSON already.)"""
    print_json(record_schema(args.name))
    return 0


def record_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of `encounter`, `claim`, `suggestion` or `remittance`; amounts are strings with two decimals."""
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    class Generator(GenerateJsonSchema):
        def decimal_schema(self, schema: Any) -> dict[str, Any]:
            return dict(MONEY)

    module, _, class_name = RECORDS[name].partition(":")
    record = getattr(importlib.import_module(module), class_name)
    _read_docstrings(record)
    made = TypeAdapter(record).json_schema(schema_generator=Generator)
    _refine(made)
    if name == "encounter":
        made["examples"] = [_sample_encounter()]
    return {"$schema": DIALECT, **made}


def _sample_encounter() -> dict[str, Any]:
    """The shipped demo visit, complete and synthetic."""
    sample = files("corpus.samples")
    details = json.loads((sample / "office_visit.details.json").read_text("utf-8"))
    diagnoses = [{"code": code, "status": "confirmed"} for code in SAMPLE_DIAGNOSES]
    return {"id": "office_visit", "date_of_service": "2026-11-09", "diagnoses": diagnoses, **details}


def _read_docstrings(kind: Any) -> None:
    """Let pydantic take field docstrings as descriptions in every dataclass that `kind` is made of."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if "__pydantic_config__" not in vars(kind):
            setattr(kind, "__pydantic_config__", {"use_attribute_docstrings": True})  # noqa: B010
            for hint in typing.get_type_hints(kind).values():
                _read_docstrings(hint)
    else:
        for part in typing.get_args(kind):
            _read_docstrings(part)


def _refine(node: Any) -> None:
    """Quantities are not money; generated titles say nothing that the name does not."""
    if isinstance(node, dict):
        for key, field in node.get("properties", {}).items():
            if isinstance(field, dict):
                field.pop("title", None)
                if key in QUANTITIES:
                    _count(field)
        for value in node.values():
            _refine(value)
    elif isinstance(node, list):
        for value in node:
            _refine(value)


def _count(field: dict[str, Any]) -> None:
    for place in (field, *field.get("anyOf", ())):
        if place.get("pattern") == MONEY["pattern"]:
            place.update(QUANTITY)
