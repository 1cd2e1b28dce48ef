"""Checks on the diagnoses: the right code set for the date, order, use, and the code book's own findings."""

from collections.abc import Iterator

from assistant.claim.checks.base import ICD10_START, Check, Context, Hit, patient_of, service_date
from assistant.claim.claim import Claim, ClaimForm
from assistant.guidelines.finding import Severity

ICD9 = ("BK", "BF", "BJ", "BN", "PR")
EVERY = ("ABK", "ABF", "ABN", "BK", "BF", "BN")
"""Qualifiers of the diagnoses a line can point to, or that describe the stay."""


def code_set(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """`icd9`: an ICD-9 qualifier on or after 2015-10-01. `icd10`: an ICD-10 qualifier before it."""
    served = service_date(claim)
    if served is None:
        return
    for item in claim.diagnoses:
        old = item.qualifier in ICD9
        if (parameter == "icd9" and old and served >= ICD10_START) or (
            parameter == "icd10" and not old and served < ICD10_START
        ):
            yield Hit("diagnosis", (item.code,))


def icd10_shape_as_icd9(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A code with an ICD-10 shape (a letter other than E and V) under an ICD-9 qualifier."""
    for item in claim.diagnoses:
        if item.qualifier in ICD9 and item.code[:1].isalpha() and item.code[:1] not in "EV":
            yield Hit("diagnosis", (item.code,))


def principal(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """No diagnosis at all, or not exactly one in the first place."""
    first = [item for item in claim.diagnoses if item.qualifier in ("ABK", "BK")]
    if len(first) != 1 or (claim.form is ClaimForm.PROFESSIONAL and claim.diagnoses[0] is not first[0]):
        yield Hit("claim")


def repeated(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """The same diagnosis twice."""
    codes = [item.code for item in claim.diagnoses if item.qualifier in EVERY]
    for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
        yield Hit("claim", (code,))


def too_many(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """More diagnoses than the form holds. Parameter: how many."""
    if len([item for item in claim.diagnoses if item.qualifier in EVERY]) > int(parameter):
        yield Hit("claim")


def unused(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """A diagnosis that no line points to."""
    used = {int(pointer) for line in claim.lines for pointer in line.pointers}
    for at, item in enumerate(claim.diagnoses, start=1):
        if at not in used:
            yield Hit("claim", (item.code,))


def code_book(claim: Claim, context: Context, parameter: str) -> Iterator[Hit]:
    """What the code book and the coding guidelines find: unknown, invalid on the date, header, Excludes1, age, sex ...

    Without a code book nothing is looked up. A date outside the validity data is an error, never waved through.
    """
    from assistant.guidelines.check import check_codes

    served = service_date(claim)
    codes = [item.code for item in claim.diagnoses if item.qualifier in ("ABK", "ABF", "ABN")]
    if context.codebook is None or served is None or served < ICD10_START or not codes:
        return
    person = patient_of(claim)
    age = (served - person.birth_date).days / 365.25 if person.birth_date else None
    setting = (
        "inpatient" if claim.facility_code in ("11", "12", "18", "21", "41") and claim.institutional else "outpatient"
    )
    found = check_codes(
        codes,
        codebook=context.codebook,
        date=served,
        setting=setting,
        sex=person.sex if person.sex in ("F", "M") else None,
        age=age if age is None or age >= 0 else None,
        poa={item.code: item.present_on_admission for item in claim.diagnoses if item.present_on_admission},
    )
    for finding in found:
        if finding.severity is not Severity.INFO:
            yield Hit("diagnosis", finding.codes, finding=finding)


CHECKS: dict[str, Check] = {
    "code_set": code_set,
    "icd10_shape_as_icd9": icd10_shape_as_icd9,
    "principal": principal,
    "repeated_diagnosis": repeated,
    "too_many_diagnoses": too_many,
    "unused_diagnosis": unused,
    "code_book": code_book,
}
