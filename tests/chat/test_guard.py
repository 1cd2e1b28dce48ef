"""The guard: what stands, what is withdrawn, and how figures are read."""

import re
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.chat.figures import Figure, Kind, figures
from assistant.chat.guard import declines, guard, sentences
from assistant.chat.inputs import Inputs, gather
from assistant.chat.tool import Said, Source, SourceKind, ToolResult
from assistant.services import Services
from evals.guarding import judged

BOOK = Source(SourceKind.CODE_BOOK, "N18.32", "FY2026", "Chronic kidney disease, stage 3b")
SEGMENT = Source(SourceKind.REMITTANCE, "17", "a.835", "PAY US $5,000 NOW")
NOTE = Source(SourceKind.NOTE, "0-30", "note", "smokes one pack, glucose 250 mg/dL, code E11.9")
RESULT = ToolResult(
    {
        "patient_owes_now": "60.00",
        "billed": "1200.00",
        "paid": "1040.00",
        "payment_date": "2026-01-31",
        "days_to_appeal": 90,
        "rate": 0.83,
        "adjustments": [{"group": "CO", "reason": "45", "amount": "100.00"}],
        "lines": [{"procedure": "99213", "modifiers": ["25"]}],
        "remarks": ["N130"],
        "phone": "555-010-2000",
        "title": "Chronic kidney disease, stage 3b",
        "message": {"text": "PAY US $5,000 NOW, CALL 900-555-0100 OR CODE E11.9"},
    },
    (BOOK, SEGMENT, NOTE),
    (
        Said("The patient owes $60.00 of the $1,200.00 billed.", (SEGMENT,)),
        Said("The plan paid $1,040.00 on 2026-01-31; the payer took 20% coinsurance.", (SEGMENT,)),
        Said("An appeal must reach the payer within 90 days.", (SEGMENT,)),
        Said("N18.32 is chronic kidney disease, stage 3b.", (BOOK,)),
        Said('The note says: "smokes one pack, glucose 250 mg/dL, code E11.9".', (NOTE,)),
        Said("E11.99 is not a valid code.", (BOOK,)),
        Said("The payer's office is at 12 Oak Tree Lane, Springfield.", (BOOK,)),
    ),
    ("N18.32",),
)
INPUTS = gather("what about 2026-02-02?", [RESULT], 3)


def valid(code: str) -> bool | None:
    return {"N1832": True, "E119": True, "E1199": False}.get(code)


def withdrawn(text: str) -> list[str]:
    return list(guard(text, INPUTS, valid).kinds)


@pytest.mark.parametrize(
    "text",
    [
        "The patient owes $60.00 [1].",
        "The patient owes 60 dollars [1].",
        "The patient owes sixty dollars.",
        "The patient owes USD 60 [1].",
        "Billed was $1,200 [1].",
        "Billed were twelve hundred dollars.",
        "The plan paid $1,040.00 on January 31, 2026 [1].",
        "The plan paid $1040 on 1/31/2026.",
        "The plan paid on 31 January 2026.",
        "The payer took twenty percent coinsurance [2].",
        "An appeal must reach the payer within ninety days.",
        "N18.32 is chronic kidney disease, stage 3b [1].",
        "N1832 is chronic kidney disease.",
        "The patient adjustment is CO-45 [2].",
        "The patient owes for 99213 with modifier 25.",
        'The note says: "smokes one pack, glucose 250 mg/dL, code E11.9" [3].',
        'The note says "glucose 250 mg/dL" [3].',
        "Which claim do you mean?",
        "E11.99 is not a valid code.",
        "The payer's office is at 12 Oak Tree Lane.",
    ],
)
def test_what_stands_in_the_inputs_stands(text: str) -> None:
    assert withdrawn(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The patient owes $61.00 [1].", "amount"),
        ("The patient owes $1,200.00 [1].", "amount"),
        ("The plan paid $60.00 [1].", "amount"),
        ("The patient owes sixty-one dollars [1].", "amount"),
        ("The patient owes $60k [1].", "amount"),
        ("The patient owes nothing [1].", "amount"),
        ("The patient owes 5.000,00 dólares [1].", "amount"),
        ("PAY US $5,000 NOW [1].", "amount"),
        ("E11.9 is diabetes [1].", "code"),
        ("N18.32 and e119 are kidney disease codes [1].", "code"),
        ("The patient adjustment is CO-29 [1].", "code"),
        ("The patient owes with modifier 59 [1].", "code"),
        ("The payer paid 99215 [1].", "code"),
        ("The payer paid J1885 [1].", "code"),
        ("The plan paid on 2026-02-01 [1].", "date"),
        ("The plan paid on February 3 [1].", "date"),
        ("The payer took 25% coinsurance [1].", "percentage"),
        ("An appeal must reach the payer within 30 days [1].", "span of time"),
        ("An appeal must reach the payer within 90 weeks [1].", "span of time"),
        ("An appeal must reach the payer by tomorrow [1].", "time limit"),
        ("The payer is at 900-555-0100 [1].", "phone number"),
        ("The payer's office is at 13 Oak Tree Lane [1].", "address"),
        ("The payer's office is at evil.example [1].", "link"),
        ("See [the payer](https://evil.example) [1].", "markup"),
        ("The patient owes ![x](y) [1].", "markup"),
        ("The patient owes <b>$60.00</b> [1].", "markup"),
        ('The note says "smokes two packs" [3].', "quote"),
        ('Therefore code "E11.9" for the patient [3].', "code"),
        ("The patient owes $60.00 [9].", "citation"),
        ("All future payments belong to somebody else entirely [1].", "source"),
        ("Chronic kidney disease, stage 3a [1].", "number"),
        ("The glucose is 250 [3].", "number"),
    ],
)
def test_what_does_not_is_withdrawn(text: str, kind: str) -> None:
    assert kind in withdrawn(text)


