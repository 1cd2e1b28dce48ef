"""The endpoints other programs may call; everything else on the page is private. No file passes through them."""

from typing import Any, Literal

import gradio as gr

from assistant.errors import USER_ERRORS, InputError
from assistant.record import to_record
from assistant.services import Services, parse_date
from assistant.web.submission import missing_in

MOST_HITS = 50
MOST_TEXT = 5_000_000
"""Characters of a remittance taken at once; larger files belong to `superbill remit read`."""


def add_endpoints(services: Services) -> None:
    """The public endpoints, inside the current Blocks."""

    def find_code(query: str, limit: int = 10, date: str = "") -> list[dict[str, Any]]:
        """ICD-10-CM codes for words, a misspelling, an abbreviation or a code.

        query: what to look for. limit: how many hits, at most 50. date: date of service (YYYY-MM-DD), today when empty.
        Gives rank, code, system, description, billable, matched_term, score and, for a header, what is missing.
        """
        with _one_sentence():
            wanted = max(1, min(MOST_HITS, limit))
            return _records(services.search(query[:500], wanted, parse_date(date)))

    def suggest_codes(
        note: str, date_of_service: str = "", setting: Literal["outpatient", "inpatient"] = "outpatient"
    ) -> dict[str, Any]:
        """Suggested codes for a chart note, each with the words of the note and the line of the code book behind it.

        note: the text. date_of_service: YYYY-MM-DD, today when empty. setting: outpatient, or inpatient for a facility
        inpatient claim. Gives one line of `superbill suggest --notes`. Suggestions are proposals for a coder.
        """
        with _one_sentence():
            line = {"id": "note", "text": note, "date_of_service": date_of_service, "setting": setting}
            answer: dict[str, Any] = to_record(services.suggest_line(line))
            return answer

    def check_codes(
        codes: list[str], date_of_service: str = "", setting: Literal["outpatient", "inpatient"] = "outpatient"
    ) -> list[dict[str, Any]]:
        """Guideline and edit findings on a set of ICD-10-CM codes.

        codes: dotted codes, first-listed first. date_of_service: YYYY-MM-DD, today when empty. Gives rule, severity
        (error, warning, info), message, fix, source and the codes concerned.
        """
        import datetime as dt

        from assistant.guidelines.check import check_codes as check

        with _one_sentence():
            day = parse_date(date_of_service) or dt.date.today()
            return _records(check(codes, codebook=services.codebook, date=day, setting=setting))

    def draft_claim(encounter: dict[str, Any]) -> dict[str, Any]:
        """The claim that a confirmed encounter gives, checked, or every fact that keeps it from being billed.

        encounter: the record that `superbill confirm` writes (`superbill schema encounter` describes it). Gives claim
        (null while something is missing), missing (sentences) and findings (rule, severity, message, fix, source). No
        claim number is drawn and nothing is kept: `superbill claim draft` writes the file to send.
        """
        import datetime as dt

        from assistant.claim.claim import ClaimForm
        from assistant.claim.desk import ClaimDesk
        from assistant.claim.procedures import ProcedureBooks
        from assistant.review.confirmation import contradiction
        from assistant.review.encounter import encounter_from_record

        with _one_sentence():
            visit = encounter_from_record(encounter, "The encounter")
            if visit.confirmation and (why := contradiction(visit, services.ledger)):
                raise InputError(f"The encounter cannot be billed: {why}.")
            form = ClaimForm.INSTITUTIONAL if visit.facility else ClaimForm.PROFESSIONAL
            desk = ClaimDesk(services.engine, services.codebook, ProcedureBooks(services.catalog))
            try:
                claim = desk.draft(visit, "The encounter", form, draw=False)
            except InputError as error:
                return {"claim": None, "missing": list(missing_in(error)), "findings": []}
            found = desk.findings([claim], dt.date.today(), {claim.control_number: visit.id})
            return {"claim": to_record(claim), "missing": [], "findings": _records(found)}

    def explain_remittance(
        x12: str, audience: Literal["biller", "patient"] = "biller", language: Literal["en", "es"] = "en"
    ) -> dict[str, Any]:
        """A remittance (X12 835) explained claim by claim, each sentence with the segments it rests on.

        x12: the text of the file. audience: biller or patient. language: en or es. Gives problems (what is wrong with
        the file) and explanations (title, headline, money, sentences, lines, actions).
        """
        from assistant.remit.explanation import explain_claim
        from assistant.web.payments import Payments

        with _one_sentence():
            if len(x12) > MOST_TEXT:
                raise InputError(f"The remittance is longer than {MOST_TEXT:,} characters; use superbill remit read.")
            paid = Payments.read([("remittance.835", x12.encode("utf-8"))])
            told = [
                explain_claim(
                    row.claim,
                    row.transaction.header,
                    paid.chains.get(row.claim, row.transaction.header, row.file),
                    audience,
                    language,
                )
                for row in paid.rows
            ]
            problems = [problem for file in paid.files for problem in file.problems]
            return {"problems": _records(problems), "explanations": _records(told)}

    for function in (find_code, check_codes, draft_claim, explain_remittance):
        gr.api(function, api_name=function.__name__, concurrency_limit=8)
    gr.api(suggest_codes, api_name="suggest_codes", concurrency_id="model", concurrency_limit=2)


class _one_sentence:
    """Turns an error a user can mend into the one sentence the caller gets."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, USER_ERRORS):
            raise gr.Error(str(error), print_exception=False) from None


def _records(values: Any) -> list[dict[str, Any]]:
    return [to_record(value) for value in values]
