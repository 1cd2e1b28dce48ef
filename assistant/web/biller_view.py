"""What the Biller tab shows, as HTML."""

from assistant.errors import InputError
from assistant.remit.explanation import explain_claim
from assistant.remit.letter import KINDS, write_letter
from assistant.remit.words import load_words
from assistant.remit.worklist import causes, work_items
from assistant.web.payments import ClaimRow, Payments, waterfall
from assistant.web.views import banner, empty, render
from assistant.web.words import say

MOST_ROWS = 300
"""Claims listed at once; the rest is reached by filter or search."""
ROWS_JS = "const send = (detail) => trigger('open_row', detail); superbill.rows(element, send);"
FOLDS_JS = "superbill.keepOpen(element);"


def deposits_html(payments: Payments) -> str:
    """One row per payment with the verdict whether it agrees with its claims, and what is wrong with the files."""
    problems = [(file.name, problem) for file in payments.files for problem in file.problems]
    return render("deposits", files=payments.files, problems=problems)


def claims_html(payments: Payments, sign: str, words: str, opened: int | None) -> str:
    """The claims under one filter; each row opens its claim."""
    chosen = payments.chosen(sign, words)
    if not chosen:
        return empty("biller.no_claims" if payments.rows else "biller.empty_file")
    return render(
        "claims", rows=chosen[:MOST_ROWS], more=max(0, len(chosen) - MOST_ROWS), opened=opened, actions=_action_words()
    )


def claim_explained(payments: Payments, row: ClaimRow) -> str:
    """Money, reasons and actions of one claim, for the biller."""
    chain = payments.chains.get(row.claim, row.transaction.header, row.file)
    told = explain_claim(row.claim, row.transaction.header, chain, "biller", "en")
    return render("explained", row=row, told=told, steps=waterfall(row))


def patient_html(payments: Payments, row: ClaimRow) -> str:
    """The same for the patient, English and Spanish beside each other."""
    chain = payments.chains.get(row.claim, row.transaction.header, row.file)
    versions = [
        (language, say(f"biller.language_{language}"), load_words(language).say("label", "what_to_do"), told)
        for language in ("en", "es")
        for told in [explain_claim(row.claim, row.transaction.header, chain, "patient", language)]
    ]
    return render("patient", versions=versions)


def letter_html(payments: Payments, row: ClaimRow, kind: str, language: str) -> str:
    """A letter about the claim with the source of each figure, or why none can be written."""
    chain = payments.chains.get(row.claim, row.transaction.header, row.file)
    try:
        letter = write_letter(row.claim, row.transaction.header, chain, kind, language)
    except InputError as error:
        return banner(str(error), "info")
    return render("letter", letter=letter, file=f"{row.claim.control_number}.{kind}.{language}.txt")


def segments_html(row: ClaimRow) -> str:
    """The segments of the claim as they stand in the file."""
    lines = [(segment.number, "*".join(segment.elements)) for segment in row.claim.segments]
    return render("segments", lines=lines, file=row.file)


def work_html(payments: Payments, today: object) -> str:
    """What needs work, most urgent first, and where money is lost."""
    import datetime as dt

    assert isinstance(today, dt.date)
    items = work_items(payments.files, today)
    if not items:
        return empty("biller.no_work")
    lost = causes(payments.files)
    most = max((cause.amount for cause in lost), default=None)
    places = {(row.file, row.claim.segment): place for place, row in enumerate(payments.rows)}
    return render("work", items=items, causes=lost, most=most, actions=_action_words(), places=places)


def letter_kinds() -> list[tuple[str, str]]:
    """(words, kind) of the letters there are."""
    return [(say(f"biller.letter_{kind}"), kind) for kind in KINDS]


def _action_words() -> dict[str, str]:
    return dict(load_words("en").tables["action"])