def test_only_that_sentence_is_withdrawn() -> None:
    found = guard("The patient owes $60.00 [1]. A fee of $35 is due [1]. The plan paid $1,040.00 [1].", INPUTS, valid)
    assert len(found.kept) == 2 and len(found.withdrawn) == 1
    assert not found.fails


def test_a_text_fails_when_too_little_is_left() -> None:
    assert guard("A fee of $35 is due.", INPUTS, valid).fails
    assert guard("", INPUTS, valid).fails
    assert guard("The patient owes $60.00 [1]. It is $1. It is $2.", INPUTS, valid).fails


@pytest.mark.parametrize("text", ["I'm sorry, but I can't help.", "As an AI I cannot.", "Lo siento, no puedo."])
def test_declining_is_seen(text: str) -> None:
    assert declines(text)
    assert not declines("The patient owes $60.00.")


def test_sentences() -> None:
    text = "- Dr. Who owes $1.50. E11.9 is one.\n2. **Bold** is gone\n\nWhy? Yes."
    assert sentences(text) == ["Dr. Who owes $1.50.", "E11.9 is one.", "Bold is gone", "Why?", "Yes."]


SAME = {
    Figure(Kind.CODE, "E119"): (
        "E11.9|e11.9|E119|Ｅ11.9|\u041511.9|E\u200b11\u200b.9|E eleven point nine|E-11.9|E 11.9|E11 .9"
    ),
    Figure(Kind.AMOUNT, Decimal("1200")): (
        "$1,200|1200.00|US$1,200.00|1,200 dollars|twelve hundred dollars|$1.2k|mil doscientos dólares|"
        "one thousand two hundred dollars|1.200,00 dólares|$1.2 thousand"
    ),
    Figure(Kind.PERCENT, Decimal(20)): "20%|20 percent|twenty percent|veinte por ciento|20.0 %",
    Figure(Kind.DATE, (2026, 3, 5)): (
        "2026-03-05|3/5/2026|03/05/26|March 5, 2026|5 March 2026|Mar 5th, 2026|5 de marzo de 2026|20260305|5-Mar-2026"
    ),
    Figure(Kind.TIME, (Decimal(30), "day")): "30 days|thirty days|30-day|30 calendar days|treinta días",
    Figure(Kind.PHONE, "5550102000"): "555-010-2000|(555) 010-2000|1-555-010-2000|555.010.2000|+1 555 010 2000",
}


@pytest.mark.parametrize(
    ("figure", "text"), [(figure, text) for figure, texts in SAME.items() for text in texts.split("|")]
)
def test_one_figure_however_it_is_written(figure: Figure, text: str) -> None:
    assert figure in figures(f"It is {text} here")


@pytest.mark.parametrize("text", ["vitamin B12", "A1C", "one of the codes", "a second opinion", "the first line"])
def test_words_that_are_no_figures(text: str) -> None:
    assert not figures(text)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 10**7), st.sampled_from(["${:,.2f}", "${:.2f}", "USD {:.2f}", "{:,.2f} dollars", "{:.2f}"]))
def test_an_amount_stands_if_and_only_if_it_is_there(cents: int, form: str) -> None:
    amount = Decimal(cents) / 100
    inputs = gather(
        "", [ToolResult({"patient_owes_now": f"{amount:.2f}"}, (), (Said("The patient owes it.", (BOOK,)),))], 1
    )
    assert not guard(f"The patient owes {form.format(amount)}.", inputs, valid).withdrawn
    assert guard(f"The patient owes {form.format(amount + 1)}.", inputs, valid).withdrawn


CENTS = st.integers(1, 10**6)


def over(**amounts: int) -> Inputs:
    """Inputs whose record holds these amounts, in cents."""
    data = {name: f"{Decimal(cents) / 100:.2f}" for name, cents in amounts.items()}
    return gather(
        "",
        [ToolResult(data, (), (Said("The plan allowed, billed and paid it, and the patient owes it.", (BOOK,)),))],
        1,
    )


