"""What the coder's page shows: HTML for what stays as it is, plain records for what the browser keeps up to date."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from assistant.guidelines.finding import Finding
from assistant.record import to_record
from assistant.web.coder_forms import forms_of
from assistant.web.coder_missing import in_words
from assistant.web.coder_problems import problems
from assistant.web.marks import note_marks, pieces
from assistant.web.review import Review
from assistant.web.submission import Standing, Submission
from assistant.web.views import dollars, render
from assistant.web.words import say, spoken, texts
from corpus.codes import Hit

if TYPE_CHECKING:
    from corpus.library import CodeBook

KEYS = (
    ("J K", "move"),
    ("A", "accept"),
    ("R", "reject"),
    ("C", "change"),
    ("E", "evidence"),
    ("U", "undo"),
    ("X", "take_back"),
    ("[ ]", "order"),
    ("/", "search"),
    ("W", "words"),
    ("N", "left_out"),
    ("D", "details"),
    ("M", "modifiers"),
    ("< >", "notes"),
    ("Ctrl Enter", "submit"),
    ("Q", "chat"),
    ("?", "keys"),
)
"""Keys and the name of what they do; `coder.js` acts on them."""
REASONS = ("support", "not_treated", "specific", "ruled_out", "duplicate")


def shell_html(chat: bool) -> str:
    """The page before a note is open, in the language being spoken. Nothing in it depends on a user."""
    return render("coder", words=json.dumps(texts(spoken())["live"]), language=spoken(), keys=KEYS, chat=chat)


def note_html(review: Review) -> str:
    """The note with evidence marked."""
    added = {code: choice.words for code, choice in review.choices.items() if choice.words}
    return render("note", pieces=pieces(review.text, note_marks(review.record, added)))


def cards_html(review: Review) -> str:
    """Suggestions by problem and what was left out. The decisions are not in it: the browser shows those."""
    found, elsewhere = problems(review.text, review.record["suggestions"])
    left_out: dict[str, list[dict[str, Any]]] = {}
    for mention in review.record["not_coded"]:
        left_out.setdefault(mention["reason"], []).append(mention)
    # Reasons go to the ledger in English, whatever the page speaks.
    reasons = [(f"why_{name}", texts()["coder"][f"why_{name}"]) for name in REASONS]
    cited = [cited for item in review.record["suggestions"] for cited in item["citations"]]
    notes = [one["note"] for one in cited if one.get("note")]
    return render(
        "cards",
        problems=found,
        elsewhere=elsewhere,
        reasons=reasons,
        notes=list(dict.fromkeys(notes)),
        queries=review.record.get("queries") or (),
        left_out=list(left_out.items()),
        left_out_count=len(review.record["not_coded"]),
    )


def items(review: Review) -> list[dict[str, Any]]:
    """What the browser needs to know of each suggestion; `place` is the one proposed for it in the list."""
    found = review.record["suggestions"]
    return [
        {
            "code": item["code"],
            "place": item.get("sequence") or len(found) + item["rank"],
            "selected": item["selected"],
            "description": item["description"],
        }
        for item in found
    ]


def first_listed(review: Review) -> str:
    """Which code is proposed to stand first, and why."""
    said = review.record.get("first_listed")
    return say("coder.first_listed", code=said["code"], why=said["why"], rule=said["rule"]) if said else ""


def choices(review: Review) -> dict[str, dict[str, Any]]:
    """The decisions, as the browser sends them."""
    record: dict[str, dict[str, Any]] = to_record(dict(review.choices))
    return record


def hits(found: Sequence[Hit]) -> list[dict[str, Any]]:
    """Search results; the browser writes them as text."""
    return [
        {
            "code": hit.code,
            "description": hit.description,
            "billable": hit.billable,
            "missing": hit.missing,
            "term": hit.matched_term if hit.matched_term.lower() != hit.description.lower() else "",
        }
        for hit in found
    ]


def below(book: "CodeBook", header: str, date: dt.date, most: int) -> list[dict[str, Any]]:
    """The codes under a header that may be billed on `date`, at most `most`."""
    valid = [code for code in book.billable_under(header) if book.valid_on(code.code, date)]
    return [
        {"code": code.code, "description": code.title, "billable": True, "missing": "", "term": ""}
        for code in valid[:most]
    ]


def findings(found: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings on the codes as they stand."""
    return [
        {
            "rule": one.rule,
            "severity": one.severity.value,
            "message": one.message,
            "fix": one.fix,
            "source": one.source,
        }
        for one in found
    ]


def claim_html(done: Submission | None, standing: Standing | None) -> str:
    """What was recorded, and the claim or what it lacks; empty before anything was."""
    if not done:
        return ""
    missing = [in_words(fault) for fault in done.missing]
    return render("claim", done=done, forms=forms_of(done), standing=standing, missing=missing)


def details_html(details: dict[str, Any]) -> str:
    """Patient, payer, providers and lines in a few words; what is not given is said to be so."""

    def part(*path: str) -> str:
        value: Any = details
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return str(value) if value not in (None, "") else ""

    def joined(*parts: str) -> str:
        return " ".join(part for part in parts if part)

    def person(key: str) -> str:
        return joined(part(key, "first_name"), part(key, "last_name"), part(key, "organization"))

    npi = part("billing_provider", "npi")
    facts = [
        ("patient", person("patient")),
        ("payer", joined(part("coverage", "payer", "name"))),
        ("member", joined(part("coverage", "member_id"))),
        ("billing", joined(person("billing_provider"), f"(NPI {npi})" if npi else "")),
        ("rendering", person("rendering_provider")),
        ("place", joined(part("place_of_service"))),
    ]
    return render("details", facts=facts, lines=_total(details.get("services")))


def _total(lines: object) -> str:
    """How many lines there are, and what they come to where each has its charge."""
    items = [item for item in lines if isinstance(item, dict)] if isinstance(lines, list) else []
    if not items:
        return ""
    try:
        total = sum((Decimal(str(item["charge"])) for item in items), Decimal(0))
    except (InvalidOperation, KeyError):
        return say("claim.line_count", count=len(items))
    return say("claim.line_total", count=len(items), total=dollars(total))
