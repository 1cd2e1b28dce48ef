"""`superbill check`: guideline and edit findings on a set of diagnosis codes."""

import argparse
import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.output import print_json
from assistant.errors import InputError
from assistant.guidelines.finding import Finding, Severity
from assistant.record import to_record
from assistant.services import Services, parse_date
from corpus.codes import CATEGORY, dotted

if TYPE_CHECKING:
    from assistant.review.encounter import Encounter
    from corpus.library import CodeBook

_DIAGNOSIS = re.compile(rf"{CATEGORY}(?:\.?[0-9A-Z]{{1,4}})?")
_PROCEDURE = re.compile(r"[A-V][0-9]{4}|[0-9]{4}[0-9A-Z]|[0-9A-HJ-NP-Z]{7}")
_EXEMPT = {"exempt": "1"}
"""The encounter's word for a code that needs no indicator, and the indicator that rules know it by."""
_LABELS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def check(args: argparse.Namespace) -> int:
    """Print the findings; 1 when one of them is an error, else 0."""
    if bool(args.codes) == bool(args.encounter):
        raise InputError("name the codes to check, or one --encounter file: `superbill check E11.22 N18.32`")
    codebook = Services.open().codebook
    encounter = None
    if args.encounter:
        from assistant.review.encounter import read_encounter

        encounter = read_encounter(Path(args.encounter))
        codes, skipped, given = _of_encounter(encounter, args, codebook)
    else:
        codes, skipped = sort_codes(_split(args.codes), codebook)
        given = {
            "date": parse_date(args.date) or dt.date.today(),
            "setting": args.setting,
            "sex": getattr(args, "sex", None),
            "age": getattr(args, "age", None),
        }
    if not codes:
        raise InputError("there is no ICD-10-CM code to check; procedure codes alone have no findings here")
    codebook = codebook.on(given["date"])
    _refuse_unknown_date(given["date"], codebook)
    from assistant.guidelines.check import check_codes

    findings = check_codes(codes, codebook=codebook, **given)
    if args.json:
        record = {
            "release": codebook.release.title,
            "date": given["date"].isoformat(),
            "setting": given["setting"],
            "codes": codes,
            "not_checked": skipped,
            "findings": to_record(findings),
        }
        if encounter is not None:
            from assistant.claim.grouping import grouping_of

            record["grouping"] = to_record(grouping_of(encounter))
        print_json(record)
    else:
        _print(codes, skipped, findings, codebook)
        if encounter is not None:
            from assistant.claim.grouping import grouping_of, told

            for line in told(grouping_of(encounter)):
                print(f"For information: {line}")
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def sort_codes(texts: Sequence[str], codebook: "CodeBook") -> tuple[list[str], list[str]]:
    """(diagnosis codes dotted, codes of other systems) in the order given. Raises InputError on what is no code at all.

    A code that ICD-10-CM has is a diagnosis. Another one without a dot that has the shape of an HCPCS, CPT or ICD-10-PCS
    code is taken as a procedure.
    """
    codes, others = [], []
    for text in texts:
        code = text.strip().upper()
        known = bool(_DIAGNOSIS.fullmatch(code)) and codebook.get(dotted(code)) is not None
        if not known and _PROCEDURE.fullmatch(code):
            others.append(code)
        elif _DIAGNOSIS.fullmatch(code):
            codes.append(dotted(code))
        else:
            raise InputError(f"{text!r} is not a code; give ICD-10-CM codes such as E11.22, in the order of the claim")
    return codes, others


def _split(texts: Sequence[str]) -> list[str]:
    return [part for text in texts for part in re.split(r"[,;\s]+", text) if part]


def _of_encounter(
    encounter: "Encounter", args: argparse.Namespace, codebook: "CodeBook"
) -> tuple[list[str], list[str], dict[str, Any]]:
    patient = encounter.patient
    date = parse_date(args.date) or encounter.end_date or encounter.date_of_service
    listed = [item for item in encounter.diagnoses if item.status.value != "rejected"]
    poa = {
        item.code: _EXEMPT.get(item.present_on_admission.value, item.present_on_admission.value)
        for item in listed
        if item.present_on_admission
    }
    given: dict[str, Any] = {
        "date": date,
        "setting": encounter.setting.value,
        "sex": patient.sex.value if patient else None,
        "age": years_between(patient.birth_date, date) if patient else None,
        "poa": poa,
    }
    codes, others = sort_codes([item.code for item in listed], codebook)
    others += [item.procedure for item in encounter.services if item.procedure]
    return codes, list(dict.fromkeys(others)), given


def years_between(birth: dt.date, day: dt.date) -> float:
    """Age on `day`: whole years, or a fraction of the first year in days; never below 0."""
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return float(years) if years > 0 else max(0.0, (day - birth).days / 365.25)


def _refuse_unknown_date(date: dt.date, codebook: "CodeBook") -> None:
    from corpus.sources import validity

    if not codebook.validity.covers(date):
        raise InputError(
            f"nothing is known about code validity on {date}; "
            f"give a --date from {validity.FIRST_DATE} to {validity.LAST_DATE}"
        )


def _print(codes: list[str], skipped: list[str], findings: Sequence[Finding], codebook: "CodeBook") -> None:
    for code in codes:
        print(f"{code:<9} {codebook.title(code) or '(no description)'}")
    if skipped:
        print(f"Not checked (no ICD-10-CM codes): {', '.join(skipped)}")
    print()
    if not findings:
        print("No findings.")
    for finding in findings:
        print(f"{_LABELS[finding.severity]:<8} {finding.rule}  {finding.message}")
        print(f"{'':9}Fix: {finding.fix}")
        if finding.source:
            print(f"{'':9}Source: {finding.source}")
    counts = ", ".join(
        f"{sum(finding.severity is severity for finding in findings)} {severity.value}" for severity in Severity
    )
    if findings:
        print(f"\n{counts}")
