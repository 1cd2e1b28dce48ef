"""What the Coder tab shows, as HTML."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from markupsafe import Markup

from assistant.web.marks import note_marks, pieces
from assistant.web.review import ADDED, Review
from assistant.web.submission import Submission
from assistant.web.views import render
from assistant.web.words import say
from corpus.codes import Hit

# Each names its event in quotes: that is how the component knows it may be sent.
DECIDE_JS = "const send = (detail) => trigger('decide', detail); superbill.decisions(element, send);"
LOOK_JS = "const send = (detail) => trigger('look', detail); superbill.selection(element, send);"


def note_html(review: Review) -> str:
    """The note with evidence marked."""
    return render("note", pieces=pieces(review.text, note_marks(review.record)))


def cards_html(review: Review, told: str = "") -> str:
    """Progress, accepted codes, suggestions, and what was left out; `told` is a `banner` about the last decision."""
    items = review.record["suggestions"]
    left_out: dict[str, list[dict[str, Any]]] = {}
    for mention in review.record["not_coded"]:
        left_out.setdefault(mention["reason"], []).append(mention)
    return render(
        "cards",
        review=review,
        told=Markup(told),
        undecided=review.undecided,
        selected=[item for item in items if item["selected"]],
        others=[item for item in items if not item["selected"]],
        left_out=list(left_out.items()),
        left_out_count=len(review.record["not_coded"]),
        added=[code for code, choice in review.choices.items() if choice.action == ADDED],
    )


def hits_html(hits: Sequence[Hit], review: Review | None) -> str:
    """Search results, each with a button when it can be added to the review."""
    return render("hits", hits=hits, can_add=review is not None)


def claim_html(done: Submission, visit: str) -> str:
    """What was recorded, and the claim or what it lacks."""
    return render(
        "claim",
        visit=visit or done.encounter.id,
        confirmed=done.confirmed,
        rejected=done.rejected,
        digest=done.encounter.confirmation,
        encounter_json=done.encounter_json,
        claim=done.claim,
        claim_text=done.claim_text,
        findings=done.findings,
        missing=done.missing,
    )


def details_html(details: dict[str, Any]) -> str:
    """Patient, payer, providers and lines in a few words; what is not given is said to be so."""

    def part(*path: str) -> str:
        value: Any = details
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return str(value) if value not in (None, "") else ""

    def joined(*parts: str) -> str:
        return " ".join(part for part in parts if part) or say("claim.not_given")

    def person(key: str) -> str:
        return joined(part(key, "first_name"), part(key, "last_name"), part(key, "organization"))

    npi = part("billing_provider", "npi")
    facts = [
        (say("claim.patient"), person("patient")),
        (say("claim.payer"), joined(part("coverage", "payer", "name"))),
        (say("claim.member"), joined(part("coverage", "member_id"))),
        (
            say("claim.billing"),
            joined(person("billing_provider"), f"(NPI {npi})" if npi else "") if npi else person("billing_provider"),
        ),
        (say("claim.rendering"), person("rendering_provider")),
        (say("claim.place"), joined(part("place_of_service"))),
    ]
    lines = details.get("services")
    services = [_line(item) for item in lines if isinstance(item, dict)] if isinstance(lines, list) else []
    return render("details", facts=facts, services=services)


def _line(item: dict[str, Any]) -> dict[str, Any]:
    modifiers = item.get("modifiers")
    try:
        charge = Decimal(str(item.get("charge")))
    except InvalidOperation:
        charge = None
    return {
        "procedure": str(item.get("procedure", "")),
        "modifiers": [str(value) for value in modifiers] if isinstance(modifiers, list) else [],
        "units": str(item.get("units", "1")),
        "charge": charge,
    }
