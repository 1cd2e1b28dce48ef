"""What the Biller tab's events do. Keeps nothing: the session's remittances come in and go out."""

import datetime as dt
from typing import Any

import gradio as gr

from assistant.errors import USER_ERRORS
from assistant.web import biller_view as view
from assistant.web.payments import FILTERS, ClaimRow, Payments
from assistant.web.samples import sample_remittances
from assistant.web.uploads import take
from assistant.web.views import banner, empty
from assistant.web.words import say


def dropped(paths: list[str] | str | None, kind: str, language: str) -> tuple[Any, ...]:
    """Every dropped file, read together."""
    contents, faults = [], []
    for path in [paths] if isinstance(paths, str) else paths or []:
        try:
            contents.append(take(path))
        except USER_ERRORS as error:
            faults.append(str(error))
    if not contents:
        return (gr.skip(),) * 10 + (None, banner(" ".join(faults) or say("biller.nothing_dropped")))
    return _opened(Payments.read(contents), " ".join(faults), kind, language)


def samples(kind: str, language: str) -> tuple[Any, ...]:
    """The shipped remittances."""
    return _opened(Payments.read(sample_remittances()), "", kind, language)


def filtered(payments: Payments | None, sign: str, words: str) -> Any:
    """The claim list under another filter or other words."""
    return gr.skip() if payments is None else view.claims_html(payments, sign, words, None)


def opened(
    payments: Payments | None, sign: str, words: str, kind: str, language: str, event: gr.EventData
) -> tuple[Any, ...]:
    """One claim, everything about it."""
    row = _row(payments, (event._data or {}).get("row"))
    if payments is None or row is None:
        return (gr.skip(),) * 6
    place = payments.rows.index(row)
    return place, view.claims_html(payments, sign, words, place), *_sides(payments, row, kind, language)


def lettered(payments: Payments | None, place: int | None, kind: str, language: str) -> Any:
    """Another letter about the open claim."""
    row = _row(payments, place)
    return gr.skip() if payments is None or row is None else view.letter_html(payments, row, kind, language)


def filter_choices(payments: Payments | None = None) -> list[tuple[str, str]]:
    """(words, filter), with the number of claims under each once there are some."""
    counts = payments.counts() if payments else {}
    return [(say(f"biller.filter_{sign}") + (f" ({counts[sign]})" if payments else ""), sign) for sign in FILTERS]


def _opened(payments: Payments, fault: str, kind: str, language: str) -> tuple[Any, ...]:
    usable = [file for file in payments.files if file.usable]
    first: tuple[Any, ...]
    if fault:
        said = banner(fault)
    elif not usable:
        said = banner(say("biller.no_remittance"))
    else:
        said = banner(say("biller.read", files=len(usable), claims=len(payments.rows)), "info")
    # The first claim stands open, so that a first look shows what there is.
    if payments.rows:
        first = (0, view.claims_html(payments, "all", "", 0), *_sides(payments, payments.rows[0], kind, language))
    else:
        first = (None, view.claims_html(payments, "all", "", None), *(empty("biller.choose"),) * 4)
    return (
        payments,
        view.deposits_html(payments),
        view.work_html(payments, dt.date.today()) if usable else empty("biller.empty_file"),
        gr.update(choices=filter_choices(payments), value="all"),
        *first,
        None,
        said,
    )


def _sides(payments: Payments, row: ClaimRow, kind: str, language: str) -> tuple[str, str, str, str]:
    """Explanation, patient view, letter and segments of one claim."""
    return (
        view.claim_explained(payments, row),
        view.patient_html(payments, row),
        view.letter_html(payments, row, kind, language),
        view.segments_html(row),
    )


def _row(payments: Payments | None, place: object) -> ClaimRow | None:
    if payments is None or not isinstance(place, int) or not 0 <= place < len(payments.rows):
        return None
    return payments.rows[place]
