"""`superbill claim draft` for paper and FHIR: claims as PDF forms or as JSON; no control numbers of an 837 are used."""

import argparse
import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from assistant.commands.output import whole_file
from assistant.errors import InputError
from assistant.guidelines.finding import Finding

if TYPE_CHECKING:
    from assistant.claim.claim import Claim, ClaimForm
    from assistant.claim.desk import ClaimDesk
    from assistant.review.encounter import Encounter

PRINTED = ("cms1500", "ub04")
FURTHEST = 144.0
"""Points; an offset beyond two inches is a slip of the pen."""


def check_options(args: argparse.Namespace) -> None:
    """Refuse print options that would do nothing, and an offset that is none."""
    given = [name for name in ("overlay", "offset", "test_page") if getattr(args, name)]
    if given and args.form not in PRINTED:
        raise InputError(f"--{given[0].replace('_', '-')} belongs to --form cms1500 or ub04.")
    if (args.offset or args.test_page) and not args.overlay:
        raise InputError("--offset and --test-page belong to --overlay.")
    offset_of(args)


def offset_of(args: argparse.Namespace) -> tuple[float, float]:
    """`--offset X,Y` as points to the right and downwards."""
    if not args.offset:
        return 0.0, 0.0
    try:
        right, down = (float(part) for part in args.offset.split(","))
    except ValueError:
        raise InputError("--offset must be two numbers in points, such as --offset=3,-1.5.") from None
    if not (abs(right) <= FURTHEST and abs(down) <= FURTHEST):
        raise InputError(f"--offset may be at most {FURTHEST:.0f} points (two inches) either way.")
    return right, down


def claim_form(name: str, encounter: "Encounter") -> "ClaimForm":
    """The kind of claim behind an output form; FHIR takes what the encounter is."""
    from assistant.claim.claim import ClaimForm

    if name == "fhir":
        return ClaimForm.INSTITUTIONAL if encounter.facility else ClaimForm.PROFESSIONAL
    return {"cms1500": ClaimForm.PROFESSIONAL, "ub04": ClaimForm.INSTITUTIONAL}.get(name) or ClaimForm(name)


def write_forms(args: argparse.Namespace, target: Path, claims: Iterable["Claim"], day: dt.date) -> tuple[Finding, ...]:
    """Write the claims' forms as one PDF; what the boxes cannot hold."""
    from assistant.claim.forms.cms1500 import fill_cms1500
    from assistant.claim.forms.pdf import overlay_pdf, readable_pdf
    from assistant.claim.forms.sheet import Page, layout
    from assistant.claim.forms.ub04 import fill_ub04

    form = layout(args.form)
    pages: list[Page] = []
    findings: list[Finding] = []
    for claim in claims:
        filled, found = fill_cms1500(claim) if args.form == "cms1500" else fill_ub04(claim, day)
        pages += filled
        findings += found
    made = overlay_pdf(form, pages, offset_of(args), args.test_page) if args.overlay else readable_pdf(form, pages)
    with whole_file(target) as file:
        cast(TextIO, file).buffer.write(made)
    return tuple(findings)


def write_fhir(target: Path, claims: Iterable["Claim"], day: dt.date) -> None:
    """Write one claim as a FHIR R4 Claim, several as a Bundle of them."""
    from assistant.claim.fhir import fhir_claim

    made = [fhir_claim(claim, day) for claim in claims]
    record = made[0]
    if len(made) > 1:
        record = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in made]}
    with whole_file(target) as file:
        file.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def keep_printed(desk: "ClaimDesk", name: str, claim: "Claim", encounter: str) -> None:
    """Note a claim that went on paper, unless its number is known already: an 837 with it may be on its way."""
    from assistant.claim.history import SentClaim

    if desk.history.get(claim.control_number):
        return
    changed = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    row = SentClaim(claim.control_number, encounter, name, claim.payer.id, 0, 0, "", "drafted", "", changed)
    desk.history.add(row)
