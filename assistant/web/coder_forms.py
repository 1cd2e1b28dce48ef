"""The files a submitted visit can be saved as: the encounter, the claim as 837, as a paper form, as FHIR."""

import datetime as dt
import json

from assistant.errors import InputError
from assistant.web.submission import Submission
from assistant.web.words import say


def forms_of(done: Submission) -> tuple[str, ...]:
    """The names `form_file` takes for this visit, the claim first."""
    if done.claim is None:
        return ("encounter",)
    return (
        ("837i", "ub04", "fhir", "encounter") if done.encounter.facility else ("837p", "cms1500", "fhir", "encounter")
    )


def form_file(done: Submission, form: str, visit: str) -> tuple[str, str, bytes]:
    """(file name, media type, content). Raises InputError for a form this visit has not."""
    if form not in forms_of(done):
        raise InputError(say("claim.no_form"))
    stem = "".join(mark if mark.isalnum() or mark in "-_" else "_" for mark in visit)[:80] or "visit"
    if form == "encounter":
        return f"{stem}.encounter.json", "application/json", done.encounter_json.encode("utf-8")
    if form in ("837p", "837i"):
        return f"{stem}.837", "text/plain", done.claim_text.encode("utf-8")
    if form == "fhir":
        return f"{stem}.fhir.json", "application/json", _fhir(done)
    return f"{stem}.{form}.pdf", "application/pdf", _printed(done, form)


def _fhir(done: Submission) -> bytes:
    from assistant.claim.fhir import fhir_claim

    assert done.claim
    return (json.dumps(fhir_claim(done.claim, dt.date.today()), ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _printed(done: Submission, form: str) -> bytes:
    """Every box of the form with its name, on blank paper."""
    from assistant.claim.forms.cms1500 import fill_cms1500
    from assistant.claim.forms.pdf import readable_pdf
    from assistant.claim.forms.sheet import layout
    from assistant.claim.forms.ub04 import fill_ub04

    assert done.claim
    pages, _ = fill_cms1500(done.claim) if form == "cms1500" else fill_ub04(done.claim, dt.date.today())
    return bytes(readable_pdf(layout(form), pages))
