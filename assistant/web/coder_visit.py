"""The details of a visit as a form: which fields it has, what stands in them, and the record they make."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from assistant.errors import IncompleteError, InputError
from assistant.review.party import Relationship
from assistant.web.coder_missing import in_words
from assistant.web.coder_visit_fields import FIELDS, GROUPS, LINE, NPI, PAYER
from assistant.web.views import render
from assistant.web.words import say
from assistant.x12.elements import parse_amount

if TYPE_CHECKING:
    from assistant.services import Services

MOST_LINES = 50
MOST_TEXT = 80
CENT = Decimal("0.01")
MOST_OFFERED = 1000
"""Providers or payers of the site that are offered for choice."""
Details = dict[str, Any]
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def form_html(details: Details, facility: bool, offered: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """The form as it stands. `offered` holds the site's (id, name) pairs by list."""
    lines = [_shown_line(item) for item in _lines(details)]
    return render(
        "visit",
        groups=[(group, [(field, shown(details, field.path)) for field in group.fields]) for group in GROUPS],
        lines=lines or [dict.fromkeys(LINE, "")],
        offered=offered,
        facility=facility,
        own=shown(details, "coverage.relationship") in ("", Relationship.SELF),
    )


def shown(details: Details, path: str) -> str:
    """What stands at a place of the record, as text; empty for nothing."""
    value: Any = details
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return "" if value is None or isinstance(value, Mapping | list) else str(value)


def filled(details: Details, said: object, lines: object) -> Details:
    """The record with what the form says: a field left empty goes, and so does what holds nothing any more.

    What the form has no field for stays. Raises InputError for what no form of ours sends.
    """
    if not isinstance(said, Mapping) or not isinstance(lines, list) or len(lines) > MOST_LINES:
        raise InputError(say("coder.not_a_state"))
    made: Details = _copied(details)
    for path in FIELDS:
        if path in said:
            _put(made, path.split("."), _written(path, said[path]))
    coverage = made.get("coverage")
    if isinstance(coverage, dict):
        if coverage.setdefault("relationship", "self") == "self":
            coverage.pop("subscriber", None)
        if set(coverage) == {"relationship"}:
            del made["coverage"]
    for role in ("billing_provider", "rendering_provider"):
        # The kind of a tax id says nothing alone.
        if isinstance(made.get(role), dict) and set(made[role]) == {"tax_id_kind"}:
            del made[role]
    before = _lines(details)
    services = [line for one in lines if (line := _line(one, before))]
    if services:
        made["services"] = services
    else:
        made.pop("services", None)
    kept = [key for key in made.get("accept_modifiers") or () if _stands(key, before, services)]
    if kept:
        made["accept_modifiers"] = kept
    else:
        made.pop("accept_modifiers", None)
    return made


def faults_of(details: Details, visit: str, date: str, setting: str) -> str:
    """What the record cannot be read for, in one sentence; empty when nothing is wrong with what is there."""
    from assistant.review.encounter import encounter_from_record

    if not details:
        return ""
    identity = {"id": visit, "date_of_service": date, "setting": setting, "diagnoses": []}
    try:
        encounter_from_record({**details, **identity}, say("coder.details"))
    except IncompleteError as error:
        return say("visit.faults", faults="; ".join(in_words(fault) for fault in error.faults))
    except InputError as error:
        return in_words(str(error).removeprefix(f"{say('coder.details')}: "))
    return ""


def fees_of(services: "Services", details: Details, date: dt.date) -> list[str]:
    """The site's fee for each line, as `245.00`; empty where it has none or the line is not yet one."""
    from assistant.claim.site import SiteData

    site, found = SiteData(services.engine), []
    payer = shown(details, "coverage.payer.id")
    for line in _lines(details):
        code, modifiers = str(line.get("procedure") or ""), line.get("modifiers")
        fee = site.fee(code, tuple(map(str, modifiers or ())), date, payer) if code else None
        try:
            found.append(f"{fee * Decimal(str(line.get('units') or 1)):.2f}" if fee is not None else "")
        except InvalidOperation:
            found.append("")
    return found


def offered_by(services: "Services") -> dict[str, list[tuple[str, str]]]:
    """The site's providers and payers, as (id, name), by the list that offers them."""
    from assistant.claim.site import SiteData

    site = SiteData(services.engine)
    providers = [(one["npi"], _name(one)) for one in site.providers(MOST_OFFERED)]
    payers = [(one["id"], one["name"]) for one in site.payers(MOST_OFFERED)]
    return {NPI: providers, PAYER: payers}


def _name(one: Mapping[str, str]) -> str:
    return one.get("organization") or f"{one.get('last_name', '')}, {one.get('first_name', '')}".strip(", ")


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _written(path: str, value: object) -> str:
    """A field's text as the record has it: blanks collapsed, a date as ISO, numbers without what people write in them."""
    text = " ".join(str(value or "").split())[:MOST_TEXT]
    if path.endswith("_date") and (found := _DATE.fullmatch(text)):
        month, day, year = found.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    if path.endswith((".state", ".taxonomy")):
        return text.upper()
    return text


def _put(record: Details, path: Sequence[str], text: str) -> None:
    """Set or take away what stands at `path`; an object that became empty goes with it."""
    first, *rest = path
    if not rest:
        if text:
            record[first] = text
        else:
            record.pop(first, None)
        return
    inner = record.get(first)
    if not isinstance(inner, dict):
        if not text:
            return
        inner = record[first] = {}
    _put(inner, rest, text)
    if not inner:
        del record[first]


def _lines(details: Details) -> list[dict[str, Any]]:
    lines = details.get("services")
    return [item for item in lines if isinstance(item, dict)] if isinstance(lines, list) else []


def _shown_line(item: Mapping[str, Any]) -> dict[str, str]:
    def text(name: str) -> str:
        value = item.get(name)
        return " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)

    return {name: text(name) for name in LINE}


def _line(said: object, before: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One line: what the form says over what the line was; empty when nothing is said."""
    if not isinstance(said, Mapping):
        return {}
    told = {name: " ".join(str(said.get(name) or "").split())[:MOST_TEXT] for name in LINE}
    if not any(told[name] for name in ("procedure", "charge", "revenue_code")):
        return {}
    place = said.get("from")
    line = _copied(before[place]) if isinstance(place, int) and 0 <= place < len(before) else {}
    for name in ("modifiers", "diagnoses"):
        told[name] = told[name].replace(",", " ").upper()
    line |= {"procedure": told["procedure"].upper(), "units": told["units"] or "1"}
    lists = {name: told[name].split() for name in ("modifiers", "diagnoses")}
    rest = {**lists, "charge": _money(told["charge"]), "revenue_code": told["revenue_code"]}
    for name, value in rest.items():
        if value:
            line[name] = value
        else:
            line.pop(name, None)
    return dict(line)


def _money(text: str) -> str:
    """Dollars and cents as the record writes them; anything else stays as it was typed, to be told."""
    found = parse_amount(text.replace("$", "").replace(",", ""))
    return text if found is None or found != found.quantize(CENT) else f"{found:.2f}"


def _stands(key: object, before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> bool:
    """Whether an accepted modifier's line is still the line it was accepted for."""
    number = str(key).partition("-")[0]
    at = int(number) - 1 if number.isdigit() else -1
    if not 0 <= at < min(len(before), len(after)):
        return False
    return bool(before[at].get("procedure") == after[at].get("procedure"))
