"""What biller and patient read: cited, in both languages, with the figures of the file and nothing else."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.remit.chains import Chains
from assistant.remit.explanation import Explanation, explain_claim, explain_payment
from assistant.remit.file import read_file
from assistant.remit.record import file_record
from assistant.remit.render import render_explanation
from assistant.remit.values import RemitFile
from corpus.lexicon import reasons
from tests.remit.make import claim, claims, line, read
from tests.remit.readability import ease, grade
from tests.remit.shared import samples

OWN = sorted((Path(__file__).resolve().parents[2] / "corpus" / "samples").glob("*.835"))
ALL = [*OWN, *samples("835", "synthetic", "derived")]
VIEWS = [("biller", "en"), ("biller", "es"), ("patient", "en"), ("patient", "es")]


def told(file: RemitFile, audience: str, language: str) -> list[Explanation]:
    chains = Chains.of(file)
    return [
        explain_claim(item, transaction.header, chains.get(item, transaction.header, file.name), audience, language)
        for transaction in file.transactions
        for item in transaction.claims
    ]


def texts(explanation: Explanation) -> list[str]:
    parts = [explanation.headline, *explanation.sentences, *explanation.actions]
    parts += [sentence for entry in explanation.lines for sentence in entry.sentences]
    return [part.text for part in parts]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
@pytest.mark.parametrize(("audience", "language"), VIEWS)
def test_every_sentence_and_figure_is_cited(path: Path, audience: str, language: str) -> None:
    file = read_file(path)
    last = max((number for item in claims(file) for number in (part.number for part in item.segments)), default=0)
    for explanation in told(file, audience, language):
        parts = [explanation.headline, *explanation.sentences, *explanation.actions]
        parts += [sentence for entry in explanation.lines for sentence in entry.sentences]
        for part in parts:
            assert part.text and part.segments and all(1 <= number <= last for number in part.segments)
        for row in [*explanation.money, *(row for entry in explanation.lines for row in entry.money)]:
            assert row.segments or row.amount is None
        assert render_explanation(explanation)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_the_money_table_equals_the_record(path: Path) -> None:
    file = read_file(path)
    records = [record for transaction in file_record(file)["transactions"] for record in transaction["claims"]]
    for explanation, record in zip(told(file, "biller", "en"), records, strict=True):
        rows = {row.label: row.amount for row in explanation.money}
        for label, key in (("Billed", "billed"), ("Paid", "paid"), ("Patient owes now", "patient_owes_now")):
            amount = rows[label]
            assert (None if amount is None else f"{amount:.2f}".replace("-0.00", "0.00")) == record[key]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_the_patients_first_sentence_says_what_is_owed(path: Path) -> None:
    file = read_file(path)
    records = [record for transaction in file_record(file)["transactions"] for record in transaction["claims"]]
    for explanation, record in zip(told(file, "patient", "en"), records, strict=True):
        head = explanation.headline.text
        owed = Decimal(record["patient_owes_now"])
        assert head.startswith(("You owe", "Nothing is due now", "We cannot tell yet"))
        assert head.startswith("You owe $") == bool(owed)
        if owed:
            assert f"${owed:,.2f}" in head
        if not record["balanced"]:
            assert "$" not in " ".join(texts(explanation))
        if not record["final"] and record["balanced"]:
            assert head.startswith(("Nothing is due now", "We cannot tell yet"))
        assert "denied" not in " ".join(texts(explanation)).lower() or record["status"] == "4"


def test_patient_texts_are_grade_8_or_below_and_spanish_is_easy() -> None:
    for path in OWN:
        file = read_file(path)
        for explanation in told(file, "patient", "en"):
            assert grade(" ".join(texts(explanation))) <= 8.0
        for explanation in told(file, "patient", "es"):
            assert ease(" ".join(texts(explanation))) >= 65


def test_the_patients_text_stays_easy_for_every_reason_of_the_list() -> None:
    for code in reasons.reasons():
        for group in ("CO", "PR", "OA"):
            share = "100" if group == "PR" else "0"
            file = read(*claim("1", "100", "0", share, *line("99213", "100", "0", f"CAS*{group}*{code}*100")))
            assert grade(" ".join(texts(told(file, "patient", "en")[0]))) <= 8.0, (group, code)
            assert ease(" ".join(texts(told(file, "patient", "es")[0]))) >= 70, (group, code)


def test_the_check_is_explained_with_its_provider_adjustments() -> None:
    path = next(path for path in OWN if path.name == "remittance_reversal.835")
    explanation = explain_payment(read_file(path).transactions[0])
    text = " ".join(sentence.text for sentence in explanation.sentences)
    assert "claims paid 119.00 less provider adjustments 38.50 make 80.50" in text
    assert "L6 -1.50 (it raises the payment)" in text and "WO 40.00 (it lowers the payment)" in text
    assert "does not change what was decided" in text


def test_an_unbalanced_check_shows_the_difference() -> None:
    path = next(path for path in OWN if path.name == "remittance_unbalanced.835")
    text = explain_payment(read_file(path).transactions[0]).sentences[0].text
    assert "does not agree" in text and "10.00" in text


def test_codes_we_do_not_know_are_shown_bare_with_where_to_look() -> None:
    file = read(*claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*399*40", "LQ*HE*N998")))
    assert reasons.reason("399") is None and reasons.remark("N998") is None
    text = " ".join(texts(told(file, "biller", "en")[0]))
    assert "CO-399 40.00: not in our list; look it up" in text and "N998: not in our list; look it up" in text


def test_a_recoded_line_is_told() -> None:
    body = ["SVC*HC:99213*200*50**1*HC:99214:25", "DTM*472*20260105", "CAS*CO*45*150"]
    text = " ".join(texts(told(read(*claim("1", "200", "50", "0", *body)), "biller", "en")[0]))
    assert "decided on 99213; 99214-25 was billed" in text


def test_no_english_in_the_spanish_patient_text() -> None:
    english = re.compile(r"\b(?:the|your|you|plan's|is|and|owe|bill|check)\b")
    for path in OWN:
        for explanation in told(read_file(path), "patient", "es"):
            for text in texts(explanation):
                assert not english.search(re.sub(r"Su plan, .*?, pagó", "", text)), text


def test_an_audience_that_does_not_exist() -> None:
    file = read(*claim("1", "5", "5", "0"))
    with pytest.raises(ValueError, match="no explanation"):
        explain_claim(claims(file)[0], file.transactions[0].header, None, "lawyer", "en")
