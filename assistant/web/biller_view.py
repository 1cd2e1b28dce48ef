"""What the Biller tab shows of the files that lie open, as HTML."""

import datetime as dt

from markupsafe import Markup

from assistant.errors import InputError
from assistant.remit.explanation import explain_claim
from assistant.remit.letter import FORMATS, KINDS, Letter, write_letter
from assistant.remit.words import load_words
from assistant.web.biller_sitting import BillerSitting
from assistant.web.messages import spoken_error
from assistant.web.payments import FILTERS, ClaimRow, waterfall
from assistant.web.pictures import Strip, strips
from assistant.web.views import banner, dollars, empty, render
from assistant.web.words import say, spoken

AROUND = 12
"""Segments shown before and after one that belongs to no claim."""
MOST_ROWS = 300
"""Claims listed at once; the rest is reached by filter or search."""


def shell_html(sitting: BillerSitting, chat: bool) -> str:
    """The tab before anything is asked for, with what already lies open."""
    return render("biller", chat=chat, panels={key: Markup(html) for key, html in everything(sitting).items()})


def everything(sitting: BillerSitting) -> dict[str, str]:
    """Every panel that depends on the files, by id."""
    return {
        "sb-deposits": deposits_html(sitting),
        "sb-filters": filters_html(sitting),
        "sb-claims": claims_html(sitting),
        **sides(sitting),
        "sb-biller-turns": turns_html(sitting),
    }


def deposits_html(sitting: BillerSitting) -> str:
    """One row per payment with the verdict whether it agrees with its claims, and what is wrong with the files."""
    files = sitting.payments.files
    if not files:
        return empty("biller.empty")
    problems = [(file.name, problem) for file in files for problem in file.problems]
    return render("deposits", files=files, problems=problems, usable=any(file.usable for file in files))


def filters_html(sitting: BillerSitting) -> str:
    """The filters with the number of claims under each, and the search."""
    return render("filters", counts=sitting.payments.counts(), signs=FILTERS, sitting=sitting)


def claims_html(sitting: BillerSitting) -> str:
    """The claims under one filter; each row opens its claim."""
    payments = sitting.payments
    chosen = payments.chosen(sitting.sign, sitting.words)
    if not payments.files:
        return empty("biller.empty_claims")
    if sitting.sign == "unmatched" and not sitting.sent:
        return empty("biller.nothing_sent")
    if not chosen:
        return empty("biller.no_claims" if payments.rows else "biller.empty_file")
    more = max(0, len(chosen) - MOST_ROWS)
    return render("claims", rows=chosen[:MOST_ROWS], more=more, opened=sitting.place, actions=action_words())


def sides(sitting: BillerSitting) -> dict[str, str]:
    """Explanation, patient view, letter and segments of the open claim."""
    row = sitting.row
    if row is None:
        ids = ("sb-explained", "sb-patient", "sb-letter", "sb-segments")
        return dict.fromkeys(ids, empty("biller.choose"))
    return {
        "sb-explained": explained_html(sitting, row),
        "sb-patient": patient_html(sitting, row),
        "sb-letter": letter_html(sitting),
        "sb-segments": segments_html(sitting, row),
    }


def explained_html(sitting: BillerSitting, row: ClaimRow) -> str:
    """Money, reasons and actions of one claim, for the biller."""
    chain = sitting.payments.chains.get(row.claim, row.transaction.header, row.file)
    told = explain_claim(row.claim, row.transaction.header, chain, "biller", spoken())
    return render("explained", row=row, told=told, picture=picture(row))


def picture(row: ClaimRow) -> Markup:
    """Where the charge went; empty where that cannot be drawn."""
    steps = waterfall(row)
    drawn = [
        Strip(say(f"biller.step_{step.kind}"), dollars(step.amount), step.left, step.width, step.kind) for step in steps
    ]
    return strips(say("biller.picture"), drawn) if drawn else Markup("")


def patient_html(sitting: BillerSitting, row: ClaimRow) -> str:
    """The same for the patient, English and Spanish beside each other."""
    chain = sitting.payments.chains.get(row.claim, row.transaction.header, row.file)
    versions = [
        (language, say(f"biller.language_{language}"), load_words(language).say("label", "what_to_do"), told)
        for language in ("en", "es")
        for told in [explain_claim(row.claim, row.transaction.header, chain, "patient", language)]
    ]
    return render("patient", versions=versions)


def letter_of(sitting: BillerSitting, row: ClaimRow, date: dt.date | None) -> Letter:
    """The letter that is chosen. Raises InputError where there is no ground for it."""
    chain = sitting.payments.chains.get(row.claim, row.transaction.header, row.file)
    return write_letter(row.claim, row.transaction.header, chain, sitting.kind, sitting.language, date)


def letter_html(sitting: BillerSitting) -> str:
    """A letter about the claim with the source of each figure, or why none can be written."""
    fields = {"kinds": KINDS, "formats": FORMATS, "sitting": sitting}
    if sitting.row is None:
        return empty("biller.choose")
    try:
        return render("letter", letter=letter_of(sitting, sitting.row, dt.date.today()), fault="", **fields)
    except InputError as error:
        return render("letter", letter=None, fault=Markup(banner(spoken_error(error), "info")), **fields)


def segments_html(sitting: BillerSitting, row: ClaimRow) -> str:
    """The segments of the claim as they stand in the file, or those outside any claim that a source meant."""
    file, found = row.file, row.claim.segments
    if sitting.around:
        file, numbers = sitting.around
        outside = [
            segment
            for one in sitting.payments.files
            if one.name == file
            for transaction in one.transactions
            for segment in (*transaction.header.segments, *transaction.trailer.segments)
        ]
        found = tuple(segment for segment in outside if abs(segment.number - numbers[0]) <= AROUND)
    lines = [(segment.number, "*".join(segment.elements)) for segment in found]
    return render("segments", lines=lines, file=file, lit=sitting.lit, around=sitting.around is not None)


def turns_html(sitting: BillerSitting) -> str:
    """The questions and answers so far, the newest first, and the one that is under way."""
    names = {file.name for file in sitting.payments.files}
    return render("answers", turns=sitting.turns[::-1], talk=sitting.talk, open=names)


def action_words() -> dict[str, str]:
    """Action -> what it is called."""
    return dict(load_words(spoken()).tables["action"])