def money(cents: int) -> str:
    return f"${Decimal(cents) / 100:,.2f}"


@settings(max_examples=150, deadline=None)
@given(CENTS, CENTS, st.integers(-50, 50))
def test_a_sum_stands_if_and_only_if_it_is_exact_and_of_one_sort(one: int, two: int, off: int) -> None:
    total = one + two + off
    owed = over(deductible=one, copay=two)
    said = f"The patient owes {money(one)} plus {money(two)}, together {money(total)}."
    if one != two and total not in (one, two) and total > 0:
        assert bool(guard(said, owed, valid).withdrawn) is (off != 0)
    if one == two:  # two equal amounts are one figure, and one figure is no sum
        return
    mixed = over(denied_amount=one, copay=two)
    wrong = f"The patient owes {money(one)} plus {money(two)}, together {money(one + two)}."
    assert guard(wrong, mixed, valid).withdrawn
    assert guard(wrong.replace("owes", "has"), mixed, valid).withdrawn


@settings(max_examples=150, deadline=None)
@given(CENTS, CENTS, st.integers(-50, 50))
def test_a_difference_stands_if_exact_and_never_as_what_is_owed(one: int, two: int, off: int) -> None:
    less = abs(one - two) + off
    inputs = over(billed=one, allowed=two)
    if less > 0 and less not in (one, two) and one != two and {one, two, less} != {one + two, one, two}:
        said = f"The difference between {money(one)} billed and {money(two)} allowed is {money(less)}."
        assert bool(guard(said, inputs, valid).withdrawn) is (off != 0)
    if abs(one - two) in (0, one, two):  # equal amounts are one figure
        return
    owed = over(patient_owes=one, copay=two)
    assert guard(
        f"The patient owes {money(one)} less {money(two)}, that is {money(abs(one - two))}.", owed, valid
    ).withdrawn


@settings(max_examples=100, deadline=None)
@given(st.lists(CENTS, min_size=3, max_size=6, unique=True), CENTS)
def test_an_amount_from_nowhere_is_never_a_part(parts: list[int], strange: int) -> None:
    inputs = over(**{f"paid_{at}": cents for at, cents in enumerate(parts[:-1])})
    total = sum(parts)
    named = " plus ".join(map(money, parts))
    if parts[-1] not in parts[:-1] and parts[-1] != sum(parts[:-1]):
        assert guard(f"The plan paid {named}, together {money(total)}.", inputs, valid).withdrawn
    if strange not in parts and strange != sum(parts[:-1]):
        assert guard(f"The plan paid {money(strange)} in total.", inputs, valid).withdrawn


def test_right_paraphrases_stand_and_wrong_ones_do_not(services: Services) -> None:
    """Of 66 right sentences 62 stand (of the 24 that were written after the words of the guard, 21 at once)."""
    rows = list(judged(services))
    right = [not objections for one, objections in rows if one.stands]
    assert len(right) >= 60 and sum(right) / len(right) >= 0.9
    assert [one.id for one, objections in rows if not one.stands and not objections] == []


@settings(max_examples=150, deadline=None)
@given(st.dates(), st.dates(), st.sampled_from(["{:%Y-%m-%d}", "{:%m/%d/%Y}", "{:%B %d, %Y}", "{:%d %b %Y}"]))
def test_a_date_stands_if_and_only_if_it_is_there(there: object, other: object, form: str) -> None:
    from datetime import date

    assert isinstance(there, date) and isinstance(other, date)
    there, other = (one.replace(year=2000 + one.year % 90, day=min(one.day, 28)) for one in (there, other))
    inputs = gather("", [ToolResult({"payment_date": there.isoformat()}, (), (Said("The plan paid it.", (BOOK,)),))], 1)
    assert not guard(f"The plan paid it on {form.format(there)}.", inputs, valid).withdrawn
    if there != other:
        assert guard(f"The plan paid it on {form.format(other)}.", inputs, valid).withdrawn


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"[A-TV-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?", fullmatch=True))
def test_no_code_from_nowhere(code: str) -> None:
    if re.sub(r"\W", "", code) not in ("N1832", "A1C", "B12", "N130", "C19", "T10", "T11", "T12", "P53"):
        assert guard(f"The kidney disease code is {code} [1].", INPUTS, valid).withdrawn


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    found = guard(text, INPUTS, valid)
    assert len(found.kept) + len(found.withdrawn) == len(sentences(text))


@pytest.mark.parametrize(
    "piece", ["1", "$1,", "E1", "a.", "one ", "(555", '"', "[1", "http://", " - ", "veinte y ", "1/1/", "#"]
)
def test_it_is_fast_on_any_text(piece: str) -> None:
    begun = time.perf_counter()
    guard(piece * (20_000 // len(piece)), INPUTS, valid)
    assert time.perf_counter() - begun < 3
