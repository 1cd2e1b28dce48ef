"""Readability, money, statements, agreement, assertions: by hand."""

import pytest

from evals.metrics import agreement, assertions, money, readability, statements

ENGLISH = {
    "the": 1, "table": 2, "people": 2, "create": 2, "area": 3, "science": 2, "deductible": 4, "responsibility": 6,
    "insurance": 3, "patient": 2, "denied": 2, "needed": 2, "paid": 1, "owes": 1, "codes": 1, "changes": 2, "agreement": 3,
    "statement": 2, "being": 2, "medical": 3, "appeal": 2, "balance": 2, "annual": 3, "period": 3, "charge": 1,
}  # fmt: skip
SPANISH = {
    "seguro": 3, "paciente": 3, "ciudad": 2, "día": 2, "teoría": 4, "aéreo": 4, "guerra": 2, "queja": 2, "búho": 2,
    "cigüeña": 3, "hoy": 1, "usted": 2, "responsabilidad": 6, "deducible": 4, "médico": 3, "factura": 3, "país": 2,
}  # fmt: skip


def test_syllables():
    assert {word: readability.english_syllables(word) for word in ENGLISH} == ENGLISH
    assert {word: readability.spanish_syllables(word) for word in SPANISH} == SPANISH


PASSAGES = {
    "This remittance was denied because prior authorization was not obtained before the orthopedic supply was dispensed. "
    "We have appealed the decision on your behalf, and you do not owe anything at this time.": 55,
    "The contractual adjustment reflects the difference between the billed charge and the negotiated fee schedule amount, "
    "which the provider is prohibited from collecting from the beneficiary.": 53,
}
"""English passages with syllables counted by hand."""


@pytest.mark.parametrize(("text", "syllables"), PASSAGES.items())
def test_english_syllables_of_passages_are_within_5_percent(text, syllables):
    words, _ = readability.split(text)
    assert sum(map(readability.english_syllables, words)) == pytest.approx(syllables, rel=0.05)


def test_flesch_kincaid_by_hand():
    # 10 words, 2 sentences, 13 syllables: for-ty, dol-lars, bal-ance have two each.
    text = "You owe forty dollars now. Your plan paid the balance."
    words, sentences = readability.split(text)
    assert (len(words), sentences) == (10, 2)
    assert readability.flesch_kincaid(text) == pytest.approx(0.39 * 10 / 2 + 11.8 * 13 / 10 - 15.59)


def test_fernandez_huerta_by_hand():
    # 6 words, 1 sentence, 13 syllables: us-ted de-be pa-gar cua-ren-ta dó-la-res hoy.
    assert readability.fernandez_huerta("Usted debe pagar cuarenta dólares hoy.") == pytest.approx(
        206.84 - 60 * 13 / 6 - 1.02 * 6
    )


def test_sentences_do_not_end_in_amounts_or_abbreviations():
    assert readability.split("Dr. Lee billed $245.00 on 2026-11-09. You owe $78.00.")[1] == 2
    assert readability.flesch_kincaid("") is None
    assert readability.flesch_kincaid("...") is None


def test_money_is_exact_or_wrong():
    expected = {"paid": "15.00", "allowed": None, "owed": "5.00"}
    flags = money.field_flags(expected, {"paid": "15.0", "allowed": None, "owed": "5.01"})
    assert flags == {"paid": True, "allowed": True, "owed": False}
    assert money.field_flags(expected, {"paid": 15.0, "allowed": "0.00"}) == dict.fromkeys(expected, False)
    pooled, whole = money.measures([[True, True, False], [True]])
    assert pooled.value == pytest.approx(3 / 4)
    assert whole.value == pytest.approx(1 / 2)


def test_facts_match_by_value():
    assert statements.facts("You owe $1,234.50 by 11/20/2026.") == statements.facts("1234.5, due 2026-11-20")
    assert statements.facts("November 20, 2026") == {"2026-11-20"}
    assert statements.facts("E11.22 and CO-45") == {"E1122", "CO45"}


def test_unsupported_sentences_by_hand():
    answer = "You owe $78.00. The plan paid $125.42. You must appeal by 2026-12-20. We are happy to help."
    sources = ["CLP*DEMO1001*1*485*125.42*78~"]
    assert statements.unsupported(answer, sources) == ["You must appeal by 2026-12-20."]
    assert len(statements.unsupported(answer, sources, ["happy"])) == 2
    assert statements.missing(answer, [r"\$78\.00", "deductible"]) == ["deductible"]
    rate, stated = statements.measures([1], [4], [1], [2])
    assert (rate.value, stated.value) == (0.25, 0.5)


def test_agreement_by_hand():
    first = [frozenset("AB"), frozenset("C")]
    second = [frozenset("A"), frozenset("C")]
    assert agreement.f1(first, second).value == pytest.approx(2 * 2 / (3 + 2))
    assert agreement.masi_distance(frozenset("AB"), frozenset("A")) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert agreement.masi_distance(frozenset("AB"), frozenset("BC")) == pytest.approx(1 - 1 / 3 * 1 / 3)
    # Values AB, C, A, C. Observed (2/3 + 0) / 2. Ordered pairs: 2 * (AB-C 1 twice, AB-A 2/3, C-A 1 twice) = 28/3 over 4 * 3.
    assert agreement.alpha(first, second).value == pytest.approx(1 - (1 / 3) / ((28 / 3) / 12))


def test_agreement_is_symmetric_and_perfect_when_equal():
    first, second = [frozenset("AB"), frozenset(), frozenset("D")], [frozenset("A"), frozenset("C"), frozenset("D")]
    assert agreement.f1(first, second).value == agreement.f1(second, first).value
    assert agreement.alpha(first, second).value == pytest.approx(agreement.alpha(second, first).value)
    assert agreement.alpha(first, first).value == 1
    assert agreement.masi_distance(frozenset(), frozenset()) == 0


def test_silence_fails_the_controls():
    names = {
        m.name: m.value for m in assertions.measures([True, True, False], [False, False, True], [None, True, None])
    }
    assert names["trap_accuracy"] == pytest.approx(2 / 3)
    assert names["trap_negative"] == 1
    assert names["trap_control"] == 0
    assert names["trap_reason_accuracy"] == 1
