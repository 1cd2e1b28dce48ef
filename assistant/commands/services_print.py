"""Drugs, supplies and procedures of a `suggest` answer, for a terminal."""

from collections.abc import Sequence
from typing import Any

_INDENT = " " * 12
_SHOWN = 8
"""Choices of an open axis that are shown."""


def print_services(services: Sequence[dict[str, Any]], tables: Sequence[dict[str, Any]]) -> None:
    """HCPCS codes with their units, then ICD-10-PCS tables axis by axis. CPT is never among them, and that is said."""
    coded = [item for item in services if item["system"] == "hcpcs"]
    if coded:
        print("\nGiven or handed out in this encounter, for the coder to bill or not:")
    for item in coded:
        billing = item["billing"] or {}
        units = "units to be asked" if billing.get("units") is None else f"units {billing['units']}"
        print(f"  {item['code']:<9} {item['description']}, {units}  ({item['probability']:.0%})")
        _print_words(item["evidence"])
        if billing.get("arithmetic"):
            print(f"{_INDENT}{billing['arithmetic']}")
        for question in billing.get("questions", ()):
            print(f"{_INDENT}ask: {question}")
        for other in item["alternatives"]:
            print(f"{_INDENT}or {other['code']} {other['description']}")
        for cited in item["citations"]:
            print(f"{_INDENT}{cited['source']}, {cited['release']}, {cited['locator']}: {cited['text']}")
    if coded:
        print("  Visits, procedures and most vaccines are CPT codes, which are not shipped and never proposed.")
    if tables:
        print("\nInpatient procedures (ICD-10-PCS):")
    for table in tables:
        _print_table(table)


def _print_table(table: dict[str, Any]) -> None:
    print(f"  {table['code'] or table['table'] + '....':<9} {table['title']}")
    _print_words(table["evidence"])
    for axis in table["axes"][3:]:
        if axis["value"]:
            words = " ".join(axis["evidence"][0]["text"].split()) if axis["evidence"] and not axis["why"] else ""
            because = f'note: "{words}"' if words else axis["why"]
            print(f"{_INDENT}{axis['name']}: {axis['value']} {axis['label']} ({because})")
            continue
        shown = " / ".join(f"{choice['value']} {choice['label']}" for choice in axis["choices"][:_SHOWN])
        more = f" and {len(axis['choices']) - _SHOWN} more" if len(axis["choices"]) > _SHOWN else ""
        print(f"{_INDENT}{axis['name']}: open ({shown}{more})")
    for cited in table["citations"]:
        print(f"{_INDENT}{cited['source']}, {cited['release']}, {cited['locator']}: {cited['text']}")


def _print_words(evidence: Sequence[dict[str, Any]]) -> None:
    for found in evidence[:2]:
        words = " ".join(found["text"].split())
        print(f'{_INDENT}note {found["start"]}-{found["end"]} ({found["section"].replace("_", " ")}): "{words}"')
